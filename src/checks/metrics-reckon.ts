import type { StoredPoint } from '../domain/check.ts';
import type { Why } from '../domain/condition/index.ts';
import type { Samples } from '../domain/reading.ts';
import { formatValue, type Quantity, quantity, type Unit } from '../domain/value.ts';
import { readNumber, type Series } from './exposition.ts';
import type { Measure, Watched } from './metrics-options.ts';
import { quantileOf } from './metrics-quantile.ts';
import {
	advanceTrack,
	createTrack,
	growthBefore,
	growthIn,
	seedTrack,
	type Track,
} from './metrics-window.ts';
import { isSelected, readSelector, type Selector, selectSeries } from './selector.ts';
import { type Reckoned, reckonSeries, seriesUnits, unitOf } from './series-samples.ts';

const DAY = 86_400_000;
/** A mean of fewer days is not what a day is usually like. */
const LEAST_DAYS = 3;
/** A quantile of fewer is an accident. */
const LEAST_EVENTS = 20;
const PART = 'part';
const WHOLE = 'whole';

export interface Surroundings {
	readonly now: number;
	readonly memory: Map<string, unknown>;
	readonly history: (sample: string, sinceAt: number) => readonly StoredPoint[];
}

/** Names of metrics that have to be kept from the page. */
export function namesWanted(watched: Watched): readonly string[] {
	return selectorsOf(watched).map(({ name }) => name);
}

/** Samples that may come of one name, with their units. */
export function unitsOf(name: string, watched: Watched): Readonly<Record<string, Unit>> {
	const unit = unitOf(watched.unit);
	if (watched.value !== undefined) return seriesUnits(name, watched.unit);
	if (watched.ratio !== undefined) return { [name]: 'ratio', [`${name}.events`]: 'none' };
	if (watched.quantile !== undefined)
		return { [name]: unit, [`${name}.floor`]: unit, [`${name}.events`]: 'none' };
	if (watched.daily !== undefined)
		return {
			[name]: 'ratio',
			[`${name}.last`]: 'none',
			[`${name}.mean`]: 'none',
			[`${name}.counter`]: 'none',
		};
	return { [name]: unit };
}

/** The value of one watched name, or why there is none. What it has to remember stands in `memory` under its name. */
export function reckon(
	name: string,
	watched: Watched,
	page: readonly Series[],
	around: Surroundings,
): Reckoned {
	const selectors = selectorsOf(watched);
	if (watched.value !== undefined)
		return reckonSeries(name, selectSeries(selectors[0] as Selector, page), watched.unit);
	const say: Say = (code, params = {}, samples = {}) => {
		const declared = Object.keys(unitsOf(name, watched)).filter((one) => !Object.hasOwn(samples, one));
		const absent = declared.map((one) => [one, { code, params: { operand: one, ...params } }]);
		return { samples, absent: Object.fromEntries(absent) };
	};
	if (selectors.some((selector) => !isKnown(selector, page))) return say('none-found');
	const parts = partsOf(watched, selectors, page);
	const odd = [...parts.values()].flat().find(({ value }) => !Number.isFinite(value) || value < 0);
	if (odd !== undefined) return say('not-a-number', { found: odd.text });
	const track = trackOf(name, watched, around);
	advanceTrack(track, parts, around.now, keptMs(watched));
	const asked: Asked = { name, watched, say };
	if (watched.daily !== undefined) return reckonDay(asked, track, sumOf(parts.get(PART) ?? []));
	const grown = growthIn(track, watched.over);
	if (!grown.ok) return say('too-few-samples', tooShort(grown.haveMs, watched.over));
	const growth = (part: string) => grown.growth.get(part) ?? 0;
	if (watched.ratio !== undefined) return reckonRatio(asked, growth);
	if (watched.quantile !== undefined)
		return reckonQuantile(asked, watched.quantile, [...parts.keys()], growth);
	const value = watched.rate === undefined ? growth(PART) : growth(PART) / (grown.ms / 1000);
	return { samples: { [name]: inUnit(value, watched.unit) }, absent: {} };
}

type Say = (code: Why['code'], params?: Why['params'], samples?: Samples) => Reckoned;
type Growth = (part: string) => number;

interface Asked {
	readonly name: string;
	readonly watched: Watched;
	/** Nothing but `samples`, and why. */
	readonly say: Say;
}

function keptMs({ daily, days, over }: Watched): number {
	return daily === undefined ? over : (days + 1) * DAY;
}

function trackOf(name: string, watched: Watched, { memory, history, now }: Surroundings): Track {
	const known = memory.get(name) as Track | undefined;
	if (known !== undefined) return known;
	const keepMs = keptMs(watched);
	const track =
		watched.daily === undefined
			? createTrack()
			: seedTrack(PART, history(`${name}.counter`, now - keepMs - DAY / 2), keepMs);
	memory.set(name, track);
	return track;
}

function reckonRatio({ name, watched, say }: Asked, growth: Growth): Reckoned {
	const whole = growth(WHOLE) + (watched.beside === undefined ? 0 : growth(PART));
	const events: Samples = { [`${name}.events`]: quantity(whole) };
	const fewest = watched.fewest ?? 1;
	if (whole < fewest) return say('too-few-samples', tooFew(whole, fewest), events);
	return { samples: { ...events, [name]: quantity(growth(PART) / whole, 'ratio') }, absent: {} };
}

function reckonQuantile(
	{ name, watched, say }: Asked,
	share: number,
	bounds: readonly string[],
	growth: Growth,
): Reckoned {
	const counts = new Map(bounds.map((le) => [readNumber(le) ?? Number.NaN, growth(le)]));
	const found = quantileOf(share, counts);
	if (found.kind === 'no-buckets') return say('none-found');
	const events = counts.get(Number.POSITIVE_INFINITY) ?? 0;
	const seen: Samples = { [`${name}.events`]: quantity(events) };
	const fewest = watched.fewest ?? LEAST_EVENTS;
	if (events < fewest) return say('too-few-samples', tooFew(events, fewest), seen);
	const floor = inUnit(found.floor, watched.unit);
	const samples: Samples = { ...seen, [`${name}.floor`]: floor };
	if (found.kind === 'beyond') return say('beyond-buckets', { limit: formatValue(floor) }, samples);
	return { samples: { ...samples, [name]: inUnit(found.value, watched.unit) }, absent: {} };
}

/** The last 24 hours always hold each hour of the day once, so that no hour of the night is taken for trouble. */
function reckonDay({ name, watched, say }: Asked, track: Track, counter: number): Reckoned {
	const kept: Samples = { [`${name}.counter`]: quantity(counter) };
	const needMs = (Math.min(LEAST_DAYS, watched.days) + 1) * DAY;
	const grown = growthIn(track, DAY);
	if (!grown.ok) return say('too-few-samples', tooShort(grown.haveMs, needMs), kept);
	const before = growthBefore(track, DAY, watched.days * DAY);
	const haveMs = grown.ms + (before.ok ? before.ms : 0);
	if (!before.ok || before.ms < needMs - DAY) return say('too-few-samples', tooShort(haveMs, needMs), kept);
	const last = ((grown.growth.get(PART) ?? 0) / grown.ms) * DAY;
	const usual = before.growth.get(PART) ?? 0;
	const mean = (usual / before.ms) * DAY;
	const told: Samples = { ...kept, [`${name}.last`]: rounded(last), [`${name}.mean`]: rounded(mean) };
	const fewest = watched.fewest ?? 1;
	if (usual < fewest) return say('too-few-samples', tooFew(usual, fewest), told);
	return { samples: { ...told, [name]: quantity(last / mean, 'ratio') }, absent: {} };
}

function selectorsOf(watched: Watched): readonly Selector[] {
	const { value, rate, increase, ratio, quantile, daily, of, beside } = watched;
	const texts = quantile === undefined ? [value ?? rate ?? increase ?? ratio ?? daily, of ?? beside] : [of];
	return texts
		.flatMap((text) => (text === undefined ? [] : (readSelector(text) ?? [])))
		.map((selector) =>
			quantile === undefined ? selector : { ...selector, name: `${selector.name}_bucket` },
		);
}

/** A metric that is there, with the labels it is asked by: what has not happened yet is 0, what is misspelt is nothing. */
function isKnown(selector: Selector, page: readonly Series[]): boolean {
	const named = page.filter(({ name }) => name === selector.name);
	return (
		named.length > 0 && selector.matchers.every(({ label }) => named.some(({ labels }) => labels.has(label)))
	);
}

function partsOf(
	watched: Watched,
	[first, second]: readonly Selector[],
	page: readonly Series[],
): ReadonlyMap<string, readonly Series[]> {
	const parts = new Map<string, Series[]>();
	if (watched.quantile === undefined) {
		for (const [part, selector] of [
			[PART, first],
			[WHOLE, second],
		] as const)
			if (selector !== undefined) parts.set(part, [...selectSeries(selector, page)]);
		return parts;
	}
	for (const series of page) {
		const le = series.labels.get('le');
		if (first === undefined || series.name !== first.name || !isSelected(first, series.labels)) continue;
		const bound = readNumber(le ?? '');
		if (bound === null || Number.isNaN(bound)) continue;
		const part = String(bound).replace('Infinity', 'Inf');
		const known = parts.get(part);
		if (known === undefined) parts.set(part, [series]);
		else known.push(series);
	}
	return parts;
}

function tooFew(have: number, need: number): Why['params'] {
	return { have: String(have), need: String(need) };
}

function tooShort(haveMs: number, needMs: number): Why['params'] {
	return { haveMs: String(Math.max(0, haveMs)), needMs: String(needMs) };
}

/** Twelve digits are more than a clock or a counter means, and fewer than a double's noise. */
function inUnit(value: number, measure: Measure): Quantity {
	const scaled = measure === 'seconds' ? value * 1000 : value;
	return quantity(Number(scaled.toPrecision(12)), unitOf(measure));
}

function rounded(value: number): Quantity {
	return quantity(Math.round(value * 100) / 100);
}

function sumOf(series: readonly Series[]): number {
	return series.reduce((sum, { value }) => sum + value, 0);
}
