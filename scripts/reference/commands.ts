import { EXIT } from '../../src/cli/command.ts';
import { COMMANDS, helpText } from '../../src/cli/index.ts';
import { exitCodeOf, LEVELS } from '../../src/domain/level.ts';
import { ownText } from '../../src/domain/own-text.ts';
import { code, page, table } from './table.ts';

/** What a summary cannot say, by name. A command without it has its summary. */
const ABOUT: Readonly<Record<string, readonly string[]>> = {
	run: [
		'Asks the checks of the sheet’s automatic steps now, then walks the steps in their order: launched steps run their action,',
		'manual steps are listed as not done, and so are actions that ask for a confirmation. Nothing is signed, no round is begun, the',
		'baseline stays. What was observed is stored like any other observation. `SHEET` is an id under `rounds`.',
		'',
		'The exit code is the worst level of what ran. `--complete` makes it 3 while steps are not done, unless it is worse already.',
		'`--json`: one object `{system, environment, sheet, level, exit, signed, notDone, steps: [{step, title, kind, level, parts:',
		'[{name, level, line, reasons}], why}]}`; `level` of a step is `null` where it was not done.',
	],
	status: [
		'Reads what is stored and asks nothing: what is old is said to be old, and a check without a fresh observation counts as unknown.',
		'The exit code is the worst level. `--json`: `{system, environment, at, level, coverage: {evaluated, declared}, checks: [{id,',
		'service, target, level, hard, at, ageMs, samples, reasons}]}`; times are ISO 8601 in UTC, numbers in `samples` are exact decimals',
		'as text with their unit. Backup plans count like checks: one that is overdue, failed or not proven is a line and raises the level;',
		'`plans: [{id, level, lastAt, lastBytes, nextAt, overdueSince, provenAt, nextDrillAt, reasons}]`. No target is looked into.',
	],
	report: [
		'Asks every check once, then writes the daily report (`report:` in the configuration, `logs/daily_report_YYYYMMDD.md` by default)',
		'and prints its path. With `--stored` it asks nothing. Exit 0 when the file was written.',
	],
	config: [
		'`check` loads the configuration as the console would and names every problem with file, line, column and the line itself; exit 0',
		'or 78 (65 when the file cannot be read). `explain CHECK` prints what a check will really do: resolved address, headers with',
		'secrets masked, conditions, rhythm; `explain PLAN` where a backup plan copies from and to, under which names, when, how long it is',
		'kept, how it is proven and restored. `schema` prints the JSON Schema that editors read. None of them opens the state or asks anybody.',
		'',
		'`prove` tries every condition of every check and action on made-up readings and lists it with one that fails it. A condition that no',
		'reading could fail is *vacuous*, one that none could satisfy *impossible*: exit 1 when there is one of either, else 0. What it finds',
		'no reading for is *unproven*, with the reason, and fails nothing. `--json`: `{ok, system, environment, totals, groups: [{check or',
		'action, conditions: [{severity, condition, class, code, operand, missing, fails, holds}]}]}`; `fails` and `holds` are the values of',
		'the readings.',
	],
	verify: [
		'Of records it compares both halves, the `.md` and the `.json`, with the sums written at the sign-off. Exit 0 when all are as they',
		'were signed, 2 when one is not, 65 when a file cannot be read.',
		'',
		'Of a plan it reads a backup back to its end and holds it against its manifest: hash and size, decrypted and decompressed, then',
		'what its source can say (archive readable, `integrity_check`, `pg_restore --list`, rows). `--copy` names one, else the newest;',
		'`--target` says where to read it, else the plan’s first target. A word with a `/`, or that ends in `.md` or `.json`, or of which',
		'a half lies there, is a record; with `--copy` or `--target` it is a plan.',
	],
	backups: [
		'Looks into every target. Without a name: every plan with its newest backup, its size and change against the one before, what',
		'comes next or since when it is overdue, when a restored copy last passed the checks, the next drill, and what is wrong. With a',
		'name: the plan with all its backups and drills. The exit code is the worst level. `--json`: `{system, environment, at, level,',
		'plans: [PLAN]}`, or `{…, plan: PLAN, copies, drills}`; times are ISO 8601 in UTC, sizes bytes, durations milliseconds.',
	],
	backup: [
		'Runs the named plans one after the other, or `--all`, or those that are due or overdue (`--due`, for a timer). `--pin deploy` keeps',
		'what is made whatever its age, under the plan’s name for pinned backups. On a terminal one line on stderr tells phase, amount,',
		'rate and time left. Ctrl-C cancels, waits until what was begun is taken away, and ends with 130; older backups are not touched.',
		'',
		'The exit code is the worst level. A plan that another operator runs already is 75, and the line says who and since when; a',
		'plan with nothing to back up says so and is no failure. `--json`, for `verify`, `drill`, `restore` and `prune` too: `{system,',
		'environment, verb, level, exit, runs: [{plan, verb, level, state, refused: {why, text, by, at}, operation, by, startedAt, endedAt,',
		'durationMs, samples, reasons, files, copies, drill}], nothing}`.',
	],
	drill: [
		'Restores a backup (the newest, or `--copy`) into an empty scratch place, masks it where that is configured, holds it against its',
		'manifest and asks the plan’s `prove` checks there. Prints what was held against it, the time it took (RTO) and the age of',
		'what would be lost (RPO). A drill that could not have failed says so.',
	],
	restore: [
		'Without `--copy` it lists what could be restored and chooses nothing (64). With it, it shows what would be replaced, what is lost,',
		'which services stop and start, and what proves it; only with `--confirm` and the environment’s name is it done: a safety copy',
		'first, then the services stop, the place is replaced, they start, the checks are asked; when those fail, what was there is put back.',
		'Where a second operator has to agree the first call is 75 and says until when; the same by somebody else begins it. `--json`',
		'without `--confirm` is the preview with `restored: false`.',
	],
	prune: [
		'Names what retention would remove with its size, and of everything else why it stays. Nothing is removed without `--yes`, or in an',
		'environment that is guarded by its name `--confirm` with that name. `--json`: `previews: [{plan, remove, keep: [{…, because}],',
		'freesBytes, parts}]` and `pruned`.',
	],
	watch: [
		'The console’s poller without a screen, for a service manager. It takes the polling lease, or follows whoever holds it and takes',
		'over when that one ends; consoles opened meanwhile follow it. One line for each level that was confirmed, for each plan that stands',
		'otherwise than before, and for each operation that ended. Whoever holds the lease runs the plans that are due. Ends',
		'with Ctrl-C, SIGTERM or SIGHUP; what it was backing up then is cancelled and taken away first.',
	],
};

const MEANS: Readonly<Record<string, string>> = {
	usage: 'asked in a way that cannot be carried out; the line says what to try',
	input: 'a file that was asked for cannot be read',
	bug: 'a mistake of this program; the line names the file with the details',
	storage: 'the state cannot be opened or written',
	unread: 'nobody reads what it prints any more',
	locked: 'another process holds the state; try again',
	config: 'the configuration is wrong or was not found',
};

/** The command line: what `--help` prints, and what each command does. */
export function commandsPage(): string {
	return page(
		'# Commands',
		'',
		'Generated by `scripts/reference.ts` from the commands themselves; do not edit. From a checkout `npm run -s rounds --` stands for',
		'`rounds`.',
		'',
		'```text',
		helpText({ locale: 'en' }).trimEnd(),
		'```',
		'',
		'```text',
		helpText({ locale: 'zh-CN' }).trimEnd(),
		'```',
		'',
		'## `rounds`, `rounds demo`',
		'',
		'The console. It needs a terminal that can move its cursor; without one the line says which commands do not. `demo` starts the',
		'embedded system as a process of its own in `~/.local/state/rounds/demo` (`$XDG_STATE_HOME/rounds/demo`), or joins the one that',
		'runs there; it ends a minute after its last console. Quitting is exit 0, a signal 128 and its number.',
		...COMMANDS.flatMap(({ name, usage, summary }) => [
			'',
			`## \`rounds ${name}\``,
			'',
			`\`rounds ${usage}\`: ${ownText(summary, 'en')}（${ownText(summary, 'zh-CN')}）.`,
			'',
			...(ABOUT[name] ?? []),
		]),
		'',
		'## Exit codes',
		'',
		...table(
			['code', 'means'],
			[
				...LEVELS.filter((level) => level !== 'pending').map((level) => [
					code(String(exitCodeOf(level))),
					level,
				]),
				...Object.entries(EXIT).map(([name, number]) => [code(String(number)), MEANS[name] ?? name]),
				['`129` `130` `143`', 'ended by SIGHUP, SIGINT, SIGTERM'],
			],
		),
	);
}
