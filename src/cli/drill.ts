import type { HeadlessCommand } from './command.ts';
import { withEngine } from './opened.ts';
import { readOptions } from './options.ts';
import { planNamed, printOutcome, refuseWithout, sayRefusal } from './plan-report.ts';
import { endInOrder, findPlans, runPlan } from './plan-run.ts';

/** Rehearses a restore, and says what was held against the restored copy. */
export const drillCommand: HeadlessCommand = {
	name: 'drill',
	summary: {
		en: 'restore a backup to a scratch place and prove it there',
		'zh-CN': '把备份恢复到临时位置并在那里证实',
	},
	usage: 'drill PLAN [--copy NAME] [--target NAME] [--json]',
	async run(args, context) {
		const known = { flags: ['json'], valued: ['copy', 'target'] };
		const { words, flags, values } = readOptions(args, known, context.locale);
		return withEngine(context, { polls: false }, async (opened) => {
			const found = await findPlans(opened, context, { anew: values['copy'] !== undefined });
			if (!found.ok) return sayRefusal(found.error, opened, context);
			const plan = planNamed(words, found.value, context);
			refuseWithout(plan, 'drill', context);
			const stopping = endInOrder(opened, context);
			const run = await runPlan({ plan, verb: 'drill', args: values }, opened, context, stopping);
			const json = flags.has('json');
			return printOutcome({ verb: 'drill', runs: [run] }, opened, context, { json, stopping });
		});
	},
};
