import { isWorse, type Level, worstLevel } from '../../domain/level.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import type { CheckFace, CheckPicture, ServiceFace, TrendPoint } from '../../domain/picture.ts';
import { formatBare, quantity } from '../../domain/value.ts';
import { faultBrief } from '../../i18n/fault.ts';
import { hushText } from '../../i18n/hush.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import { isStaleCheck, levelOf, type PictureState } from '../../store/index.ts';
import { sayReason } from '../reasons.ts';
import { healthWord } from './words.ts';

/** Why a row is not ok, in place. */
export interface Explanation {
	readonly level: Level;
	readonly text: string;
}

/** A row of Health as plain values: everything it says, nothing of how it looks. */
export interface HealthRow {
	/** `service:<id>` or `check:<id>`; null for a heading between groups. */
	readonly id: string | null;
	readonly title: string;
	readonly port: string;
	readonly level: Level;
	/** `1/3` while not yet confirmed. */
	readonly soft: string | null;
	readonly isUnsaved: boolean;
	readonly latency: string;
	/** The latency cell says why there is none. */
	readonly isFault: boolean;
	readonly trend: readonly TrendPoint[];
	/** Times stand on zero; other values are drawn between their extremes. */
	readonly isTime: boolean;
	/** `99.98 %` of the last 24 h; '' while not known. */
	readonly share: string;
	readonly age: string;
	readonly explanations: readonly Explanation[];
}

const MAX_EXPLANATIONS = 4;
const MAX_REASONS = 2;
const DAY_MS = 86_400_000;

/** One row per service, then one per check that belongs to none. Pure. */
export function toHealthRows(state: PictureState, now: number, locale: Locale): readonly HealthRow[] {
	const { face } = state;
	if (!face) return [];
	const rows: HealthRow[] = [];
	for (const service of face.services) {
		const checks = face.checks.filter((check) => check.service === service.id);
		rows.push(toServiceRow(state, service, checks, now, locale));
	}
	const lone = face.checks.filter((check) => check.service === null);
	if (lone.length > 0 && rows.length > 0) rows.push(toHeading(healthWord(locale, 'data-and-files')));
	for (const check of lone) rows.push(toCheckRow(state, check, now, locale));
	return rows;
}

function toHeading(title: string): HealthRow {
	return {
		id: null,
		title,
		port: '',
		level: 'ok',
		soft: null,
		isUnsaved: false,
		latency: '',
		isFault: false,
		trend: [],
		isTime: true,
		share: '',
		age: '',
		explanations: [],
	};
}

function toServiceRow(
	state: PictureState,
	service: ServiceFace,
	checks: readonly CheckFace[],
	now: number,
	locale: Locale,
): HealthRow {
	const level = checks.length > 0 ? worstLevel(checks.map((check) => levelOf(state, check, now))) : 'pending';
	const main = checks.find((check) => check.headline !== null) ?? checks[0];
	const worst = checks.find((check) => levelOf(state, check, now) === level);
	const shares = checks.flatMap((check) => state.uptime.get(check.id) ?? []);
	return {
		id: `service:${service.id}`,
		title: ownText(service.title, locale),
		port: service.port === null ? '' : String(service.port),
		level,
		soft: softMark(state, worst, level),
		isUnsaved: checks.some((check) => state.checks.get(check.id)?.unsaved === true),
		...headline(state, main, locale),
		share: shares.length > 0 ? shareText(Math.min(...shares)) : '',
		age: main ? checkAge(state, main, now, locale) : '',
		explanations: explain(state, checks, now, locale, checks.length > 1),
	};
}

function toCheckRow(state: PictureState, check: CheckFace, now: number, locale: Locale): HealthRow {
	const level = levelOf(state, check, now);
	const share = state.uptime.get(check.id);
	return {
		id: `check:${check.id}`,
		title: checkTitle(check, locale),
		port: '',
		level,
		soft: softMark(state, check, level),
		isUnsaved: state.checks.get(check.id)?.unsaved === true,
		...headline(state, check, locale),
		share: share === undefined ? '' : shareText(share),
		age: checkAge(state, check, now, locale),
		explanations: explain(state, [check], now, locale, false),
	};
}

export function checkTitle(check: CheckFace, locale: Locale): string {
	return check.title ? ownText(check.title, locale) : check.id;
}

/** `1/3`: seen once of the three times that confirm it. */
export function softMark(state: PictureState, check: CheckFace | undefined, level: Level): string | null {
	const picture = check && state.checks.get(check.id);
	if (!check || !picture || picture.hard || level !== picture.level || level === 'ok' || level === 'pending')
		return null;
	return `${Math.min(picture.attempt, check.confirm)}/${check.confirm}`;
}

function headline(state: PictureState, check: CheckFace | undefined, locale: Locale) {
	const picture = check && state.checks.get(check.id);
	if (!check || !picture || picture.at === 0) return { latency: '', isFault: false, trend: [], isTime: true };
	const trend = state.trends.get(check.id) ?? [];
	const isTime = (check.values.find((value) => value.name === check.headline)?.unit ?? 'ms') === 'ms';
	const fault = picture.reasons.find((reason) => reason.kind === 'fault');
	if (fault) return { latency: faultBrief(fault.fault, locale), isFault: true, trend, isTime };
	return { latency: headlineText(check, picture, locale), isFault: false, trend, isTime };
}

/** The headline in its unit when it is a time, else how long the probe took: the column compares times. */
export function headlineText(check: CheckFace, picture: CheckPicture, locale: Locale): string {
	const value = check.headline === null ? undefined : picture.samples[check.headline];
	const isTime = typeof value === 'object' && value !== null && value.unit === 'ms';
	const ms = isTime ? Number(value.number) : picture.durationMs;
	// Hundredths of a millisecond would change with every answer and tell nobody anything.
	return formatBare(quantity(Math.round(ms), 'ms'), { locale });
}

export function checkAge(state: PictureState, check: CheckFace, now: number, locale: Locale): string {
	const at = state.checks.get(check.id)?.at ?? 0;
	return at === 0 ? '' : ageText(now - at, locale);
}

function shareText(share: number): string {
	// Rounded down: one bad answer in a day must not read as 100 %.
	const hundredths = Math.floor(share * 10_000 + 1e-6);
	return hundredths >= 10_000 ? '100 %' : `${(hundredths / 100).toFixed(2)} %`;
}

/** `since 09:11 (7 min)`; with its day when that is another one. */
export function sinceText(at: number, now: number, zone: string, locale: Locale): string {
	const time = now - at < DAY_MS ? clockText(at, zone) : momentText(at, zone);
	return healthWord(locale, 'since', { time, age: ageText(now - at, locale) });
}

/** Whether a usual time says something about this trouble: it is known, and a condition on the time is broken. */
function tellsTime(picture: CheckPicture, check: CheckFace): boolean {
	if (picture.usual === undefined) return false;
	return picture.reasons.some(
		(reason) =>
			reason.kind === 'condition' && reason.outcome.resolved.some(({ text }) => text === check.headline),
	);
}

/** Drawn as a condition that asks for it draws it. */
function timeText(ms: number, locale: Locale): string {
	return formatBare(quantity(ms, 'ms'), { locale });
}

function nameOf(state: PictureState, id: string, locale: Locale): string {
	const needed = state.face?.checks.find((check) => check.id === id);
	return needed ? checkTitle(needed, locale) : id;
}

/** `19 of 19 checks evaluated, the oldest value 45 s old`: how much of what is declared was really looked at. */
export function coverageText(state: PictureState, now: number, locale: Locale): string {
	const faces = state.face?.checks ?? [];
	const seen = faces.flatMap((face) => {
		const at = state.checks.get(face.id)?.at ?? 0;
		return at === 0 || isStaleCheck(state, face, now) ? [] : [at];
	});
	const values = { evaluated: seen.length, declared: faces.length };
	if (seen.length === 0) return healthWord(locale, 'covered-none', values);
	return healthWord(locale, 'covered', { ...values, age: ageText(now - Math.min(...seen), locale) });
}

/** Every bad check with its reasons, worst first. */
export function explain(
	state: PictureState,
	checks: readonly CheckFace[],
	now: number,
	locale: Locale,
	isNamed: boolean,
): readonly Explanation[] {
	const zone = state.face?.timezone ?? 'UTC';
	const bad = checks
		.map((check) => ({ check, level: levelOf(state, check, now), picture: state.checks.get(check.id) }))
		.filter(({ level }) => level !== 'ok' && level !== 'pending')
		.sort((a, b) => (isWorse(a.level, b.level) ? -1 : isWorse(b.level, a.level) ? 1 : 0));
	const lines = bad.slice(0, MAX_EXPLANATIONS).map(({ check, level, picture }): Explanation => {
		const parts = isNamed ? [checkTitle(check, locale)] : [];
		if (picture && isStaleCheck(state, check, now)) {
			parts.push(
				healthWord(locale, 'no-answer', {
					time: clockText(picture.at, zone),
					age: ageText(now - picture.at, locale),
				}),
			);
			return { level, text: parts.join(' · ') };
		}
		const reasons = picture?.reasons ?? [];
		parts.push(...reasons.slice(0, MAX_REASONS).map((reason) => sayReason(reason, locale)));
		if (reasons.length > MAX_REASONS)
			parts.push(healthWord(locale, 'more', { count: reasons.length - MAX_REASONS }));
		if (picture && tellsTime(picture, check))
			parts.push(healthWord(locale, 'usual', { time: timeText(picture.usual ?? 0, locale) }));
		if (picture) parts.push(sinceText(picture.since, now, zone, locale));
		if (picture?.flapping) parts.push(healthWord(locale, 'flapping'));
		if (picture?.hushed) parts.push(hushText(picture.hushed, locale, (id) => nameOf(state, id, locale)));
		// What is no news is said without alarm.
		return { level: picture?.hushed ? 'pending' : level, text: parts.join(' · ') };
	});
	if (bad.length <= MAX_EXPLANATIONS) return lines;
	const rest = healthWord(locale, 'more-checks', { count: bad.length - MAX_EXPLANATIONS });
	return [...lines, { level: bad[MAX_EXPLANATIONS]?.level ?? 'unknown', text: rest }];
}
