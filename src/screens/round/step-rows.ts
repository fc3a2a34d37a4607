import { draftOf } from '../../actions/index.ts';
import type { CheckId } from '../../domain/ids.ts';
import { isWorse, type Level } from '../../domain/level.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import type { CheckFace } from '../../domain/picture.ts';
import type { Samples } from '../../domain/reading.ts';
import { type Evidence, type Round, type Step, type StepStanding, standingOf } from '../../domain/round.ts';
import { hasChanged } from '../../domain/round-rules.ts';
import { formatBare, isQuantity } from '../../domain/value.ts';
import { stepTitle } from '../../i18n/rounds.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import { checkFace, type OperationPicture, type PictureState } from '../../store/index.ts';
import { changeText } from '../endpoints/rows.ts';
import { sayReason } from '../reasons.ts';
import { roundWord } from './words.ts';

type Seen = Extract<Evidence, { kind: 'observation' }>;
export type Ran = Extract<Evidence, { kind: 'operation' }>;

/** One value of a check: what was seen, what is expected, what became of the signed one. */
export interface SeenValue {
	readonly name: string;
	readonly value: string;
	readonly expected: string;
	/** The signed value, where this one differs from it. */
	readonly was: string;
	readonly change: string;
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

export interface StepOperation {
	readonly command: string;
	/** null: it never ran in this round. */
	readonly level: Level | null;
	/** `8/8`, or its samples. */
	readonly result: string;
	readonly when: string;
	readonly isRunning: boolean;
	readonly reasons: readonly string[];
	readonly output: readonly string[];
	readonly files: readonly string[];
	/** Both known: a bar can be drawn. */
	readonly share: number | null;
}

export interface StepLook {
	readonly title: string;
	readonly isRead: boolean;
	readonly count: number;
	readonly lines: readonly {
		readonly key: string;
		readonly time: string;
		readonly text: string;
		readonly level: string;
		readonly isOurs: boolean;
	}[];
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

/** Lines of a log shown beside a question. */
const LOOK_SHOWN = 40;
const OUTPUT_SHOWN = 60;

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
		pinned: definition.kind === 'ask' && answer === null ? pinned : pinned.slice(0, LOOK_SHOWN),
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
	return named.flatMap(({ name, expected }): SeenValue[] => {
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
				was: signed === undefined || change === '=' || isTime ? '' : formatBare(signed, { locale }),
				change: isTime ? '' : change,
				// Durations change always and say nothing.
				isChanged: change !== '' && change !== '=' && !isTime,
			},
		];
	});
}

function resultOf(
	samples: Samples,
	locale: Locale,
): { readonly text: string; readonly share: number | null } {
	const { passed, total } = samples;
	if (passed !== undefined && total !== undefined && passed !== null && total !== null) {
		const share =
			isQuantity(passed) && isQuantity(total) && Number(total.number) > 0
				? Number(passed.number) / Number(total.number)
				: null;
		return { text: `${formatBare(passed, { locale })}/${formatBare(total, { locale })}`, share };
	}
	const parts = Object.entries(samples)
		.slice(0, 4)
		.map(([name, value]) => `${name} ${formatBare(value, { locale })}`);
	return { text: parts.join(' · '), share: null };
}

/** The operation of a step: while it runs the live one, else what it left behind. */
export function operationOf(state: PictureState, round: Round, step: Step): OperationPicture | null {
	const own = [...state.operations.values()].filter(
		({ operation }) => operation.step?.round === round.id && operation.step.index === step.index,
	);
	return own.sort((a, b) => a.operation.startedAt - b.operation.startedAt).at(-1) ?? null;
}

function toOperation(
	state: PictureState,
	round: Round,
	step: Step,
	evidence: readonly Evidence[],
	now: number,
	locale: Locale,
	zone: string,
): StepOperation {
	const { definition } = step;
	const face =
		definition.kind === 'run' ? state.face?.actions.find((a) => a.id === definition.action) : undefined;
	const live = step.answer ? null : operationOf(state, round, step);
	const left = evidence.findLast((e): e is Ran => e.kind === 'operation');
	const isRunning = live?.operation.state === 'running';
	if (isRunning || (live && !left)) {
		const { operation, tail } = live;
		const result = resultOf(operation.samples, locale);
		return {
			command: operation.command,
			level: operation.level,
			result: result.text,
			share: result.share,
			when: isRunning
				? roundWord(locale, 'running', { age: ageText(now - operation.startedAt, locale) })
				: roundWord(locale, 'run-by', {
						by: operation.by,
						time: clockText(operation.endedAt ?? operation.startedAt, zone),
					}),
			isRunning,
			reasons: operation.reasons.map((reason) => sayReason(reason, locale)),
			output: tail,
			files: operation.files,
		};
	}
	if (!left)
		return {
			command: face?.command ?? '',
			level: null,
			result: '',
			share: null,
			when: '',
			isRunning: false,
			reasons: [],
			output: [],
			files: [],
		};
	const result = resultOf(left.samples, locale);
	return {
		command: left.command,
		level: left.level,
		result: result.text,
		share: result.share,
		when: clockText(left.at, zone),
		isRunning: false,
		reasons: left.reasons.map((reason) => sayReason(reason, locale)),
		output: left.output.trimEnd() === '' ? [] : left.output.trimEnd().split('\n').slice(-OUTPUT_SHOWN),
		files: left.files,
	};
}

export function lookKey(round: Round, step: Step): string {
	return `${round.id} ${step.index}`;
}

function toLook(
	state: PictureState,
	round: Round,
	step: Step,
	locale: Locale,
	zone: string,
): StepLook | null {
	const look = step.definition.kind === 'ask' ? step.definition.look : null;
	if (!look) return null;
	const service = state.face?.services.find((s) => s.id === look.log);
	const source = service ? ownText(service.title, locale) : look.log;
	const answered = step.answer?.evidence.find((e) => e.kind === 'lines' && e.sinceAt !== null);
	const { signedAt } = state.signed;
	const since =
		look.since === 'last-signed'
			? signedAt === null
				? roundWord(locale, 'since-begin')
				: roundWord(locale, 'since-signed', { time: momentText(signedAt, zone) })
			: look.since === null
				? roundWord(locale, 'since-begin')
				: roundWord(locale, 'since-ago', { age: ageText(look.since, locale) });
	const title = roundWord(locale, 'log-of', {
		source,
		level: roundWord(locale, look.level === null ? 'level-all' : `level-${look.level}`),
		since,
	});
	if (answered?.kind === 'lines')
		return {
			title: roundWord(locale, 'evidence-lines', { source: answered.source, count: answered.count }),
			isRead: true,
			count: answered.count,
			lines: answered.lines.map((text, at) => ({
				key: `e${at}`,
				time: '',
				text,
				level: 'unknown',
				isOurs: false,
			})),
		};
	const page = state.fetched.looks.get(lookKey(round, step))?.page;
	const lines = page?.lines ?? [];
	return {
		title,
		isRead: page !== undefined,
		count: Math.max(page?.errors ?? 0, lines.length),
		lines: lines.slice(-LOOK_SHOWN).map((line) => ({
			key: line.key,
			time: line.at === null ? '' : clockText(line.at, zone),
			text: line.text,
			level: line.level,
			isOurs: line.ours,
		})),
	};
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
	return seen.filter(hasChanged).map((evidence) => {
		const row = toSeenCheck(state, evidence.check, [evidence], now, locale);
		const changed = row.values.filter((value) => value.isChanged);
		return { ...row, expects: '', values: changed.length > 0 ? changed : row.values };
	});
}
