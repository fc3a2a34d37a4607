import type { CheckDetail } from '../../domain/engine.ts';
import type { Level } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { CheckFace } from '../../domain/picture.ts';
import { formatBare, formatValue, quantity } from '../../domain/value.ts';
import { reasonText } from '../../i18n/reason.ts';
import { clockText } from '../../i18n/times.ts';
import { levelOf, type PictureState } from '../../store/index.ts';
import { checkAge, checkTitle, explain, headlineText, sinceText, softMark } from '../health/rows.ts';
import { phaseWord, serviceWord } from './words.ts';

/** Below this a wait for a place is not worth a word. */
const LATE_MS = 50;

/** One condition with what it came to. */
export interface ConditionRow {
	/** null: it could not be answered. */
	readonly holds: boolean | null;
	readonly severity: 'must' | 'should';
	readonly text: string;
	/** The resolved values of one that holds; the whole reason of one that does not. */
	readonly seen: string;
	readonly level: Level;
}

export interface TimingRow {
	readonly phase: string;
	readonly text: string;
	/** Where its bar begins and ends, as shares of the whole. */
	readonly from: number;
	readonly to: number;
	/** The whole, which has no bar of its own. */
	readonly isTotal: boolean;
}

/** A check opened: everything that is known of its newest probe, as plain text. */
export interface CheckDetailRows {
	readonly title: string;
	readonly target: string;
	readonly level: Level;
	readonly soft: string | null;
	readonly since: string;
	readonly latency: string;
	readonly age: string;
	readonly facts: readonly string[];
	readonly explanations: readonly { readonly level: Level; readonly text: string }[];
	readonly conditions: readonly ConditionRow[];
	readonly values: readonly { readonly name: string; readonly text: string }[];
	readonly timings: readonly TimingRow[];
	readonly request: readonly string[];
	readonly response: readonly string[];
	readonly body: string;
	readonly bodyNote: string;
	readonly copyAs: string | null;
	readonly isLoaded: boolean;
}

/** Pure. What was not fetched yet is empty and `isLoaded` false. */
export function toCheckDetail(
	state: PictureState,
	check: CheckFace,
	now: number,
	locale: Locale,
): CheckDetailRows {
	const detail = state.fetched.details.get(check.id);
	const picture = state.checks.get(check.id);
	const zone = state.face?.timezone ?? 'UTC';
	const level = levelOf(state, check, now);
	const transcript = detail?.transcript ?? null;
	const body = transcript?.body ?? '';
	return {
		title: checkTitle(check, locale),
		target: check.target,
		level,
		soft: softMark(state, check, level),
		since: picture && picture.at > 0 ? sinceText(picture.since, now, zone, locale) : '',
		latency: picture && picture.at > 0 ? headlineText(check, picture, locale) : '',
		age: checkAge(state, check, now, locale),
		facts: factsOf(check, detail, zone, locale),
		explanations: explain(state, [check], now, locale, false),
		conditions: detail?.verdict ? conditionsOf(detail, locale) : [],
		values: Object.entries(picture?.samples ?? {}).map(([name, value]) => ({
			name,
			text: formatBare(value, { locale }),
		})),
		timings: timingsOf(transcript?.timings ?? [], locale),
		request: transcript?.request ?? [],
		response: transcript?.response ?? [],
		body,
		bodyNote:
			transcript && transcript.bytes > body.length
				? serviceWord(locale, 'cut', { shown: body.length, bytes: transcript.bytes })
				: '',
		copyAs: detail?.copyAs ?? null,
		isLoaded: detail !== undefined,
	};
}

function factsOf(
	check: CheckFace,
	detail: CheckDetail | undefined,
	zone: string,
	locale: Locale,
): readonly string[] {
	const duration = (ms: number) => formatValue(quantity(ms, 'ms'), { locale });
	const facts = [
		check.kind,
		serviceWord(locale, 'every', { every: duration(check.everyMs) }),
		serviceWord(locale, 'timeout', { timeout: duration(check.timeoutMs) }),
		serviceWord(locale, 'confirm', { count: check.confirm }),
	];
	if (detail?.uptime24h != null) {
		const share = formatValue(
			quantity((Math.floor(detail.uptime24h * 10_000) / 10_000).toFixed(4), 'ratio'),
			{ locale },
		);
		facts.push(serviceWord(locale, 'uptime', { share }));
	}
	// Waiting for a place is lateness, and is said once it can be felt.
	if ((detail?.lateMs ?? 0) >= LATE_MS)
		facts.push(
			serviceWord(locale, 'late', { time: formatValue(quantity(detail?.lateMs ?? 0, 'ms'), { locale }) }),
		);
	if (detail?.nextAt != null)
		facts.push(serviceWord(locale, 'next', { time: clockText(detail.nextAt, zone) }));
	return facts;
}

function conditionsOf(detail: CheckDetail, locale: Locale): readonly ConditionRow[] {
	return (detail.verdict?.outcomes ?? []).map(({ severity, outcome }): ConditionRow => {
		const level: Level = outcome.holds
			? 'ok'
			: outcome.holds === null
				? 'unknown'
				: severity === 'must'
					? 'critical'
					: 'warning';
		const values = outcome.resolved
			.filter((resolved) => resolved.value !== undefined)
			.map((resolved) => `${resolved.text} = ${formatValue(resolved.value ?? null, { locale })}`);
		const seen = outcome.holds ? values.join(' · ') : reasonText(outcome, locale, severity);
		return { holds: outcome.holds, severity, text: outcome.condition, seen, level };
	});
}

/** Phases follow each other; the total is their frame. */
function timingsOf(
	timings: readonly { readonly phase: string; readonly ms: number }[],
	locale: Locale,
): readonly TimingRow[] {
	const total =
		timings.find((timing) => timing.phase === 'total')?.ms ?? timings.reduce((sum, t) => sum + t.ms, 0);
	let from = 0;
	return timings.map(({ phase, ms }) => {
		const isTotal = phase === 'total';
		const start = isTotal ? 0 : from;
		const end = isTotal ? total : Math.min(total, from + ms);
		if (!isTotal) from = end;
		const text = formatValue(quantity(ms.toFixed(1), 'ms'), { locale });
		return {
			phase: phaseWord(locale, phase),
			text,
			from: total > 0 ? start / total : 0,
			to: total > 0 ? end / total : 0,
			isTotal,
		};
	});
}
