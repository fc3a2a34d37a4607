import type { PlanPicture } from '../domain/backup-picture.ts';
import { exitCodeOf, worstLevel } from '../domain/level.ts';
import { say } from '../i18n/messages.ts';
import { momentText, zoneText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';
import { levelMark } from './check-lines.ts';
import { type CliContext, type HeadlessCommand, UsageError } from './command.ts';
import { type Opened, withEngine } from './opened.ts';
import { readOptions } from './options.ts';
import { copyJson, drillJson, planJson } from './plan-json.ts';
import { labelled, printCopies, printDrill, printPlan } from './plan-lines.ts';
import { plansNamed, sayRefusal } from './plan-report.ts';
import { findPlans } from './plan-run.ts';

/** Looks into every target and prints how each plan stands, or one plan with its backups and drills. */
export const backupsCommand: HeadlessCommand = {
	name: 'backups',
	summary: {
		en: 'list backup plans, or the backups and drills of one',
		'zh-CN': '列出备份计划，或某一计划的备份与演练',
	},
	usage: 'backups [PLAN] [--json]',
	async run(args, context) {
		const { words, flags } = readOptions(args, { flags: ['json'], valued: [] }, context.locale);
		return withEngine(context, { polls: false }, async (opened) => {
			const { face } = opened;
			const found = await findPlans(opened, context, { anew: true });
			if (!found.ok) return sayRefusal(found.error, opened, context);
			const plans = found.value;
			const [name, ...rest] = words;
			const list = plans.map((plan) => plan.id).join(', ');
			if (rest.length > 0) throw new UsageError(say(backupWords, context.locale, 'one-plan', { list }));
			const [plan] = name === undefined ? [] : plansNamed([name], plans, context);
			if (plan !== undefined) return printOne(plan, opened, context, flags.has('json'));
			const level = worstLevel(plans.map((plan) => plan.level));
			if (flags.has('json')) {
				context.json({
					system: face.system,
					environment: face.environment.name,
					at: new Date(context.clock.now()).toISOString(),
					level,
					plans: plans.map((plan) => planJson(plan, face, context)),
				});
				return exitCodeOf(level);
			}
			if (plans.length === 0) {
				context.out(say(backupWords, context.locale, 'no-plans'));
				return 0;
			}
			const now = momentText(context.clock.now(), face.timezone);
			context.out(
				`${face.system} · ${face.environment.name} · ${now} ${zoneText(face.timezone)} · `,
				levelMark(level, context.locale),
			);
			for (const plan of plans) {
				context.out();
				printPlan(plan, face, context);
			}
			return exitCodeOf(level);
		});
	},
};

async function printOne(
	plan: PlanPicture,
	opened: Opened,
	context: CliContext,
	json: boolean,
): Promise<number> {
	const { face, engine } = opened;
	const { locale } = context;
	const found = await engine.send('backup.copies', { plan: plan.id });
	if (!found.ok) return sayRefusal(found.error, opened, context, plan.id);
	const { copies, drills } = found.value;
	const code = exitCodeOf(plan.level);
	if (json) {
		context.json({
			system: face.system,
			environment: face.environment.name,
			at: new Date(context.clock.now()).toISOString(),
			level: plan.level,
			plan: planJson(plan, face, context),
			copies: copies.map(copyJson),
			drills: drills.map(drillJson),
		});
		return code;
	}
	printPlan(plan, face, context);
	if (plan.nothing !== null) return code;
	context.out();
	if (copies.length === 0) context.out(labelled('copies', say(backupWords, locale, 'no-copies'), context));
	printCopies(copies, face, context);
	if (!plan.restorable) return code;
	context.out();
	if (drills.length === 0) context.out(labelled('drills', say(backupWords, locale, 'no-drills'), context));
	for (const drill of drills) printDrill(drill, face, context);
	return code;
}
