import { draftOf } from '../../actions/index.ts';
import type { CheckId } from '../../domain/ids.ts';
import { isWorse, type Level } from '../../domain/level.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import type { CheckFace } from '../../domain/picture.ts';
import { type Evidence, type Round, type Step, type StepStanding, standingOf } from '../../domain/round.ts';
import { hasChanged } from '../../domain/round-rules.ts';
import { formatBare, isQuantity } from '../../domain/value.ts';
import { stepTitle } from '../../i18n/rounds.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import { checkFace, type PictureState } from '../../store/index.ts';
import { changeText } from '../endpoints/rows.ts';
import { sayReason } from '../reasons.ts';
import { type StepLook, toLook } from './look-rows.ts';
import { type StepOperation, toOperation } from './operation-rows.ts';
import { roundWord } from './words.ts';

type Seen = Extract<Evidence, { kind: 'observation' }>;

/** One value of a check: what was seen, what is expected, what became of the signed one. */
export interface SeenValue {
	readonly name: string;
	readonly value: string;
	readonly expected: string;
	/** The signed value, where this one differs from it. */
	readonly was: string;
	readonly change: string;
	/** Not a number: it may be long. */
	readonly isText: boolean;
	readonly isChanged: boolean;
}

export interface SeenCheck {
	readonly id: CheckId;
	readonly title: string;
	readonly target: string;
	/** `pending`: not asked yet in this round. */
	readonly level: Level;
	readonly age: string;
	readonly values: readonly SeenValue[];
	readonly reasons: readonly string[];
	/** `must status = 200 · should latency < 500 ms`. */
	readonly expects: string;
}

/** The step in hand as plain values. */
export interface StepDetail {
	readonly number: number;
	readonly title: string;
	readonly kind: 'check' | 'run' | 'ask';
	readonly standing: StepStanding;
	/** `mei · 09:12`; '' while nobody answered. */
	readonly answeredBy: string;
	readonly answer: string;
	readonly note: string;
	readonly draft: string;
	/** '' where the title says it already. */
	readonly question: string;
	readonly checks: readonly SeenCheck[];
	readonly operation: StepOperation | null;
	readonly look: StepLook | null;
	/** null: the step does not ask for changes. */
	readonly changes: readonly SeenCheck[] | null;
	/** Moment of the last sign-off; '' when nothing was ever signed. */
	readonly since: string;
	readonly pinned: readonly string[];
}

/** Pinned lines shown of an answered step. */
const PINNED_SHOWN = 40;

export function toStepDetail(
	state: PictureState,
	round: Round,
	step: Step,
	now: number,
	locale: Locale,
	zone: string,
): StepDetail {
	const { definition, answer } = step;
	const face = state.face ?? { checks: [], actions: [] };
	const evidence = answer ? answer.evidence : step.found;
	const title = stepTitle(definition, face, locale);
	const question = definition.kind === 'ask' ? ownText(definition.question, locale) : '';
	const pinned = evidence
		.filter((e) => e.kind === 'lines' && e.sinceAt === null)
		.flatMap((e) => (e.kind === 'lines' ? e.lines : []));
	return {
		number: step.index + 1,
		title,
		kind: definition.kind,
		standing: standingOf(step),
		answeredBy: answer ? [answer.by, clockText(answer.at, zone)].join(' · ') : '',
		answer: answer?.note ?? '',
		note: step.note ?? '',
		draft: answer ? '' : draftOf(state, round, step),
		question: question === title ? '' : question,
		checks:
			definition.kind === 'check'
				? worstFirst(definition.checks.map((id) => toSeenCheck(state, id, evidence, now, locale)))
				: [],
		operation:
			definition.kind === 'run' ? toOperation(state, round, step, evidence, now, locale, zone) : null,
		look: toLook(state, round, step, locale, zone),
		changes: definition.kind === 'ask' && definition.changes ? toChanges(state, step, now, locale) : null,
		since: state.signed.signedAt === null ? '' : momentText(state.signed.signedAt, zone),
		pinned: definition.kind === 'ask' && answer === null ? pinned : pinned.slice(0, PINNED_SHOWN),
	};
}

/** What needs a person is seen without scrolling. */
function worstFirst(checks: readonly SeenCheck[]): readonly SeenCheck[] {
	const isBad = (check: SeenCheck) => check.level !== 'ok' && check.level !== 'pending';
	return [...checks].sort(
		(a, b) =>
			Number(isBad(b)) - Number(isBad(a)) ||
			(isBad(a) && a.level !== b.level ? (isWorse(a.level, b.level) ? -1 : 1) : 0),
	);
}

export function seenOf(evidence: readonly Evidence[], id: CheckId): Seen | undefined {
	return evidence.findLast((e): e is Seen => e.kind === 'observation' && e.check === id);
}

export function checkTitleOf(face: CheckFace | null, id: CheckId, locale: Locale): string {
	if (face?.title) return ownText(face.title, locale);
	return face?.target || id;
}

/** A check named so that it cannot be mistaken for another service's: two may answer at the same path. */
export function checkNameOf(state: PictureState, id: CheckId, locale: Locale): string {
	const face = checkFace(state, id);
	const service = face?.title ? undefined : state.face?.services.find((s) => s.id === face?.service);
	const title = checkTitleOf(face, id, locale);
	return service ? `${ownText(service.title, locale)} ${title}` : title;
}

export function toSeenCheck(
	state: PictureState,
	id: CheckId,
	evidence: readonly Evidence[],
	now: number,
	locale: Locale,
): SeenCheck {
	const face = checkFace(state, id);
	const seen = seenOf(evidence, id);
	const title = checkTitleOf(face, id, locale);
	const service = state.face?.services.find((s) => s.id === face?.service);
	const target = face?.title ? face.target : service ? ownText(service.title, locale) : '';
	return {
		id,
		title,
		target: target === title ? '' : target,
		level: seen?.level ?? 'pending',
		age: seen ? ageText(now - seen.at, locale) : '',
		values: seen ? valuesOf(seen, face, locale) : [],
		reasons: seen
			? seen.reasons.map((reason) => sayReason(reason, locale))
			: [roundWord(locale, face ? 'not-asked' : 'gone')],
		expects: [...(face?.must ?? []), ...(face?.should ?? [])].join(' · '),
	};
}

function valuesOf(seen: Seen, face: CheckFace | null, locale: Locale): readonly SeenValue[] {
	const shown = face?.values ?? [];
	const named: readonly { name: string; expected: string | null }[] =
		shown.length > 0
			? shown
			: [
					...new Set([
						'status',
						...(face?.headline ? [face.headline] : []),
						...(face ? [] : Object.keys(seen.samples)),
					]),
				]
					.slice(0, 6)
					.map((name) => ({ name, expected: null }));
	return toValues(seen, named, locale);
}

function toValues(
	seen: Seen,
	names: readonly { readonly name: string; readonly expected: string | null }[],
	locale: Locale,
): readonly SeenValue[] {
	return names.flatMap(({ name, expected }): SeenValue[] => {
		const value = seen.samples[name];
		if (value === undefined) return [];
		const signed = seen.baseline[name]?.value;
		const change = signed === undefined ? '' : changeText(signed, value, locale);
		const isTime = isQuantity(value) && value.unit === 'ms';
		return [
			{
				name,
				value: formatBare(value, { locale }),
				expected: expected ?? '',
				was:
					signed === undefined || change === '=' || isTime || !isQuantity(signed)
						? ''
						: formatBare(signed, { locale }),
				isText: !isQuantity(value),
				change: isTime ? '' : change,
				// Durations change always and say nothing.
				isChanged: change !== '' && change !== '=' && !isTime,
			},
		];
	});
}

/** Every check that says something else than the signed snapshot, as it is now or as it was answered. */
function toChanges(state: PictureState, step: Step, now: number, locale: Locale): readonly SeenCheck[] {
	const answered = step.answer?.evidence.filter((e): e is Seen => e.kind === 'observation');
	const seen =
		answered ??
		(state.face?.checks ?? []).flatMap((face): Seen[] => {
			const picture = state.checks.get(face.id);
			if (!picture || picture.at === 0) return [];
			const { id, at, level, samples, reasons } = picture;
			return [
				{
					kind: 'observation',
					check: id,
					at,
					level,
					samples,
					reasons,
					baseline: state.signed.baseline[id] ?? {},
				},
			];
		});
	const rows = seen.filter(hasChanged).map((evidence): SeenCheck => {
		const row = toSeenCheck(state, evidence.check, [evidence], now, locale);
		const changed = changedValues(evidence, checkFace(state, evidence.check), locale);
		return { ...row, expects: '', values: changed.length > 0 ? changed : row.values };
	});
	return worstFirst(rows);
}

/** Every value that differs from the signed one, also those the check does not show elsewhere. */
function changedValues(seen: Seen, face: CheckFace | null, locale: Locale): readonly SeenValue[] {
	const names = Object.keys(seen.baseline).map((name) => ({
		name,
		expected: face?.values.find((value) => value.name === name)?.expected ?? null,
	}));
	return toValues(seen, names, locale).filter((value) => value.isChanged);
}
