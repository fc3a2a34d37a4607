import { exitCodeOf, type Level, worstLevel } from '../domain/level.ts';
import { ownText } from '../domain/own-text.ts';
import type { ActionFace, SheetFace } from '../domain/picture.ts';
import type { StepDefinition } from '../domain/system.ts';
import { foundTexts } from '../i18n/backup.ts';
import { say } from '../i18n/messages.ts';
import { refusalText } from '../i18n/refusal.ts';
import { sheetTitle, stepTitle } from '../i18n/rounds.ts';
import { levelMark, reasonLine, valuesLine } from './check-lines.ts';
import { type CliContext, type HeadlessCommand, readFlags, UsageError } from './command.ts';
import { launch } from './launch.ts';
import { type Opened, withEngine } from './opened.ts';
import { cliWords } from './words.ts';

type PartResult = {
	readonly name: string;
	readonly level: Level;
	readonly line: string;
	readonly reasons: readonly string[];
};

interface StepResult {
	readonly step: number;
	readonly title: string;
	readonly kind: StepDefinition['kind'];
	/** null: not done here. */
	readonly level: Level | null;
	readonly parts: readonly PartResult[];
	readonly why: string | null;
}

/** Runs a sheet's automatic and launched steps; manual ones are listed, nothing is signed, no baseline moves. */
export const runCommand: HeadlessCommand = {
	name: 'run',
	summary: {
		en: 'run the automatic and launched steps of a round',
		'zh-CN': '运行一张巡检表的自动与启动步骤',
	},
	usage: 'run SHEET [--json] [--complete]',
	async run(args, context) {
		const { words, flags } = readFlags(args, ['json', 'complete'], context.locale);
		return withEngine(context, { polls: false }, async (opened) => {
			const sheet = findSheet(words, opened, context);
			const asked = [...new Set(sheet.steps.flatMap((s) => (s.kind === 'check' ? s.checks : [])))];
			if (asked.length > 0) await opened.engine.send('checks.ask', { checks: asked });
			const results: StepResult[] = [];
			for (const [index, step] of sheet.steps.entries())
				results.push(await runStep(step, index, opened, context));
			return finish(results, sheet, opened, context, flags);
		});
	},
};

function findSheet(words: readonly string[], { face }: Opened, { locale }: CliContext): SheetFace {
	const list = face.sheets.map((s) => s.id).join(', ');
	const [name, ...rest] = words;
	if (name === undefined || rest.length > 0)
		throw new UsageError(say(cliWords, locale, 'no-sheet', { list }));
	const sheet = face.sheets.find((s) => s.id === name);
	if (!sheet) throw new UsageError(say(cliWords, locale, 'unknown-sheet', { name, list }));
	return sheet;
}

async function runStep(
	step: StepDefinition,
	index: number,
	opened: Opened,
	context: CliContext,
): Promise<StepResult> {
	const { locale } = context;
	const title = stepTitle(step, opened.face, locale);
	const base = { step: index + 1, title, kind: step.kind };
	if (step.kind === 'ask') return { ...base, level: null, parts: [], why: say(cliWords, locale, 'not-done') };
	if (step.kind === 'check') {
		const parts = step.checks.flatMap((id): PartResult[] => {
			const face = opened.face.checks.find((c) => c.id === id);
			const picture = opened.pictures.get(id);
			if (!face) return [];
			const reasons = (picture?.reasons ?? []).map((r) => reasonLine(r, locale));
			return [
				{ name: id, level: picture?.level ?? 'pending', line: valuesLine(face, picture, locale), reasons },
			];
		});
		return { ...base, level: worstLevel(parts.map((p) => p.level)), parts, why: null };
	}
	const action = opened.face.actions.find((a) => a.id === step.action);
	if (!action || action.guard !== 'none')
		return { ...base, level: null, parts: [], why: say(cliWords, locale, 'needs-yes') };
	const part = await launchPart(action, opened, context);
	return { ...base, level: part.level, parts: [part], why: null };
}

async function launchPart(action: ActionFace, opened: Opened, { locale }: CliContext): Promise<PartResult> {
	const name = ownText(action.title, locale);
	const ended = await launch(opened, action.id);
	if (!ended.ok) return { name, level: 'unknown', line: '', reasons: [refusalText(ended.error, locale)] };
	const { level, reasons, files, samples } = ended.value;
	const { passed, total } = samples;
	const counted =
		typeof passed === 'object' && passed !== null && typeof total === 'object' && total !== null;
	const measured = action.backup === undefined ? '' : foundTexts(samples, locale).join(' · ');
	const line = counted
		? `${passed.number}/${total.number}`
		: [files.join(', '), measured].filter((part) => part !== '').join(' · ');
	return { name, level, line, reasons: reasons.map((r) => reasonLine(r, locale)) };
}

function finish(
	results: readonly StepResult[],
	sheet: SheetFace,
	{ face }: Opened,
	context: CliContext,
	flags: ReadonlySet<string>,
): number {
	const { locale } = context;
	const level = worstLevel(results.flatMap((r) => r.level ?? []));
	const manual = results.filter((r) => r.level === null).length;
	// Where nothing ran nothing is known, and neither is it where a step that should run by itself was left out.
	const isIncomplete =
		manual === results.length ||
		results.some((r) => r.kind === 'run' && r.level === null) ||
		(flags.has('complete') && manual > 0);
	const code = isIncomplete && exitCodeOf(level) < 2 ? 3 : exitCodeOf(level);
	if (flags.has('json')) {
		const { system, environment } = face;
		const json = {
			system,
			environment: environment.name,
			sheet: sheet.id,
			level,
			exit: code,
			signed: false,
			notDone: manual,
			steps: results,
		};
		context.json(json);
		return code;
	}
	context.out(`${face.system} · ${face.environment.name} · ${sheetTitle(sheet, locale)}`);
	context.out();
	for (const result of results) {
		const mark = result.level === null ? '○' : levelMark(result.level, locale);
		context.out(
			`${result.step}  `,
			mark,
			`  ${result.title}${result.why === null ? '' : `${say(cliWords, locale, 'colon')}${result.why}`}`,
		);
		for (const part of result.parts) {
			context.out(
				'     ',
				levelMark(part.level, locale),
				`  ${part.name}${part.line === '' ? '' : `  ${part.line}`}`,
			);
			for (const reason of part.reasons) context.out(`       ${reason}`);
		}
	}
	context.out();
	const open =
		manual === 0
			? ''
			: `${say(cliWords, locale, manual === 1 ? 'manual-one' : 'manual-open', { count: manual })} `;
	context.out(open, say(cliWords, locale, 'never-signed'));
	return code;
}
