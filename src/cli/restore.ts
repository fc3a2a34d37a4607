import type { PlanPicture } from '../domain/backup-picture.ts';
import type { Refusal } from '../domain/engine.ts';
import { levelOfFault } from '../domain/fault.ts';
import { exitCodeOf, worstLevel } from '../domain/level.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { backupWords } from './backup-words.ts';
import { type CliContext, EXIT, type HeadlessCommand, UsageError } from './command.ts';
import { type Opened, withEngine } from './opened.ts';
import { readOptions } from './options.ts';
import { copyJson, restoreJson } from './plan-json.ts';
import { printCopies } from './plan-lines.ts';
import {
	againText,
	planNamed,
	printOutcome,
	refuseTogether,
	refuseWithout,
	sayRefusal,
} from './plan-report.ts';
import { endInOrder, findPlans, runPlan } from './plan-run.ts';
import { printPreview } from './restore-lines.ts';

interface Wish {
	readonly copy: string;
	readonly target: string | null;
	readonly preview: boolean;
	readonly confirm: string | null;
	readonly json: boolean;
}

/** Shows what a restore for real would replace; does it once the environment is named. */
export const restoreCommand: HeadlessCommand = {
	name: 'restore',
	summary: {
		en: 'replace what is there by a backup, after a preview and a confirmation',
		'zh-CN': '在预览与确认之后，用一份备份替换现有内容',
	},
	usage: 'restore PLAN --copy NAME [--target NAME] [--preview] [--confirm ENVIRONMENT] [--json]',
	async run(args, context) {
		const known = { flags: ['preview', 'json'], valued: ['copy', 'target', 'confirm'] };
		const { words, flags, values } = readOptions(args, known, context.locale);
		const { copy, target = null, confirm = null } = values;
		refuseTogether([flags.has('preview') && '--preview', confirm !== null && '--confirm'], context);
		return withEngine(context, { polls: false }, async (opened) => {
			const found = await findPlans(opened, context, { anew: true });
			if (!found.ok) return sayRefusal(found.error, opened, context);
			const plan = planNamed(words, found.value, context);
			if (plan.nothing === null && !plan.restorable)
				throw new UsageError(say(backupWords, context.locale, 'no-restore', { plan: plan.id }));
			refuseWithout(plan, 'restore', context);
			refuseOther(confirm, opened, context);
			const json = flags.has('json');
			if (copy === undefined) return offerCopies(plan, opened, context, json);
			return restore(plan, { copy, target, preview: flags.has('preview'), confirm, json }, opened, context);
		});
	},
};

/** A confirmation that names another environment agrees to nothing. */
function refuseOther(confirm: string | null, { face }: Opened, { locale }: CliContext): void {
	const environment = face.environment.name;
	if (confirm === null || confirm === environment) return;
	const word = clean(confirm, { max: 80 });
	throw new UsageError(say(backupWords, locale, 'wrong-confirm', { word, environment }));
}

/** Without a name nothing is chosen for anybody: lists what there is. */
async function offerCopies(
	plan: PlanPicture,
	opened: Opened,
	context: CliContext,
	json: boolean,
): Promise<number> {
	const found = await opened.engine.send('backup.copies', { plan: plan.id });
	if (!found.ok) return sayRefusal(found.error, opened, context, plan.id);
	const copies = found.value.copies.filter((copy) => copy.state === 'there' || copy.state === 'damaged');
	if (json) context.json({ plan: plan.id, restored: false, exit: EXIT.usage, copies: copies.map(copyJson) });
	else printCopies(copies, opened.face, context);
	const key = copies.length === 0 ? 'no-copies' : 'needs-copy';
	context.err(`rounds: ${say(backupWords, context.locale, key)}`);
	return EXIT.usage;
}

async function restore(plan: PlanPicture, wish: Wish, opened: Opened, context: CliContext): Promise<number> {
	const { copy, target, confirm, json } = wish;
	const { locale, err } = context;
	const ask = { plan: plan.id, copy, target };
	const looked = await opened.engine.send('restore.preview', ask);
	if (!looked.ok) {
		const code = sayRefusal(looked.error, opened, context, plan.id);
		// What could be chosen instead stands beside what could not be.
		if (isUnknownCopy(looked.error)) await offerCopies(plan, opened, context, json);
		return code;
	}
	const preview = looked.value;
	const bad = worstLevel(preview.faults.map((fault) => levelOfFault(fault.code)));
	if (confirm === null || bad !== 'ok') {
		const agrees = !wish.preview && bad === 'ok';
		const code = agrees ? EXIT.usage : exitCodeOf(bad);
		if (json) context.json({ ...restoreJson(preview, context), restored: false, exit: code });
		else printPreview(preview, opened.face, context);
		const from = target === null ? [] : ['--target', target];
		const agreed = ['--copy', preview.copy.name, ...from, '--confirm', preview.environment];
		const command = againText(['restore', plan.id, ...agreed], context);
		if (agrees) err(`rounds: ${say(backupWords, locale, 'not-restored', { command })}`);
		else if (!json) context.out(say(backupWords, locale, 'only-preview'));
		return code;
	}
	if (!json) printPreview(preview, opened.face, context);
	const stopping = endInOrder(opened, context);
	const args = { copy, ...(target === null ? {} : { target }) };
	const run = await runPlan({ plan, verb: 'restore', args, confirmed: confirm }, opened, context, stopping);
	const more = { preview: restoreJson(preview, context), restored: run.operation?.level === 'ok' };
	return printOutcome({ verb: 'restore', runs: [run] }, opened, context, { json, stopping }, more);
}

function isUnknownCopy(refusal: Refusal): boolean {
	return refusal.kind === 'refused' && refusal.why === 'no-such-copy';
}
