import type { BackupVerb } from '../domain/backup.ts';
import type { PlanPicture } from '../domain/backup-picture.ts';
import type { Refusal } from '../domain/engine.ts';
import { worstLevel } from '../domain/level.ts';
import { ownText } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { spanWords } from '../i18n/backup.ts';
import { say } from '../i18n/messages.ts';
import { backupWords, verbWords } from './backup-words.ts';
import { levelMark, reasonLine } from './check-lines.ts';
import { type CliContext, UsageError } from './command.ts';
import type { Opened } from './opened.ts';
import { exitOfRefusal, exitOfRuns, levelOfRun } from './plan-exit.ts';
import { runJson } from './plan-json.ts';
import { INDENT, printCopies, printEvidence } from './plan-lines.ts';
import { planRefusalText } from './plan-refusal.ts';
import type { PlanRun, Stopping } from './plan-run.ts';

const TAIL_LINES = 5;

/** The plans of these names, in this order and each once; a name that is none is a usage error that lists them. */
export function plansNamed(
	words: readonly string[],
	plans: readonly PlanPicture[],
	{ locale }: CliContext,
): readonly PlanPicture[] {
	const list = plans.map((plan) => plan.id).join(', ');
	if (plans.length === 0) throw new UsageError(say(backupWords, locale, 'no-plans'));
	return [...new Set(words)].map((name) => {
		const plan = plans.find((one) => one.id === name);
		if (plan) return plan;
		throw new UsageError(say(backupWords, locale, 'unknown-plan', { name: clean(name, { max: 80 }), list }));
	});
}

/** A verb that a plan does not have is a usage error. */
export function refuseWithout(plan: PlanPicture, verb: BackupVerb, { locale }: CliContext): void {
	if (plan.actions[verb] !== undefined) return;
	if (plan.nothing !== null) {
		const why = ownText(plan.nothing, locale);
		throw new UsageError(
			`${plan.id}${say(backupWords, locale, 'colon')}${say(backupWords, locale, 'nothing-to-copy', { why })}`,
		);
	}
	if (!plan.restorable && (verb === 'drill' || verb === 'restore'))
		throw new UsageError(say(backupWords, locale, 'no-restore', { plan: plan.id }));
	const values = { plan: plan.id, verb: say(verbWords, locale, verb) };
	throw new UsageError(say(backupWords, locale, 'cannot-verb', values));
}

/** The one plan that is named; none or several are a usage error. */
export function planNamed(
	words: readonly string[],
	plans: readonly PlanPicture[],
	context: CliContext,
): PlanPicture {
	const list = plans.map((plan) => plan.id).join(', ');
	const [plan, ...more] = plansNamed(words, plans, context);
	if (plan === undefined) throw new UsageError(say(backupWords, context.locale, 'which-plan', { list }));
	if (more.length > 0) throw new UsageError(say(backupWords, context.locale, 'one-plan', { list }));
	return plan;
}

/** Two options that contradict each other are a usage error. */
export function refuseTogether(options: readonly (string | false)[], { locale }: CliContext): void {
	const [one, other] = options.filter((option) => option !== false);
	if (one !== undefined && other !== undefined)
		throw new UsageError(say(backupWords, locale, 'together', { one, other }));
}

/** The same command once more, ready to be copied: what a shell would read is quoted, and it is about the same system. */
export function againText(
	words: readonly string[],
	{ configPath, environment }: Pick<CliContext, 'configPath' | 'environment'>,
): string {
	const quote = (text: string) =>
		/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
	const system = configPath === null ? [] : ['--config', configPath];
	const where = environment === undefined ? [] : ['--env', environment];
	return ['rounds', ...system, ...where, ...words].map(quote).join(' ');
}

/** Says why something was not begun, and what the exit code is then. */
export function sayRefusal(refusal: Refusal, { face }: Opened, context: CliContext, plan?: string): number {
	const before = plan === undefined ? '' : `${plan}${say(backupWords, context.locale, 'colon')}`;
	context.err(`rounds: ${before}${planRefusalText(refusal, context.locale, face.timezone)}`);
	return exitOfRefusal(refusal);
}

/** How one operation of a plan went. */
function printRun(run: PlanRun, opened: Opened, context: CliContext): void {
	const { locale, out } = context;
	const { plan, verb, operation, refusal, drill } = run;
	if (refusal !== null) {
		sayRefusal(refusal, opened, context, plan.id);
		return;
	}
	if (operation === null) return;
	const { state, startedAt, endedAt, reasons } = operation;
	const took = endedAt === null ? '' : `  ${spanWords(endedAt - startedAt, locale)}`;
	const head = [levelMark(levelOfRun(run), locale), `  ${plan.id}  ${say(verbWords, locale, verb)}${took}`];
	out(...head);
	if (state === 'cancelled' || state === 'lost') out(`${INDENT}${say(backupWords, locale, state)}`);
	printCopies(run.copies, opened.face, context);
	if (drill !== null) {
		const { rtoMs, rpoMs } = drill;
		const times = { rto: spanWords(rtoMs, locale), rpo: spanWords(rpoMs, locale) };
		// One that did not get as far as the copy has measured nothing.
		if (drill.evidence.length > 0) {
			out(`${INDENT}${say(backupWords, locale, 'rto-rpo', times)}`);
			printEvidence(drill, context, INDENT, 'all');
		}
	}
	const why = reasons.map((reason) => reasonLine(reason, locale));
	for (const line of why) out(`${INDENT}${line}`);
	if (operation.level === 'ok' || state !== 'done') return;
	// Its last line says the reason once more.
	const more = run.tail.filter((line) => !why.some((one) => line.endsWith(one)));
	for (const line of more.slice(-TAIL_LINES)) out(`${INDENT}  ${line}`);
}

/** What was asked of plans, and how each went. */
export interface Outcome {
	readonly verb: BackupVerb;
	readonly runs: readonly PlanRun[];
	/** Plans that have nothing to back up. */
	readonly nothing?: readonly PlanPicture[];
}

/** Prints how everything went, as lines or one object, and returns the exit code. */
export function printOutcome(
	{ verb, runs, nothing = [] }: Outcome,
	opened: Opened,
	context: CliContext,
	{ json, stopping }: { readonly json: boolean; readonly stopping: Stopping | null },
	more: Readonly<Record<string, unknown>> = {},
): number {
	const { face } = opened;
	const { locale } = context;
	const code = stopping?.code ?? exitOfRuns(runs);
	if (json) {
		context.json({
			system: face.system,
			environment: face.environment.name,
			verb,
			level: worstLevel(runs.map(levelOfRun)),
			exit: code,
			...more,
			runs: runs.map((run) => runJson(run, face, context)),
			nothing: nothing.map((plan) => ({
				plan: plan.id,
				why: plan.nothing === null ? null : ownText(plan.nothing, locale),
			})),
		});
		return code;
	}
	for (const plan of nothing) {
		const why = plan.nothing === null ? '' : ownText(plan.nothing, locale);
		context.out(`${plan.id}  ${say(backupWords, locale, 'nothing-to-copy', { why })}`);
	}
	for (const run of runs) printRun(run, opened, context);
	return code;
}
