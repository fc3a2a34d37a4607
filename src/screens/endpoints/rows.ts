import { absolute, divide, isNegative, isZero, subtract } from '../../domain/decimal.ts';
import type { Level } from '../../domain/level.ts';
import type { Reason } from '../../domain/observation.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { CheckFace, CheckPicture, TrendPoint } from '../../domain/picture.ts';
import { formatBare, formatValue, isQuantity, quantity, type SampleValue } from '../../domain/value.ts';
import { faultBrief } from '../../i18n/fault.ts';
import { levelWord } from '../../i18n/levels.ts';
import { isStaleCheck, levelOf, type PictureState } from '../../store/index.ts';
import { checkAge, checkTitle } from '../health/rows.ts';
import { endpointWord } from './words.ts';

/** What became of a value since it was last signed. */
export interface Change {
	readonly text: string;
	/** `same` and `none` are quiet; `drift` broke a condition against the baseline. */
	readonly kind: 'none' | 'same' | 'changed' | 'drift';
	readonly level: Level;
}

/** One shown value, as plain text. */
export interface EndpointRow {
	/** `check:<id>:<name>`. */
	readonly id: string;
	/** The endpoint's own words; '' where the row above is of the same check. */
	readonly endpoint: string;
	readonly check: string;
	readonly name: string;
	readonly value: string;
	/** The value is missing and the cell says why. */
	readonly isFault: boolean;
	readonly expected: string;
	readonly change: Change;
	readonly trend: readonly TrendPoint[];
	readonly isTime: boolean;
	readonly level: Level;
	readonly age: string;
}

const NOTHING: Change = { text: '', kind: 'none', level: 'ok' };

/** One row per shown value; a check that shows none has one row with its headline. Pure. */
export function toEndpointRows(state: PictureState, now: number, locale: Locale): readonly EndpointRow[] {
	return (state.face?.checks ?? []).flatMap((check) => toCheckRows(state, check, now, locale));
}

function toCheckRows(
	state: PictureState,
	check: CheckFace,
	now: number,
	locale: Locale,
): readonly EndpointRow[] {
	const picture = state.checks.get(check.id);
	const level = levelOf(state, check, now);
	const values = check.values.length > 0 ? check.values : headlineOf(check);
	const fault = picture?.reasons.find((reason) => reason.kind === 'fault');
	const isStale = isStaleCheck(state, check, now);
	return values.map((shown, index): EndpointRow => {
		const value = picture?.samples[shown.name];
		const isMissing = picture !== undefined && picture.at > 0 && value === undefined;
		const trend =
			shown.name === check.headline
				? state.trends.get(check.id)
				: state.values.get(`${check.id} ${shown.name}`);
		return {
			id: `check:${check.id}:${shown.name}`,
			endpoint: index === 0 ? endpointText(state, check, locale) : '',
			check: check.id,
			name: shown.name === '' ? endpointWord(locale, 'level') : shown.name,
			value: valueText(shown.name, picture, level, fault, locale),
			isFault: isMissing || isStale,
			expected: shown.expected ?? '',
			change:
				value === undefined || !picture
					? NOTHING
					: changeOf(state, check, picture, shown.name, value, locale),
			trend: value === undefined || isQuantity(value) ? (trend ?? []) : [],
			isTime: value !== undefined && isQuantity(value) && value.unit === 'ms',
			level: isMissing ? level : valueLevel(level, picture, shown.name),
			age: index === 0 ? checkAge(state, check, now, locale) : '',
		};
	});
}

const headlineOf = (check: CheckFace) => [{ name: check.headline ?? '', expected: null, unit: null }];

/** A check on an address is known by it, any other by its name. Two services may have the same path: then the port tells. */
function endpointText(state: PictureState, check: CheckFace, locale: Locale): string {
	if (check.service === null || check.target === '') return checkTitle(check, locale);
	const isShared =
		state.face?.checks.some(
			(other) => other !== check && other.service !== null && other.target === check.target,
		) ?? false;
	const port = state.face?.services.find((service) => service.id === check.service)?.port ?? null;
	return isShared && port !== null ? check.target.replace(/(^| )\//, `$1:${port}/`) : check.target;
}

function valueText(
	name: string,
	picture: CheckPicture | undefined,
	level: Level,
	fault: Reason | undefined,
	locale: Locale,
): string {
	if (!picture || picture.at === 0) return '';
	const value = picture.samples[name];
	if (value === '') return '""';
	if (value !== undefined) return formatBare(value, { locale });
	if (fault?.kind === 'fault') return faultBrief(fault.fault, locale);
	return name === '' ? levelWord(level, locale) : '–';
}

/** A row is coloured by what is wrong with its own value, not by another value of the same check. */
function valueLevel(level: Level, picture: CheckPicture | undefined, name: string): Level {
	if (level === 'ok' || !picture || level !== picture.level) return level;
	const own = picture.reasons.some(
		(reason) =>
			reason.kind === 'condition' &&
			reason.outcome.holds !== true &&
			speaksOf(reason.outcome.condition, name),
	);
	return own ? level : 'ok';
}

function speaksOf(condition: string, name: string): boolean {
	if (name === '') return true;
	const at = condition.indexOf(name);
	const isWord = (letter: string | undefined) => letter !== undefined && /[\w.]/.test(letter);
	return at >= 0 && !isWord(condition[at - 1]) && !isWord(condition[at + name.length]);
}

function changeOf(
	state: PictureState,
	check: CheckFace,
	picture: CheckPicture,
	name: string,
	value: SampleValue,
	locale: Locale,
): Change {
	const signed = state.signed.baseline[check.id]?.[name]?.value;
	if (signed === undefined) return NOTHING;
	const broken = picture.reasons.find(
		(reason) =>
			reason.kind === 'condition' &&
			reason.outcome.holds === false &&
			reason.outcome.resolved.some(
				(resolved) => resolved.from !== undefined && speaksOf(resolved.text, name),
			),
	);
	// A time is never twice the same: it is compared only where a condition asks for it.
	if (!broken && isQuantity(value) && value.unit === 'ms') return NOTHING;
	const text = changeText(signed, value, locale);
	const kind = broken ? 'drift' : text === '=' ? 'same' : 'changed';
	return { text, kind, level: broken ? picture.level : 'ok' };
}

/** `=`, `+3 (+1.1 %)`, `−46,649 (−95.97 %)`, `was ready`. */
export function changeText(signed: SampleValue, value: SampleValue, locale: Locale): string {
	if (isQuantity(signed) && isQuantity(value) && signed.unit === value.unit) {
		const difference = subtract(value.number, signed.number);
		if (isZero(difference)) return '=';
		const sign = isNegative(difference) ? '' : '+';
		const share = divide(difference, absolute(signed.number));
		const percent = share === null ? '' : ` (${sign}${formatValue(quantity(share, 'ratio'), { locale })})`;
		return `${sign}${formatValue({ number: difference, unit: value.unit }, { locale })}${percent}`;
	}
	if (JSON.stringify(signed) === JSON.stringify(value)) return '=';
	return endpointWord(locale, 'was', { value: formatBare(signed, { locale, maxText: 16 }) });
}
