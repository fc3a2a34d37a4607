import { type CheckId, checkId } from '../../domain/ids.ts';
import { isWorse, type Level, worstLevel } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import {
	isDone,
	isException,
	lacksOnlyBaseline,
	type Round,
	type Step,
	type StepStanding,
	standingOf,
} from '../../domain/round.ts';
import { levelOfStep, snapshotOf } from '../../domain/round-rules.ts';
import { stepTitle } from '../../i18n/rounds.ts';
import { ageText, clockText } from '../../i18n/times.ts';
import { isStaleCheck, levelOf, type PictureState } from '../../store/index.ts';
import { sayReason } from '../reasons.ts';
import { checkNameOf } from './step-rows.ts';

export interface SignStep {
	readonly number: number;
	readonly title: string;
	readonly standing: StepStanding;
	/** `mei · 09:12`; '' for what filled itself. */
	readonly by: string;
	readonly note: string;
	/** What was not as expected, by check. */
	readonly reasons: readonly { readonly level: Level; readonly text: string }[];
}

export interface SignOutside {
	readonly level: Level;
	readonly text: string;
}

/** The whole round as the sign-off page says it. */
export interface SignPage {
	/** Steps that keep it from being signed. */
	readonly open: readonly SignStep[];
	readonly exceptions: readonly SignStep[];
	/** Checks that no step asks for and that are not well now: nobody may sign past them unseen. */
	readonly outside: readonly SignOutside[];
	readonly fine: readonly SignStep[];
	/** What the signed round will be worth as a whole. */
	readonly level: Level;
	readonly coverage: {
		readonly declared: number;
		readonly seen: number;
		/** '' when nothing was evaluated. */
		readonly oldest: string;
		readonly missing: readonly string[];
	};
	readonly snapshot: {
		readonly values: number;
		readonly checks: number;
		readonly notTaken: readonly string[];
		readonly firstTime: readonly string[];
	};
}

const MAX_REASONS = 4;

/** Pure. A step that filled itself counts as it will be signed: ok, with what was found for it. */
export function toSignPage(
	state: PictureState,
	round: Round,
	now: number,
	locale: Locale,
	zone: string,
): SignPage {
	const steps = round.steps.map((step) => ({ step, row: toSignStep(state, step, locale, zone) }));
	const open = steps.filter(({ step }) => !isDone(standingOf(step)));
	const done = steps.filter(({ step }) => isDone(standingOf(step)));
	const declared = [
		...new Set(
			round.steps.flatMap(({ definition }) => (definition.kind === 'check' ? definition.checks : [])),
		),
	];
	const observed = round.steps.flatMap((step) =>
		(step.answer?.evidence ?? step.found).flatMap((e) => (e.kind === 'observation' ? [e] : [])),
	);
	const seen = new Set(observed.map((e) => e.check));
	const oldestAt = Math.min(...observed.filter((e) => declared.includes(e.check)).map((e) => e.at));
	const values = round.signed ? takenBy(state, round.signed.at) : snapshotOf(round, standings(state, now));
	const taken = new Set(values.map((value) => value.check));
	const named = (ids: Iterable<(typeof declared)[number]>) =>
		[...new Set(ids)].map((id) => checkNameOf(state, id, locale));
	return {
		open: open.map(({ row }) => row),
		exceptions: done.filter(({ step }) => isException(step)).map(({ row }) => row),
		outside: round.signed ? [] : outsideOf(state, declared, now, locale),
		fine: done.filter(({ step }) => !isException(step)).map(({ row }) => row),
		level: worstLevel(done.map(({ step }) => levelOfStep(step))),
		coverage: {
			declared: declared.length,
			seen: declared.filter((id) => seen.has(id)).length,
			oldest: Number.isFinite(oldestAt) ? ageText((round.signed?.at ?? now) - oldestAt, locale) : '',
			missing: named(declared.filter((id) => !seen.has(id))),
		},
		snapshot: {
			values: values.length,
			checks: taken.size,
			notTaken: named([...seen].filter((id) => !taken.has(id))),
			firstTime: named(observed.filter((e) => lacksOnlyBaseline(e.reasons)).map((e) => e.check)),
		},
	};
}

function outsideOf(
	state: PictureState,
	declared: readonly CheckId[],
	now: number,
	locale: Locale,
): readonly SignOutside[] {
	const bad = (state.face?.checks ?? []).flatMap((face): SignOutside[] => {
		const level = levelOf(state, face, now);
		if (declared.includes(face.id) || level === 'ok' || level === 'pending') return [];
		const [reason] = state.checks.get(face.id)?.reasons ?? [];
		const why = reason ? `: ${sayReason(reason, locale)}` : '';
		return [{ level, text: `${checkNameOf(state, face.id, locale)}${why}` }];
	});
	return bad.sort((a, b) => (isWorse(a.level, b.level) ? -1 : isWorse(b.level, a.level) ? 1 : 0));
}

/** What a signed round has put into the baseline, as long as no later one took its place. */
function takenBy(state: PictureState, signedAt: number) {
	return Object.entries(state.signed.baseline).flatMap(([check, samples]) =>
		Object.values(samples).flatMap(({ at }) => (at === signedAt ? [{ check: checkId(check) }] : [])),
	);
}

/** Every check as it stands now: what is ok enters the snapshot although no step asks for it. */
function standings(state: PictureState, now: number) {
	return (state.face?.checks ?? []).flatMap((face) => {
		const picture = state.checks.get(face.id);
		if (!picture || picture.at === 0) return [];
		const { id, level, samples, reasons } = picture;
		return [{ id, level, stale: isStaleCheck(state, face, now), samples, reasons }];
	});
}

/** What a signature put into the baseline, as the engine told it. */
export function toEntered(
	state: PictureState,
	signedAt: number,
): { readonly values: number; readonly checks: number } {
	const values = Object.values(state.signed.baseline).map(
		(samples) => Object.values(samples).filter((value) => value.at === signedAt).length,
	);
	return {
		values: values.reduce((sum, count) => sum + count, 0),
		checks: values.filter((count) => count > 0).length,
	};
}

function toSignStep(state: PictureState, step: Step, locale: Locale, zone: string): SignStep {
	const { answer } = step;
	const face = state.face ?? { checks: [], actions: [] };
	const evidence = answer?.evidence ?? step.found;
	const reasons = evidence.flatMap((e) => {
		if (e.kind === 'lines' || e.level === 'ok') return [];
		const name = e.kind === 'observation' ? checkNameOf(state, e.check, locale) : e.title;
		return e.reasons.map((reason) => ({ level: e.level, text: `${name}: ${sayReason(reason, locale)}` }));
	});
	return {
		number: step.index + 1,
		title: stepTitle(step.definition, face, locale),
		standing: standingOf(step),
		by: answer ? `${answer.by} · ${clockText(answer.at, zone)}` : '',
		note: [answer?.note ?? '', step.note ?? ''].filter((part) => part !== '').join(' · '),
		reasons: reasons.slice(0, MAX_REASONS),
	};
}
