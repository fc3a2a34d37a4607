import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { backupWords } from './backup-words.ts';
import { type CliContext, EXIT, UsageError } from './command.ts';
import { withEngine } from './opened.ts';
import { plansNamed, printOutcome, refuseWithout, sayRefusal } from './plan-report.ts';
import { endInOrder, findPlans, type PlanRun, runPlan } from './plan-run.ts';

export interface VerifyWish {
	readonly names: readonly string[];
	/** Which copy, and in which target. */
	readonly args: Readonly<Record<string, string>>;
	readonly json: boolean;
	/** Says of a word that is no plan either that no such record lies there. */
	readonly missing: (word: string) => Promise<unknown>;
}

/** Reads backups of plans back and proves them whole. */
export async function verifyPlans(
	{ names, args, json, missing }: VerifyWish,
	context: CliContext,
): Promise<number> {
	const { locale } = context;
	const [option] = Object.keys(args);
	if (names.length > 1 && option !== undefined) {
		const values = { option: `--${option}`, count: names.length };
		throw new UsageError(say(backupWords, locale, 'one-copy', values));
	}
	const engine = await context.openEngine({ polls: false });
	// Records are verified where there is no system at all, and so is said that one is missing.
	if (!engine.ok && engine.error.kind === 'missing' && option === undefined) {
		for (const name of names) await missing(name);
		return EXIT.input;
	}
	return withEngine({ ...context, openEngine: async () => engine }, { polls: false }, async (opened) => {
		const found = await findPlans(opened, context, { anew: args['copy'] !== undefined });
		if (!found.ok) return sayRefusal(found.error, opened, context);
		const list = found.value.map((plan) => plan.id).join(', ');
		const other = names.filter((name) => !found.value.some((plan) => plan.id === name));
		if (option === undefined && other.length > 0) {
			for (const name of other) {
				await missing(name);
				const values = { name: clean(name, { max: 80 }), list };
				if (list !== '') context.err(`rounds: ${say(backupWords, locale, 'unknown-plan', values)}`);
			}
			return EXIT.input;
		}
		const plans = plansNamed(names, found.value, context);
		for (const plan of plans) refuseWithout(plan, 'verify', context);
		const runs: PlanRun[] = [];
		const stopping = endInOrder(opened, context);
		for (const plan of plans) {
			if (stopping.code !== null) break;
			runs.push(await runPlan({ plan, verb: 'verify', args }, opened, context, stopping));
		}
		return printOutcome({ verb: 'verify', runs }, opened, context, { json, stopping });
	});
}
