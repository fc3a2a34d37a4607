import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { CommandAnswer, ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { duration, path, pattern } from '../fields/fields.ts';
import { askCommand, commandTranscript } from './ask-command.ts';
import { defineCheckKind } from './define.ts';
import { hideCredentials, type JournalLine, readJournal } from './journal-lines.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';
import { unitName } from './systemctl.ts';

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const FIELDS = 'MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID';

const schema = z.strictObject({
	unit: unitName().describe('The unit whose lines are read.'),
	since: duration().prefault('15m').describe('How far back from now.'),
	priority: z
		.enum(PRIORITIES, {
			error: 'expected emerg, alert, crit, err, warning, notice, info or debug',
		})
		.optional()
		.describe('Only lines of this priority and worse. What a program prints itself is `info`.'),
	matching: pattern().optional().describe('Counts as a match: a regular expression.'),
	ignore: pattern().optional().describe('Lines that are passed over.'),
	directory: path().optional().describe('A folder of journal files, instead of the running journal.'),
});

export type JournalOptions = z.output<typeof schema>;

const UNITS: Readonly<Record<string, Unit>> = {
	lines: 'none',
	matches: 'none',
	errors: 'none',
	warnings: 'none',
	newest: 'none',
	age: 'ms',
};

/**
 * Samples of the window: `lines`, `matches` (of `matching`; without it all lines), `errors` (priority err and worse),
 * `warnings`; of the newest match its text as `newest` (what looks like a password hidden) and `age`, absent when there is
 * none. A unit of which the journal holds no line at all is fault `object-missing`: no lines would look like no errors.
 * Faults: `no-permission` (also when only our own lines could be seen), `command-missing`, `command-failed`,
 * `body-too-large`, `timeout`.
 */
export const journal = defineCheckKind<JournalOptions>({
	name: 'journal',
	title: { en: 'systemd journal', 'zh-CN': 'systemd 日志' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<JournalOptions>,
	paths: ['directory'],
	example: `fund-trading-journal:
  kind: journal
  unit: fund-trading.service
  since: 15m
  matching: 'ERROR|Traceback'
  every: 1m
  must:
    - matches < 10
  should:
    - matches == 0
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(options.unit, { max: 200 }),
	texts: () => ['newest'],
	samples: () => UNITS,
	values: () => ['matches', 'lines'],
	impliedMust: () => ['matches == 0'],
	copyAs: (options) =>
		[...scope(options), `--since=-${Math.ceil(options.since / 1000)}s`, '--no-pager']
			.map((part) => shellWord(part))
			.join(' '),
	async probe(options, ports, context) {
		const argv = [
			...scope(options),
			`--since=@${Math.floor((context.now - options.since) / 1000)}`,
			...(options.priority === undefined ? [] : [`--priority=${options.priority}`]),
		];
		const asked = await ask(argv, ports, context);
		if (!asked.ok) return asked;
		if (asked.value.length === 0) {
			const known = await ask([...scope(options), '--lines=1'], ports, context);
			if (!known.ok) return known;
			if (known.value.length === 0)
				return err(fault('object-missing', { what: 'journal', name: clean(options.unit, { max: 120 }) }));
		}
		const { samples, shown } = count(options, asked.value, context.now);
		return ok({ samples, transcript: commandTranscript(argv, shown) });
	},
});

function scope({ unit, directory }: JournalOptions): string[] {
	return ['journalctl', ...(directory === undefined ? [] : [`--directory=${directory}`]), `--unit=${unit}`];
}

async function ask(
	argv: readonly string[],
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<readonly JournalLine[], ProbeFault>> {
	const question = [...argv, '--output=json', `--output-fields=${FIELDS}`, '--no-pager'];
	// It says so and ends with 0 as well as with 1, depending on its age: then nothing it counted means anything.
	const hidden = (answer: CommandAnswer) =>
		/insufficient permissions|not seeing messages from other users/i.test(answer.stderr);
	const refused = err(fault('no-permission', { command: 'journalctl' }));
	const answer = await askCommand(
		{ argv: question, explain: (said) => (hidden(said) ? refused : null) },
		ports,
		context,
	);
	if (!answer.ok) return answer;
	if (hidden(answer.value)) return refused;
	if (/no journal files were (found|opened)/i.test(answer.value.stderr))
		return err(
			fault('command-failed', {
				command: 'journalctl',
				message: clean(answer.value.stderr.trim().split('\n')[0] ?? '', { max: 120 }),
			}),
		);
	const lines = readJournal(answer.value.stdout);
	return lines === null ? err(fault('bad-body', { format: 'JSON', reason: 'not-json' })) : ok(lines);
}

function count(options: JournalOptions, lines: readonly JournalLine[], now: number) {
	const ignored = options.ignore === undefined ? null : operatorPattern(options.ignore, 'mu');
	const wanted = options.matching === undefined ? null : operatorPattern(options.matching, 'mu');
	const read = lines.filter(({ message }) => ignored?.test(message) !== true);
	const matches = read.filter(({ message }) => wanted?.test(message) ?? true);
	const samples: Record<string, Samples[string]> = {
		lines: countSample(read.length),
		matches: countSample(matches.length),
		errors: countSample(read.filter(({ priority }) => priority <= 3).length),
		warnings: countSample(read.filter(({ priority }) => priority === 4).length),
	};
	const newest = matches.at(-1);
	if (newest !== undefined) {
		samples['newest'] = hideCredentials(newest.message, 200);
		samples['age'] = msSample(now - newest.at);
	}
	return { samples, shown: matches.slice(-20).map(({ message }) => hideCredentials(message, 300)) };
}
