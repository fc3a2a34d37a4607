import type { PlanPicture, PrunePreview } from '../domain/backup-picture.ts';
import { cellWidth, clean, pad } from '../domain/text.ts';
import { bytesText, keptText } from '../i18n/backup.ts';
import { say } from '../i18n/messages.ts';
import { momentText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';
import { type CliContext, EXIT, type HeadlessCommand, UsageError } from './command.ts';
import { type Opened, withEngine } from './opened.ts';
import { readOptions } from './options.ts';
import { exitOfRefusal } from './plan-exit.ts';
import { pruneJson } from './plan-json.ts';
import { INDENT } from './plan-lines.ts';
import {
	againText,
	plansNamed,
	printOutcome,
	refuseTogether,
	refuseWithout,
	sayRefusal,
} from './plan-report.ts';
import { endInOrder, findPlans, type PlanRun, runPlan } from './plan-run.ts';

/** Shows what retention would remove, and removes it only when that is said. */
export const pruneCommand: HeadlessCommand = {
	name: 'prune',
	summary: {
		en: 'show which backups retention removes; with --yes remove them',
		'zh-CN': '显示按保留规则应清除的备份；加 --yes 才清除',
	},
	usage: 'prune PLAN… | --all [--preview] [--yes | --confirm ENVIRONMENT] [--json]',
	async run(args, context) {
		const { locale } = context;
		const known = { flags: ['all', 'preview', 'yes', 'json'], valued: ['confirm'] };
		const { words, flags, values } = readOptions(args, known, locale);
		const confirm = values['confirm'] ?? null;
		refuseTogether([words[0] ?? false, flags.has('all') && '--all'], context);
		const isAgreed = flags.has('yes') || confirm !== null;
		refuseTogether(
			[flags.has('preview') && '--preview', isAgreed && (confirm === null ? '--yes' : '--confirm')],
			context,
		);
		return withEngine(context, { polls: false }, async (opened) => {
			const environment = opened.face.environment.name;
			if (confirm !== null && confirm !== environment) {
				const word = clean(confirm, { max: 80 });
				throw new UsageError(say(backupWords, locale, 'wrong-confirm', { word, environment }));
			}
			const found = await findPlans(opened, context, { anew: false });
			if (!found.ok) return sayRefusal(found.error, opened, context);
			const named = plansNamed(words, found.value, context);
			const plans = flags.has('all') ? found.value.filter((plan) => plan.actions.prune !== undefined) : named;
			const list = found.value.map((plan) => plan.id).join(', ');
			if (words.length === 0 && !flags.has('all'))
				throw new UsageError(say(backupWords, locale, 'which-prune', { list }));
			for (const plan of plans) refuseWithout(plan, 'prune', context);
			const json = flags.has('json');
			return isAgreed
				? prune(plans, confirm, json, opened, context)
				: preview(plans, words, json, opened, context);
		});
	},
};

async function previewsOf(
	plans: readonly PlanPicture[],
	opened: Opened,
	context: CliContext,
): Promise<{ readonly previews: readonly PrunePreview[]; readonly code: number }> {
	const previews: PrunePreview[] = [];
	let code = 0;
	for (const plan of plans) {
		const looked = await opened.engine.send('backup.prune-preview', { plan: plan.id });
		if (looked.ok) previews.push(looked.value);
		else {
			sayRefusal(looked.error, opened, context, plan.id);
			code = Math.max(code, exitOfRefusal(looked.error));
		}
	}
	return { previews, code };
}

async function preview(
	plans: readonly PlanPicture[],
	words: readonly string[],
	json: boolean,
	opened: Opened,
	context: CliContext,
): Promise<number> {
	const { previews, code } = await previewsOf(plans, opened, context);
	if (json) {
		const { system, environment } = opened.face;
		const facts = { system, environment: environment.name, verb: 'prune', pruned: false, exit: code };
		context.json({ ...facts, previews: previews.map(pruneJson) });
		return code;
	}
	for (const one of previews) printPreview(one, opened, context);
	if (!previews.some(isSomething)) return code;
	const which = words.length === 0 ? ['--all'] : words;
	const command = againText(['prune', ...which, ...agreeing(plans, opened)], context);
	context.out();
	context.out(say(backupWords, context.locale, 'not-pruned', { command }));
	return code;
}

async function prune(
	plans: readonly PlanPicture[],
	confirm: string | null,
	json: boolean,
	opened: Opened,
	context: CliContext,
): Promise<number> {
	const how = agreeing(plans, opened);
	if (confirm === null && how[0] !== '--yes') {
		const command = againText(['prune', ...plans.map((plan) => plan.id), ...how], context);
		context.err(`rounds: ${say(backupWords, context.locale, 'needs-agreeing', { command })}`);
		return EXIT.usage;
	}
	const { previews, code } = await previewsOf(plans, opened, context);
	if (!json) for (const one of previews) printPreview(one, opened, context);
	const runs: PlanRun[] = [];
	const stopping = endInOrder(opened, context);
	for (const one of previews.filter(isSomething)) {
		if (stopping.code !== null) break;
		const plan = plans.find((known) => known.id === one.plan);
		if (!plan) continue;
		// Only what was shown may go, whatever became due meanwhile.
		const names = one.remove.map((copy) => copy.name).join('\n');
		const ask = { plan, verb: 'prune', args: { names }, confirmed: confirm ?? 'yes' } as const;
		runs.push(await runPlan(ask, opened, context, stopping));
	}
	const more = { pruned: true, previews: previews.map(pruneJson) };
	return Math.max(code, printOutcome({ verb: 'prune', runs }, opened, context, { json, stopping }, more));
}

const isSomething = ({ remove, parts }: PrunePreview): boolean => remove.length + parts.length > 0;

/** What has to be said so that something is removed: the environment's name where that is guarded by it. */
function agreeing(plans: readonly PlanPicture[], { face }: Opened): readonly string[] {
	const isTyped = plans.some((plan) =>
		face.actions.some((action) => action.id === plan.actions.prune && action.guard === 'typed'),
	);
	return isTyped ? ['--confirm', face.environment.name] : ['--yes'];
}

/** What goes and what stays, each with its size, and why. */
function printPreview(one: PrunePreview, { face }: Opened, { locale, out }: CliContext): void {
	const word = (key: 'goes' | 'stays') => pad(say(backupWords, locale, key), 6);
	const count = one.remove.length + one.parts.length;
	const size = bytesText(one.freesBytes, locale);
	const key = count === 0 ? 'prune-none' : 'prune-of';
	out(say(backupWords, locale, key, { plan: one.plan, count, size }));
	const all = [...one.remove, ...one.keep.map(({ copy }) => copy)];
	const width = Math.max(0, ...all.map((copy) => cellWidth(copy.name)), ...one.parts.map(cellWidth));
	const facts = (copy: (typeof all)[number]) =>
		`${pad(copy.name, width)}  ${momentText(copy.at, face.timezone)} · ${bytesText(copy.bytes, locale)} · ${copy.target}`;
	for (const copy of one.remove) out(`${INDENT}${word('goes')} ${facts(copy)}`);
	for (const name of one.parts)
		out(`${INDENT}${word('goes')} ${pad(name, width)}  ${say(backupWords, locale, 'leftover')}`);
	for (const { copy, because } of one.keep)
		out(`${INDENT}${word('stays')} ${facts(copy)} · ${keptText(because, locale)}`);
}
