import {
	type ActionContext,
	isPaneOpen,
	openSteps,
	paneList,
	selectStep,
	shownRound,
	shownStep,
	stepRow,
	type Writing,
	writingOf,
} from '../../actions/index.ts';
import type { Round, Step } from '../../domain/round.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { drawBeside, drawRule } from '../../ui/panel.ts';
import { blank, type Canvas, listPage, type Page } from '../page.ts';
import { drawField } from './field.ts';
import { lookKey } from './look-rows.ts';
import { planPage } from './plan.ts';
import { bandHead, sheetBand, sheetPane } from './sheet.ts';
import { stepBody, stepHead } from './step-pane.ts';
import { toStepDetail } from './step-rows.ts';
import { roundWord } from './words.ts';

const WIDE = 100;
const SIGNED_ROUNDS = 20;
/** Lines of a log asked for a question. */
const LOOK_LINES = 60;

const FOOTER = [
	'step.answer',
	'step.fail',
	'step.skip',
	'step.note',
	'step.undo',
	'round.sign',
	'step.ask',
	'step.logs',
];
const WRITING = ['field.accept', 'field.leave'];
const READING = ['round.pane', 'round.leave'];

/** The plan of the day, or the round in hand: its sheet and its step, beside each other where there is room. */
export function roundPage(state: PictureState, canvas: Canvas): Page {
	const round = shownRound(state);
	if (!round) return planPage(state, canvas);
	const step = shownStep(state, round);
	if (!step) return planPage(state, canvas);
	const page =
		canvas.columns >= WIDE ? widePage(state, canvas, round, step) : narrowPage(state, canvas, round, step);
	const writing = writingOf(state);
	if (writing) return { ...page, list: null, footer: WRITING, isModal: true };
	return { ...page, footer: round.signed ? READING : footerOf(round, step) };
}

function footerOf(round: Round, step: Step): readonly string[] {
	if (openSteps(round).length === 0)
		return ['round.sign', 'round.open', 'step.undo', 'step.note', 'round.leave'];
	if (step.answer) return ['step.undo', 'step.note', 'round.sign', 'round.pane', 'round.leave'];
	return step.definition.kind === 'ask' ? FOOTER : ['round.open', ...FOOTER];
}

function widePage(state: PictureState, canvas: Canvas, round: Round, step: Step): Page {
	const left = Math.min(48, Math.floor(canvas.columns * 0.36));
	const right = canvas.columns - left - 1;
	const hasPane = isPaneOpen(state);
	const sheet = sheetPane(state, { ...canvas, columns: left }, round, stepRow(step), !hasPane);
	const pane = stepPage(state, { ...canvas, columns: right }, round, step);
	return {
		lines: drawBeside(canvas.theme, sheet.lines, left, pane.lines, right).slice(0, canvas.height),
		list: hasPane ? pane.list : sheet.list,
		...(pane.cursor ? { cursor: { x: pane.cursor.x + left + 1, y: pane.cursor.y } } : {}),
	};
}

/** Narrow: the sheet lies above the step; with the keys in the step, or a line to write, the step takes nearly all. */
function narrowPage(state: PictureState, canvas: Canvas, round: Round, step: Step): Page {
	const { columns, height, theme } = canvas;
	const hasPane = isPaneOpen(state);
	if (hasPane || writingOf(state)) {
		const pane = stepPage(state, { ...canvas, height: height - 2 }, round, step);
		return {
			...pane,
			lines: [bandHead(state, canvas, round), drawRule(theme, columns), ...pane.lines],
			...(pane.cursor ? { cursor: { x: pane.cursor.x, y: pane.cursor.y + 2 } } : {}),
		};
	}
	const band = Math.min(round.steps.length + 1, Math.max(4, Math.floor(height * 0.45)));
	const sheet = sheetBand(state, { ...canvas, height: band }, round, stepRow(step), true);
	const pane = stepPage(state, { ...canvas, height: height - band - 1 }, round, step);
	return { ...pane, lines: [...sheet.lines, drawRule(theme, columns), ...pane.lines], list: sheet.list };
}

function stepPage(state: PictureState, canvas: Canvas, round: Round, step: Step): Page {
	const { now, locale, zone, columns } = canvas;
	const detail = toStepDetail(state, round, step, now, locale, zone);
	const writing = writingOf(state);
	const isHere = writing !== null && belongs(writing, round, step);
	const field =
		isHere && writing.layer.field ? drawField(writing.layer.field, writing.writing, canvas) : null;
	const hasKeys = isPaneOpen(state) && !field;
	const height = canvas.height - (field?.lines.length ?? 0);
	const rows = stepBody(detail, canvas, hasKeys);
	const page = listPage({ ...canvas, height }, state.view, paneList(round, step), {
		head: stepHead(field ? { ...detail, draft: '' } : detail, canvas),
		rows,
	});
	const isLong = (page.list?.total ?? 0) > (page.list?.height ?? 0);
	const lines = isLong && !hasKeys && !field ? withMore(page, canvas) : page.lines;
	if (!field) return { ...page, lines: lines.length < height ? [...lines, blank(columns)] : lines };
	return {
		lines: [...page.lines, ...field.lines],
		list: null,
		cursor: { x: field.cursor.x, y: field.cursor.y + height },
	};
}

function withMore(page: Page, { theme, columns, locale }: Canvas): readonly string[] {
	const hidden = (page.list?.total ?? 0) - (page.list?.height ?? 0) + 1;
	const line = createLine(theme, columns)
		.gap(3)
		.text(roundWord(locale, 'more', { count: hidden }), 'muted')
		.end();
	return [...page.lines.slice(0, -1), line];
}

function belongs(
	{ writing }: { readonly layer: Layer; readonly writing: Writing },
	round: Round,
	step: Step,
): boolean {
	return 'step' in writing && writing.round === round.id && writing.step === step.index;
}

/** The rounds signed last, who looks at which round, and the log beside a question. */
export async function loadRound(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const round = shownRound(state);
	const looking = String(round?.id ?? '');
	const asked: Promise<void>[] = [];
	if (state.view.choices['looking'] !== looking && state.face) {
		context.picture.view.choose('looking', looking);
		asked.push(
			context.engine.send('round.look', { round: round?.signed ? null : (round?.id ?? null) }).then(() => {}),
		);
	}
	if (!round) asked.push(loadSigned(context));
	const step = round ? shownStep(state, round) : null;
	if (round && step) {
		if (!state.view.places[`round ${round.id}`]?.selected) selectStep(context, round, step);
		asked.push(loadLook(context, round, step));
	}
	await Promise.all(asked);
}

async function loadSigned(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const signed = [...state.rounds.values()].filter((round) => round.signed).length;
	const seen = `${state.plan.map((plan) => `${plan.sheet} ${plan.standing} ${plan.round}`).join(',')} ${signed}`;
	if (state.fetched.rounds?.seen === seen) return;
	const found = await context.engine.send('rounds.list', { limit: SIGNED_ROUNDS });
	if (!found.ok) return;
	context.picture.fetched((fetched) => ({ ...fetched, rounds: { seen, rounds: found.value.rounds } }));
}

async function loadLook(context: ActionContext, round: Round, step: Step): Promise<void> {
	const look = step.definition.kind === 'ask' ? step.definition.look : null;
	if (!look || step.answer) return;
	const state = context.picture.state();
	const key = lookKey(round, step);
	const seen = state.logs;
	if (state.fetched.looks.get(key)?.seen === seen) return;
	const sinceAt =
		look.since === 'last-signed'
			? state.signed.signedAt
			: look.since === null
				? null
				: context.now() - look.since;
	const page = await context.engine.send('logs.read', {
		source: look.log,
		filter: { level: look.level, text: null, sinceAt },
		from: { at: 'end' },
		limit: LOOK_LINES,
	});
	if (!page.ok) return;
	context.picture.fetched((fetched) => ({
		...fetched,
		looks: new Map([[key, { seen, page: page.value }]]),
	}));
}
