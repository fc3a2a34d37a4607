import { type RoundId, roundId } from '../domain/ids.ts';
import { isDone, type Round, type Step, standingOf } from '../domain/round.ts';
import type { Layer, PictureState } from '../store/index.ts';
import { type ActionContext, words } from './define.ts';

/** What is being written in a field: where it goes once confirmed. */
export type Writing =
	| {
			readonly kind: 'answer';
			readonly round: RoundId;
			readonly step: number;
			readonly outcome: 'ok' | 'fail' | 'accept' | 'skip';
			/** `round.version` the operator saw when the field was opened. */
			readonly version: number;
	  }
	| {
			readonly kind: 'note';
			readonly round: RoundId;
			readonly step: number;
			/** `round.version` the operator saw when the field was opened. */
			readonly version: number;
	  }
	| { readonly kind: 'sign'; readonly round: RoundId }
	| { readonly kind: 'search' };

export function writeWriting(writing: Writing): string {
	switch (writing.kind) {
		case 'answer':
			return ['answer', writing.round, writing.step, writing.outcome, writing.version].join(' ');
		case 'note':
			return ['note', writing.round, writing.step, writing.version].join(' ');
		case 'sign':
			return `sign ${writing.round}`;
		case 'search':
			return 'search';
	}
}

export function readWriting(subject: string): Writing {
	const [kind, round, step, ...rest] = subject.split(' ');
	const [outcome, version] = rest;
	const id = roundId(Number(round));
	if (kind === 'search') return { kind };
	if (kind === 'sign') return { kind, round: id };
	if (kind === 'note') return { kind, round: id, step: Number(step), version: Number(rest[0]) };
	const wanted = outcome === 'fail' || outcome === 'accept' || outcome === 'skip' ? outcome : 'ok';
	return { kind: 'answer', round: id, step: Number(step), outcome: wanted, version: Number(version) };
}

/** The field that has the keys now, and what it writes. */
export function writingOf(state: PictureState): { readonly layer: Layer; readonly writing: Writing } | null {
	const layer = state.view.layers.at(-1);
	return layer?.kind === 'note' && layer.field ? { layer, writing: readWriting(layer.subject) } : null;
}

export const ROUND_CHOICE = 'round';
export const PANE_CHOICE = 'round-pane';
const PLAN = 'plan';

export function knownRound(state: PictureState, id: RoundId): Round | null {
	return state.rounds.get(id) ?? state.fetched.rounds?.rounds.find((round) => round.id === id) ?? null;
}

/** In progress, in the order they were begun. */
export function openRounds(state: PictureState): readonly Round[] {
	return [...state.rounds.values()]
		.filter((round) => !round.signed)
		.sort((a, b) => a.startedAt - b.startedAt || a.id - b.id);
}

/** The round the Round screen shows; null: the day's plan. Who comes back finds the round in progress. */
export function shownRound(state: PictureState): Round | null {
	const choice = state.view.choices[ROUND_CHOICE];
	if (choice === PLAN) return null;
	if (choice) {
		const chosen = knownRound(state, roundId(Number(choice)));
		if (chosen) return chosen;
	}
	const open = openRounds(state);
	const looking = state.polling?.present.find((p) => p.mine)?.looking ?? null;
	return open.find((round) => round.id === looking) ?? open.at(-1) ?? null;
}

export function showRound(context: ActionContext, id: RoundId | null): void {
	const { view } = context.picture;
	view.choose(ROUND_CHOICE, id === null ? PLAN : String(id));
	view.choose(PANE_CHOICE, '');
	context.refresh();
}

export function stepList(round: Round): string {
	return `round ${round.id}`;
}

export function paneList(round: Round, step: Step): string {
	return `round ${round.id} step ${step.index}`;
}

/** The step's own pane has the keys. */
export function isPaneOpen(state: PictureState): boolean {
	return state.view.choices[PANE_CHOICE] === 'step';
}

/** The step in hand: the one with a field open, the selected one, else the one somebody left while typing, else the next. */
export function shownStep(state: PictureState, round: Round): Step | null {
	const written = writingOf(state)?.writing;
	const index = written && 'step' in written && written.round === round.id ? written.step : null;
	if (index !== null) return round.steps[index] ?? null;
	const selected = state.view.places[stepList(round)]?.selected;
	const found = round.steps.find((step) => stepRow(step) === selected);
	if (found) return found;
	if (round.signed) return round.steps[0] ?? null;
	return (
		round.steps.find((step) => step.draft && !step.answer) ?? nextOpen(round, -1) ?? round.steps[0] ?? null
	);
}

export function stepRow(step: Step): string {
	return `step:${step.index}`;
}

/** The next step that needs a person: after `index`, then from the beginning. One that still fills itself comes last. */
export function nextOpen(round: Round, index: number): Step | null {
	const open = round.steps.filter((step) => step.index !== index && !isDone(standingOf(step)));
	const waiting = open.filter((step) => standingOf(step) !== 'filling');
	const among = waiting.length > 0 ? waiting : open;
	return among.find((step) => step.index > index) ?? among[0] ?? null;
}

export function selectStep(context: ActionContext, round: Round, step: Step): void {
	const total = round.steps.length;
	context.picture.view.select(stepList(round), stepRow(step), {
		start: step.index,
		size: 1,
		total,
		height: total,
	});
}

/** Steps that keep the round from being signed. */
export function openSteps(round: Round): readonly Step[] {
	return round.steps.filter((step) => !isDone(standingOf(step)));
}

/** The manual step in progress that a pinned log line belongs to: the one in hand, else the next open one. */
export function pinnedStep(state: PictureState): { readonly round: Round; readonly step: Step } | null {
	const shown = shownRound(state);
	const round = shown && !shown.signed ? shown : (openRounds(state).at(-1) ?? null);
	if (!round) return null;
	const inHand = shownStep(state, round);
	const isManual = (step: Step | null) => step?.definition.kind === 'ask' && !step.answer;
	const step = isManual(inHand) ? inHand : round.steps.find((s) => isManual(s));
	return step ? { round, step } : null;
}

/** After an answer the next open step is in hand; after the last one, the way to the sign-off is said. */
export function goOn(context: ActionContext, round: Round, step: Step): void {
	const next = nextOpen(round, step.index);
	context.picture.view.choose(PANE_CHOICE, '');
	if (next) selectStep(context, round, next);
	else {
		selectStep(context, round, step);
		context.picture.view.tell(
			'good',
			words(
				'every step is done: S shows the whole round to sign it off',
				'所有步骤已完成：按 S 查看全部内容并签字',
			)[context.locale],
		);
	}
	context.refresh();
}

const draftChoice = (round: RoundId, step: number): string => `draft ${round} ${step}`;

/** What was typed for a step and never confirmed: in this console, else by whoever left it to the engine. */
export function draftOf(state: PictureState, round: Round, step: Step): string {
	return state.view.choices[draftChoice(round.id, step.index)] ?? step.draft ?? '';
}

const signChoice = (round: RoundId): string => `sign-note ${round}`;

/** The words that will stand with the signature: written in this console, else what was typed here before it ended. */
export function signWords(state: PictureState, round: Round): string {
	return state.view.choices[signChoice(round.id)] ?? round.draft ?? '';
}

export function rememberSignWords(context: ActionContext, round: RoundId, text: string): void {
	context.picture.view.choose(signChoice(round), text);
}

export function rememberDraft(context: ActionContext, round: RoundId, step: number, text: string): void {
	context.picture.view.choose(draftChoice(round, step), text);
}
