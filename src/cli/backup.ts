import { PINNED_BY_RESTORE } from '../domain/backup.ts';
import type { PlanPicture } from '../domain/backup-picture.ts';
import { plannedTimes } from '../domain/backup-schedule.ts';
import { isAhead } from '../domain/retention.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { momentText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';
import { type CliContext, type HeadlessCommand, UsageError } from './command.ts';
import { withEngine } from './opened.ts';
import { readOptions } from './options.ts';
import { plansNamed, printOutcome, refuseTogether, refuseWithout, sayRefusal } from './plan-report.ts';
import { endInOrder, findPlans, type PlanRun, runPlan } from './plan-run.ts';

/** A word that says why a copy is kept: it becomes part of no name, and of every list. */
const PIN = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u;

/** Runs backup plans now, one after the other. */
export const backupCommand: HeadlessCommand = {
	name: 'backup',
	summary: {
		en: 'back up: the named plans, all, or those that are due',
		'zh-CN': '备份：指定的计划、全部，或已到期的计划',
	},
	usage: 'backup PLAN… | --all | --due [--pin WORD] [--json]',
	async run(args, context) {
		const { locale } = context;
		const asked = readOptions(args, { flags: ['all', 'due', 'json'], valued: ['pin'] }, locale);
		const { words, flags, values } = asked;
		refuseTogether([words[0] ?? false, flags.has('all') && '--all', flags.has('due') && '--due'], context);
		const { pin } = values;
		if (pin !== undefined && (!PIN.test(pin) || pin === PINNED_BY_RESTORE))
			throw new UsageError(say(backupWords, locale, 'bad-pin', { word: clean(pin, { max: 80 }) }));
		return withEngine(context, { polls: false }, async (opened) => {
			const found = await findPlans(opened, context, { anew: flags.has('due') });
			if (!found.ok) return sayRefusal(found.error, opened, context);
			const { timezone } = opened.face;
			const chosen = choose(words, flags, found.value, timezone, context);
			const json = flags.has('json');
			if (chosen.length === 0 && !json) sayNext(found.value, timezone, context);
			for (const plan of chosen) if (plan.nothing === null) refuseWithout(plan, 'backup', context);
			const nothing = chosen.filter((plan) => plan.nothing !== null);
			const runs: PlanRun[] = [];
			const stopping = endInOrder(opened, context);
			for (const plan of chosen) {
				if (plan.nothing !== null) continue;
				if (stopping.code !== null) break;
				const ask = { plan, verb: 'backup', args: pin === undefined ? {} : { pin } } as const;
				runs.push(await runPlan(ask, opened, context, stopping));
			}
			return printOutcome({ verb: 'backup', runs, nothing }, opened, context, { json, stopping });
		});
	},
};

/** Whether its planned time has come and nothing was made since; overdue is what has been so for a while. */
function isDue({ schedule, nothing, last, actions }: PlanPicture, now: number, zone: string): boolean {
	if (schedule === null || nothing !== null || actions.backup === undefined) return false;
	// A copy that a wrong clock made says nothing about what is due.
	const lastAt = last === null || isAhead(last.at, now) ? null : last.at;
	const planned = plannedTimes(schedule, now, zone, lastAt).last;
	return planned !== null && (lastAt === null || lastAt < planned);
}

function choose(
	words: readonly string[],
	flags: ReadonlySet<string>,
	plans: readonly PlanPicture[],
	zone: string,
	context: CliContext,
): readonly PlanPicture[] {
	const named = plansNamed(words, plans, context);
	if (flags.has('all')) return plans;
	if (flags.has('due')) {
		const now = context.clock.now();
		return plans.filter((plan) => isDue(plan, now, zone));
	}
	if (named.length > 0) return named;
	const list = plans.map((plan) => plan.id).join(', ');
	throw new UsageError(say(backupWords, context.locale, 'which-plans', { list }));
}

/** Nothing is due: says what comes next. */
function sayNext(plans: readonly PlanPicture[], zone: string, { out, locale }: CliContext): void {
	const next = plans
		.flatMap(({ id, nextAt }) => (nextAt === null ? [] : [{ id, nextAt }]))
		.sort((a, b) => a.nextAt - b.nextAt)[0];
	out(
		next === undefined
			? say(backupWords, locale, 'nothing-due')
			: say(backupWords, locale, 'next-due', { plan: next.id, at: momentText(next.nextAt, zone) }),
	);
}
