import type { CheckDefinition, CheckKind, LatestValue } from '../domain/check.ts';
import { isStale, pendingState } from '../domain/check-state.ts';
import { namesOf } from '../domain/condition/index.ts';
import { type FlappingState, observeLevel, observeLevels, STEADY } from '../domain/flapping.ts';
import { type HushRules, hushOf } from '../domain/hush.ts';
import { type CheckId, checkId } from '../domain/ids.ts';
import type { CheckState, Observation, Verdict } from '../domain/observation.ts';
import type { CheckPicture, Hush, TrendPoint } from '../domain/picture.ts';
import type { Transcript } from '../domain/reading.ts';
import { isSameQuestion } from '../domain/same-question.ts';
import type { Baseline } from '../domain/snapshot.ts';
import type { Recent, RecentAsk } from '../domain/storage-port.ts';
import { isQuantity } from '../domain/value.ts';

/** How many points a sparkline keeps. */
export const TREND_POINTS = 60;
/** What lies further back than this is not read at the start. */
const DAY = 86_400_000;

interface WindowPoint {
	readonly at: number;
	readonly value: number;
}

/** Everything the engine remembers of one check between observations. */
export interface Remembered {
	check: CheckDefinition;
	kind: CheckKind;
	state: CheckState;
	newest: Observation | null;
	unsaved: boolean;
	/** Of the newest probe of this process only. */
	verdict: Verdict | null;
	transcript: Transcript | null;
	trend: TrendPoint[];
	/** Whether its level changes too often to be believed. */
	steadiness: FlappingState;
	/** Sample → what its widest window needs; only samples that some condition looks back on. */
	windows: Map<string, { readonly ms: number; points: WindowPoint[] }>;
}

export interface Present {
	/** Takes the configured checks; those that stay keep what is remembered. */
	adopt(
		checks: readonly CheckDefinition[],
		kindOf: (name: string) => CheckKind | undefined,
		now: number,
		rules?: HushRules,
	): void;
	get(id: CheckId): Remembered | undefined;
	all(): Iterable<Remembered>;
	baseline: Baseline;
	/** Epoch ms of the newest signed round of this environment. */
	signedAt: number | null;
	/** How conditions and probes see the newest values of other checks. */
	latestAt(now: number): LatestValue;
	/** The wall clock was set back by this much (ms, negative): what is remembered moves with it, so that ages stay true. */
	shift(byMs: number): void;
	/** What is to be read from storage at the start: as far back before each check's last observation as its trend and windows reach. */
	asksToRefill(states: readonly CheckState[], now: number): readonly RecentAsk[];
	/** What is to be read from storage of what others wrote since then. */
	asksToFollow(sinceAt: number): readonly RecentAsk[];
	/** Takes over states and what was asked for. */
	refill(states: readonly CheckState[], recent: readonly Recent[]): void;
	/** Puts on top what is newer than the newest it has; returns whether anything was. */
	take(remembered: Remembered, recent: Recent): boolean;
	/** Puts one observation on top. */
	add(remembered: Remembered, observation: Observation, state: CheckState): void;
	/** The longest a probe may take, ms. */
	slowestMs(): number;
	pictureOf(remembered: Remembered, now: number): CheckPicture;
	/** Why its trouble is no news at this instant, or null. */
	hushOf(remembered: Remembered, now: number): Hush | null;
}

function widestWindows(check: CheckDefinition): Map<string, { ms: number; points: WindowPoint[] }> {
	const widest = new Map<string, { ms: number; points: WindowPoint[] }>();
	const asked = [...check.must, ...check.should, ...check.show.map((s) => s.expression)].flatMap(
		(c) => namesOf(c).windows,
	);
	for (const { sample, ms } of asked) {
		const known = widest.get(sample);
		if (!known || known.ms < ms) widest.set(sample, { ms, points: [] });
	}
	return widest;
}

/** What a check's sparkline draws: its headline, else how long the probe took; nothing where there was no reading. */
function trendOf(observation: Observation, kind: CheckKind): number | null {
	if (Object.keys(observation.samples).length === 0) return null;
	return kind.headline === null ? observation.durationMs : numberIn(observation, kind.headline);
}

/** What a window keeps: truth counts as 1 and 0, so that a share of it can be asked for. */
function pointIn(observation: Observation, sample: string): number | null {
	const value = observation.samples[sample];
	return typeof value === 'boolean' ? Number(value) : numberIn(observation, sample);
}

function numberIn(observation: Observation, sample: string): number | null {
	const value = observation.samples[sample];
	return value !== undefined && isQuantity(value) ? Number(value.number) : null;
}

/** The samples that are drawn and looked back on, in the order they are asked for. */
function samplesOf({ kind, windows }: Remembered): readonly string[] {
	return [...new Set([...(kind.headline === null ? [] : [kind.headline]), ...windows.keys()])];
}

/** As `trendOf`, of what was read back from `first` on; `place` is the headline's. */
function drawn(recent: Recent, place: number, first: number): TrendPoint[] {
	const { ats, levels, hasReading } = recent;
	const column = place === -1 ? recent.durationsMs : recent.values[place];
	const points: TrendPoint[] = [];
	for (let index = first; index < ats.length; index++) {
		const found = hasReading[index] ? column?.[index] : null;
		const value = typeof found === 'number' ? found : null;
		points.push({ at: ats[index]!, value, level: levels[index]! });
	}
	return points;
}

export function createPresent(): Present {
	let checks = new Map<CheckId, Remembered>();
	let rules: HushRules = { zone: 'UTC', maintenance: [] };

	const present: Present = {
		baseline: {},
		signedAt: null,
		latestAt: (now) => (check, sample) => {
			const other = checks.get(checkId(check));
			const value = other?.newest?.samples[sample];
			if (!other?.newest || value === undefined) return undefined;
			return { value, at: other.newest.at, stale: isStale(other.newest.at, now, other.check) };
		},
		adopt(definitions, kindOf, now, newRules) {
			if (newRules) rules = newRules;
			const next = new Map<CheckId, Remembered>();
			for (const check of definitions) {
				const kind = kindOf(check.kind);
				if (!kind) continue;
				const old = checks.get(check.id);
				const windows = widestWindows(check);
				// What was found by another question says nothing about this one.
				if (old && isSameQuestion(old.check, check)) {
					for (const [sample, window] of windows) window.points = old.windows.get(sample)?.points ?? [];
					next.set(check.id, { ...old, check, kind, windows });
				} else {
					next.set(check.id, {
						check,
						kind,
						windows,
						// What was confirmed under the old question is still to be called off.
						state: old
							? {
									...pendingState(check.id, now),
									hardLevel: old.state.hardLevel,
									hardSince: old.state.hardSince,
								}
							: pendingState(check.id, now),
						newest: null,
						unsaved: false,
						verdict: null,
						transcript: null,
						trend: [],
						steadiness: STEADY,
					});
				}
			}
			checks = next;
		},
		get: (id) => checks.get(id),
		all: () => checks.values(),
		shift(byMs) {
			for (const remembered of checks.values()) {
				const { newest, state } = remembered;
				if (newest) remembered.newest = { ...newest, at: newest.at + byMs };
				remembered.state = {
					...state,
					at: state.at + byMs,
					since: state.since + byMs,
					hardSince: state.hardSince + byMs,
				};
				remembered.trend = remembered.trend.map((point) => ({ ...point, at: point.at + byMs }));
				for (const window of remembered.windows.values()) {
					window.points = window.points.map((point) => ({ ...point, at: point.at + byMs }));
				}
			}
		},
		refill(states, recent) {
			for (const state of states) {
				const remembered = checks.get(state.check);
				if (remembered) remembered.state = state;
			}
			for (const each of recent) {
				const remembered = checks.get(each.check);
				if (remembered && present.take(remembered, each)) {
					remembered.state = { ...remembered.state, at: each.newest.at };
				}
			}
		},
		take(remembered, recent) {
			const { ats, levels, values, newest } = recent;
			// Who takes over reads again what it followed: each point stands once in trends and windows.
			const known = remembered.newest?.at ?? 0;
			const first = ats.findIndex((at) => at > known);
			if (first === -1) return false;
			const samples = samplesOf(remembered);
			const { headline } = remembered.kind;
			const place = headline === null ? -1 : samples.indexOf(headline);
			const points = drawn(recent, place, Math.max(first, ats.length - TREND_POINTS));
			remembered.newest = newest;
			const isFirst = remembered.trend.length === 0;
			remembered.trend = isFirst ? points : [...remembered.trend, ...points].slice(-TREND_POINTS);
			remembered.steadiness = observeLevels(remembered.steadiness, levels.slice(first));
			for (const [sample, window] of remembered.windows) {
				const column = values[samples.indexOf(sample)] ?? [];
				const from = newest.at - window.ms;
				window.points = window.points.filter(({ at }) => at >= from);
				for (let index = first; index < ats.length; index++) {
					const [at, value] = [ats[index]!, column[index] ?? null];
					if (value !== null && at >= from) window.points.push({ at, value: Number(value) });
				}
			}
			return true;
		},
		add(remembered, observation, state) {
			remembered.state = state;
			if (!remembered.newest || observation.at >= remembered.newest.at) remembered.newest = observation;
			const value = trendOf(observation, remembered.kind);
			remembered.trend.push({ at: observation.at, value, level: observation.level });
			if (remembered.trend.length > TREND_POINTS) remembered.trend.shift();
			remembered.steadiness = observeLevel(remembered.steadiness, observation.level);
			for (const [sample, window] of remembered.windows) {
				const point = pointIn(observation, sample);
				if (point !== null) window.points.push({ at: observation.at, value: point });
				const from = observation.at - window.ms;
				while (window.points[0] && window.points[0].at < from) window.points.shift();
			}
		},
		slowestMs: () => Math.max(0, ...[...checks.values()].map(({ check }) => check.timeoutMs)),
		asksToRefill(states, now) {
			const lastAt = new Map(states.map((state) => [state.check, state.at]));
			return [...checks.values()].map((remembered) => {
				const { check, windows, newest } = remembered;
				const reaches = [check.everyMs * TREND_POINTS, ...[...windows.values()].map(({ ms }) => ms)];
				// After a pause the trend is still that of the last observations.
				const sinceAt = Math.min(lastAt.get(check.id) ?? now, now) - Math.max(...reaches);
				const fromAt = Math.max(sinceAt, now - DAY, (newest?.at ?? 0) + 1);
				return { check: check.id, sinceAt: fromAt, samples: samplesOf(remembered) };
			});
		},
		asksToFollow: (sinceAt) =>
			[...checks.values()].map((remembered) => ({
				check: remembered.check.id,
				sinceAt: Math.max(sinceAt, (remembered.newest?.at ?? 0) + 1),
				samples: samplesOf(remembered),
			})),
		hushOf: ({ check }, now) => hushOf(check, now, rules, (id) => checks.get(id)?.state),
		pictureOf(remembered, now) {
			const { check, state, newest, unsaved, steadiness } = remembered;
			return {
				id: check.id,
				level: state.level,
				hard: state.hard,
				attempt: state.attempt,
				since: state.since,
				at: newest?.at ?? 0,
				durationMs: newest?.durationMs ?? 0,
				samples: newest?.samples ?? {},
				reasons: newest?.reasons ?? [],
				unsaved,
				flapping: steadiness.flapping,
				hushed: present.hushOf(remembered, now),
			};
		},
	};
	return present;
}
