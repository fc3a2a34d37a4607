import { draftOf, openRounds } from '../../actions/index.ts';
import type { Level } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { PlannedRound } from '../../domain/picture.ts';
import { doneSteps, type Round, type StepStanding, standingOf } from '../../domain/round.ts';
import { sheetTitle, stepTitle } from '../../i18n/rounds.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { roundWord } from './words.ts';

/** A row of the plan as plain values. `id`: `sheet:<sheet>:<due>` begins it, `round:<id>` opens it, also with `:signed` behind. */
export interface PlanRow {
	readonly id: string;
	readonly title: string;
	readonly due: string;
	readonly standing: PlannedRound['standing'] | null;
	/** Of a signed round. */
	readonly level: Level | null;
	readonly by: string;
	readonly remark: string;
	/** The same where there is little room; '' where there is no shorter one. */
	readonly brief: string;
}

export interface PlanGroup {
	readonly title: string;
	readonly kind: 'plan' | 'signed';
	readonly rows: readonly PlanRow[];
}

/** The day's plan, sheets begun by hand, rounds left from before, and what was signed last. Pure. */
export function toPlanGroups(state: PictureState, locale: Locale, zone: string): readonly PlanGroup[] {
	const planned = state.plan.map((plan) => toPlanRow(state, plan, locale, zone));
	const known = new Set(state.plan.flatMap((plan) => plan.round ?? []));
	const earlier = openRounds(state)
		.filter((round) => !known.has(round.id))
		.map((round) => toOpenRow(round, locale, zone));
	const open = new Set(openRounds(state).map((round) => round.sheet));
	const byHand = (state.face?.sheets ?? [])
		.filter((sheet) => sheet.atMinute === null && !open.has(sheet.id))
		.map(
			(sheet): PlanRow => ({
				id: `sheet:${sheet.id}`,
				title: sheetTitle(sheet, locale),
				due: '',
				standing: null,
				level: null,
				by: '',
				remark: '',
				brief: '',
			}),
		);
	const groups: PlanGroup[] = [
		{ title: roundWord(locale, 'in-progress'), kind: 'plan', rows: earlier },
		{ title: roundWord(locale, 'today'), kind: 'plan', rows: planned },
		{ title: roundWord(locale, 'by-hand'), kind: 'plan', rows: byHand },
		{ title: roundWord(locale, 'last-signed'), kind: 'signed', rows: signedRows(state, locale, zone) },
	];
	return groups.filter((group) => group.rows.length > 0);
}

function toPlanRow(state: PictureState, plan: PlannedRound, locale: Locale, zone: string): PlanRow {
	const round = plan.round === null ? null : findRound(state, plan.round);
	const sheet = state.face?.sheets.find((s) => s.id === plan.sheet);
	return {
		id: plan.round === null ? `sheet:${plan.sheet}:${plan.dueAt}` : `round:${plan.round}`,
		title: sheet ? sheetTitle(sheet, locale) : round ? sheetTitle(round, locale) : plan.sheet,
		due: plan.standing === 'not-due' ? '' : clockText(plan.dueAt, zone),
		standing: plan.standing,
		level: null,
		by: round?.signed?.by ?? round?.startedBy ?? '',
		remark: round ? remarkOf(round, locale, zone) : nextText(plan, locale, zone),
		brief: round ? briefOf(round, zone) : nextText(plan, locale, zone),
	};
}

/** When something of a sheet that is not due will be. */
function nextText({ standing, nextAt }: PlannedRound, locale: Locale, zone: string): string {
	if (standing !== 'not-due') return '';
	return typeof nextAt === 'number'
		? roundWord(locale, 'next-due', { time: momentText(nextAt, zone) })
		: roundWord(locale, 'next-event');
}

function toOpenRow(round: Round, locale: Locale, zone: string): PlanRow {
	return {
		id: `round:${round.id}`,
		title: sheetTitle(round, locale),
		due: round.dueAt === null ? '' : clockText(round.dueAt, zone),
		standing: 'in-progress',
		level: null,
		by: round.startedBy,
		remark: remarkOf(round, locale, zone),
		brief: briefOf(round, zone),
	};
}

function remarkOf(round: Round, locale: Locale, zone: string): string {
	if (round.signed)
		return roundWord(locale, 'signed', { time: clockText(round.signed.at, zone), by: round.signed.by });
	const steps = roundWord(locale, 'steps', { done: doneSteps(round), count: round.steps.length });
	const begun = roundWord(locale, 'begun', {
		time: clockText(round.startedAt, zone),
		by: round.startedBy,
	});
	return `${steps} · ${begun}`;
}

function briefOf(round: Round, zone: string): string {
	if (round.signed) return `${clockText(round.signed.at, zone)} ${round.signed.by}`;
	return `${doneSteps(round)}/${round.steps.length} · ${clockText(round.startedAt, zone)} ${round.startedBy}`;
}

function findRound(state: PictureState, id: Round['id']): Round | null {
	return state.rounds.get(id) ?? state.fetched.rounds?.rounds.find((round) => round.id === id) ?? null;
}

function signedRows(state: PictureState, locale: Locale, zone: string): readonly PlanRow[] {
	const rounds = new Map((state.fetched.rounds?.rounds ?? []).map((round) => [round.id, round]));
	for (const round of state.rounds.values()) rounds.set(round.id, round);
	return [...rounds.values()]
		.flatMap((round) => (round.signed ? [{ round, signed: round.signed }] : []))
		.sort((a, b) => b.signed.at - a.signed.at)
		.slice(0, 20)
		.map(({ round, signed }) => ({
			// Today's plan may name the same round: two rows of one name would both be in hand.
			id: `round:${round.id}:signed`,
			title: sheetTitle(round, locale),
			due: momentText(signed.at, zone),
			standing: null,
			level: signed.level,
			by: signed.by,
			remark:
				signed.files[0] === undefined ? roundWord(locale, 'unwritten') : shortPath(state, signed.files[0]),
			brief: '',
		}));
}

/** From the state folder on: what stands before it is the same for every record. */
function shortPath(state: PictureState, file: string): string {
	const folder = `/${state.face?.statePath.split('/').at(-1) ?? ''}/`;
	const at = file.lastIndexOf(folder);
	return at < 0 ? file : file.slice(at + 1);
}

/** A step of the sheet as plain values. */
export interface SheetRow {
	readonly index: number;
	readonly title: string;
	readonly standing: StepStanding;
	/** Who answered, '' where nobody did. */
	readonly by: string;
	readonly time: string;
	readonly hasNote: boolean;
	readonly hasDraft: boolean;
}

export function toSheetRows(
	state: PictureState,
	round: Round,
	locale: Locale,
	zone: string,
): readonly SheetRow[] {
	const face = state.face ?? { checks: [], actions: [] };
	return round.steps.map((step): SheetRow => {
		const { answer } = step;
		const last = step.found.at(-1);
		const at = answer?.at ?? (last && last.kind !== 'lines' ? last.at : null);
		return {
			index: step.index,
			title: stepTitle(step.definition, face, locale),
			standing: standingOf(step),
			by: answer?.by ?? '',
			time: at === null ? '' : clockText(at, zone),
			hasNote: step.note !== null,
			hasDraft: !answer && draftOf(state, round, step) !== '',
		};
	});
}

/** What stands above the sheet: how far, how long, how late, who else. */
export interface SheetHead {
	readonly title: string;
	readonly done: number;
	readonly count: number;
	readonly begun: string;
	readonly elapsed: string;
	readonly due: string;
	readonly clock: string;
	readonly isLate: boolean;
	readonly others: string;
	readonly signed: string;
	readonly level: Level | null;
	readonly isReady: boolean;
}

export function toSheetHead(
	state: PictureState,
	round: Round,
	now: number,
	locale: Locale,
	zone: string,
): SheetHead {
	const lateAt = round.dueAt === null ? null : round.dueAt + round.graceMs;
	const isLate = !round.signed && lateAt !== null && now >= lateAt;
	const clock =
		round.signed || lateAt === null
			? ''
			: isLate
				? roundWord(locale, 'late', { age: ageText(now - (round.dueAt ?? now), locale) })
				: roundWord(locale, 'left', { age: ageText(lateAt - now, locale) });
	const others = (state.polling?.present ?? [])
		.filter((person) => !person.mine && person.looking === round.id)
		.map((person) => person.operator);
	const done = doneSteps(round);
	const isToday = Math.abs(now - round.startedAt) < 16 * 3_600_000;
	const moment = (at: number) => (isToday ? clockText(at, zone) : momentText(at, zone));
	return {
		title: sheetTitle(round, locale),
		done,
		count: round.steps.length,
		begun: roundWord(locale, 'started', { time: moment(round.startedAt), by: round.startedBy }),
		elapsed: round.signed
			? ''
			: roundWord(locale, 'elapsed', { age: ageText(now - round.startedAt, locale) }),
		due: round.dueAt === null ? '' : roundWord(locale, 'dueAt', { time: moment(round.dueAt) }),
		clock,
		isLate,
		others: others.length > 0 ? roundWord(locale, 'here', { who: [...new Set(others)].join(', ') }) : '',
		signed: round.signed
			? [
					roundWord(locale, 'signed', { time: momentText(round.signed.at, zone), by: round.signed.by }),
					...(round.signed.demo ? [roundWord(locale, 'demo')] : []),
				].join(' · ')
			: '',
		level: round.signed?.level ?? null,
		isReady: !round.signed && done === round.steps.length,
	};
}
