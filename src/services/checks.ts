import type { CheckDefinition, CheckKind } from '../domain/check.ts';
import { namesOf } from '../domain/condition/index.ts';
import type { CheckDetail, EngineEvent, Refusal } from '../domain/engine.ts';
import { isWithin } from '../domain/hours.ts';
import type { CheckId } from '../domain/ids.ts';
import type { Level } from '../domain/level.ts';
import type { Recorded } from '../domain/observation.ts';
import type { CheckPicture } from '../domain/picture.ts';
import type { Clock, ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ObservationStore } from '../domain/storage-port.ts';
import type { SystemDefinition } from '../domain/system.ts';
import { type Redactor, redactTexts } from '../domain/text.ts';
import { isQuantity } from '../domain/value.ts';
import { createPlaces } from './places.ts';
import { createPoller } from './poller.ts';
import type { Present, Remembered } from './present.ts';
import { createProber } from './prober.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { createUsual } from './usual.ts';

const DAY = 86_400_000;
/** How long history is kept; what a person did is kept for ever. */
const HISTORY_MS = 90 * DAY;
const REFILL_ROWS = 200_000;
/** Of one check's history, for a probe that asks for it once when it begins. */
const OWN_ROWS = 50_000;
/** How soon a check that compares with another is asked again while it is not sure. */
const COMPARED_AGAIN_MS = 2_000;

export interface ChecksParts {
	readonly clock: Clock;
	readonly ports: ProbePorts;
	readonly store: ObservationStore;
	readonly present: Present;
	readonly kindOf: (name: string) => CheckKind | undefined;
	readonly redactor: () => Redactor;
	readonly emit: (event: EngineEvent) => void;
	readonly onRecorded: (batch: readonly Recorded[]) => void;
	readonly onActivity: (code: string, detail: Record<string, string | number>) => void;
}

export interface Checks {
	/** Takes the configuration's checks, at the start and at a reload. */
	adopt(system: SystemDefinition): void;
	/** Reads states and recent history from the store. */
	refill(): void;
	/** Begins and ends polling, as the lease comes and goes. */
	poll(on: boolean): void;
	askNow(ids: readonly CheckId[]): Promise<Result<{ readonly asked: number }, Refusal>>;
	detail(id: CheckId): Result<CheckDetail, Refusal>;
	/** The whole moving picture, for one who starts to listen. */
	picture(): EngineEvent;
	tellUptime(): void;
	/** Packs a bounded amount of closed history; true when more is left. */
	compact(now: number): boolean;
	/** Tells how these checks stand. */
	tell(ids: Iterable<CheckId>, now: number): void;
	recorder: Recorder;
	stop(): void;
}

/** Everything about asking: poller, prober and recorder over one list of checks. */
export function createChecks(parts: ChecksParts): Checks {
	const { clock, store, present } = parts;
	let definitions: readonly CheckDefinition[] = [];
	let polling = false;
	let zone = 'UTC';
	let uptime: readonly { check: CheckId; share: number }[] = [];

	const usual = createUsual(store);
	/** How a check stands; beside trouble also what its time usually is, which an ok one needs not be told. */
	const pictured = (remembered: Remembered, now: number): CheckPicture => {
		const picture = present.pictureOf(remembered, now);
		const { headline } = remembered.kind;
		const isTrouble = picture.level === 'warning' || picture.level === 'critical';
		if (!isTrouble || headline === null) return picture;
		// Of the hour in which it was judged, so that the sentence and a condition tell the same.
		const { value } = usual(picture.id, headline, remembered.newest?.at ?? now);
		return value === null ? picture : { ...picture, usual: value };
	};
	const tell = (ids: Iterable<CheckId>, now: number) => {
		const checks = [...ids].flatMap((id) => {
			const remembered = present.get(id);
			return remembered ? [pictured(remembered, now)] : [];
		});
		parts.emit({ kind: 'recorded', now, checks });
	};
	const recorder = createRecorder({
		clock,
		store,
		present,
		redactor: parts.redactor,
		usual,
		onRecorded(batch, now) {
			tell(new Set(batch.map((r) => r.observation.check)), now);
			parts.onRecorded(batch);
		},
		onStored: tell,
		onStorage: (storage) => parts.emit({ kind: 'storage', storage }),
		onLost: (count, at) => parts.emit({ kind: 'notice', code: 'storage.lost', detail: { count }, at }),
	});
	const prober = createProber(parts.ports, (now, { id }) => ({
		signedAt: present.signedAt,
		latest: present.latestAt(now),
		history(sample, sinceAt) {
			const found = store.of(id, sinceAt, now, OWN_ROWS);
			if (!found.ok) return [];
			return found.value.flatMap(({ at, samples }) => {
				const value = samples[sample];
				return value !== undefined && isQuantity(value) ? [{ at, value: Number(value.number) }] : [];
			});
		},
	}));
	const poller = createPoller({
		clock,
		prober,
		places: createPlaces(),
		kindOf: parts.kindOf,
		onProbed(probed) {
			const before = present.get(probed.check.id)?.newest?.samples ?? {};
			const sooner = recorder.take(probed);
			const outdated = judgedBy(probed.check, before);
			if (outdated.length > 0) void poller.askNow(outdated);
			const others = sooner === null ? [] : comparedWith(probed.check);
			if (sooner === null || others.length === 0) return sooner;
			// Two values taken at different times may disagree for no reason but that: the other one is asked again too.
			void poller.askNow(others);
			return Math.min(sooner, COMPARED_AGAIN_MS);
		},
		isOut: ({ hours }) => hours !== null && !isWithin(hours, clock.now(), zone),
		onJump(byMs) {
			if (byMs < 0) present.shift(byMs);
			const detail = { byMs: Math.round(byMs) };
			parts.onActivity('clock.jumped', detail);
			parts.emit({ kind: 'notice', code: 'clock.jumped', detail, at: clock.now() });
		},
	});

	/** Values of other checks that it is judged by or reads itself; found once, for this is asked after every probe. */
	const others = new WeakMap<
		CheckDefinition,
		readonly { readonly check: string; readonly sample: string }[]
	>();
	const othersOf = (check: CheckDefinition) => {
		const known = others.get(check);
		if (known) return known;
		const found = [
			...[...check.must, ...check.should].flatMap((c) => namesOf(c).others),
			...(parts.kindOf(check.kind)?.refersTo?.(check.options) ?? []),
		];
		others.set(check, found);
		return found;
	};
	/** Check → those that name its values. */
	const readers = new Map<string, CheckDefinition[]>();
	const indexReaders = () => {
		readers.clear();
		for (const definition of definitions) {
			for (const name of new Set(othersOf(definition).map((other) => other.check))) {
				const known = readers.get(name);
				if (known) known.push(definition);
				else readers.set(name, [definition]);
			}
		}
	};
	const comparedWith = (check: CheckDefinition): readonly CheckDefinition[] => {
		if (othersOf(check).length === 0) return [];
		const names = new Set<string>(othersOf(check).map((o) => o.check));
		return names.size === 0 ? [] : definitions.filter((d) => names.has(d.id) && d.id !== check.id);
	};
	/** Checks found bad by a value of this one that has just changed: they may be well by now, and need not wait for their turn. */
	const judgedBy = (check: CheckDefinition, before: Samples): readonly CheckDefinition[] => {
		const reading = readers.get(check.id);
		if (!reading) return [];
		const now = present.get(check.id)?.newest?.samples ?? {};
		const hasChanged = (sample: string) => JSON.stringify(before[sample]) !== JSON.stringify(now[sample]);
		const mutual = comparedWith(check);
		return reading.filter((other) => {
			const level = present.get(other.id)?.newest?.level ?? 'ok';
			// Two that compare with each other would ask in a circle.
			if (level === 'ok' || other.id === check.id || mutual.includes(other)) return false;
			return othersOf(other).some((name) => name.check === check.id && hasChanged(name.sample));
		});
	};
	/** What these compare with: where this console does not poll, it is asked before them, or an old value would pass. */
	const comparedFirst = (wanted: readonly CheckDefinition[]): readonly CheckDefinition[] => {
		if (polling) return [];
		// One that compares back has no first; the two settle by being asked again.
		return [...new Set(wanted.flatMap(comparedWith))].filter((d) => comparedWith(d).length === 0);
	};
	const uptimeOf = (check: CheckId) => uptime.find((u) => u.check === check)?.share ?? null;

	return {
		adopt(system) {
			definitions = system.checks;
			indexReaders();
			present.adopt(definitions, parts.kindOf, clock.now(), {
				zone: system.timezone,
				maintenance: system.maintenance,
			});
			zone = system.timezone;
			if (polling) poller.replace(definitions);
		},
		refill() {
			const now = clock.now();
			const states = store.states();
			const known = states.ok ? states.value : [];
			const recent = store.recent(present.asksToRefill(known, now), REFILL_ROWS);
			present.refill(known, recent.ok ? recent.value : []);
		},
		poll(on) {
			if (on === polling) return;
			polling = on;
			if (on) poller.start(definitions);
			else poller.stop();
		},
		async askNow(ids) {
			const unknown = ids.find((id) => !present.get(id));
			if (unknown !== undefined)
				return err({ kind: 'refused', why: 'no-such-check', detail: { check: unknown } });
			const wanted = ids.length === 0 ? definitions : definitions.filter((d) => ids.includes(d.id));
			const first = comparedFirst(wanted);
			if (first.length > 0) await poller.askNow(first);
			await poller.askNow(wanted.filter((d) => !first.includes(d)));
			recorder.flush();
			return ok({ asked: wanted.length });
		},
		detail(id) {
			const remembered = present.get(id);
			if (!remembered) return err({ kind: 'refused', why: 'no-such-check', detail: { check: id } });
			const { check, kind, verdict, transcript } = remembered;
			return ok({
				picture: pictured(remembered, clock.now()),
				verdict,
				transcript: redactTexts(transcript, parts.redactor(), 'ours'),
				copyAs: kind.copyAs?.(check.options) ?? null,
				nextAt: poller.nextAt(id),
				lateMs: Math.round(poller.lateMs(id)),
				uptime24h: uptimeOf(id),
			});
		},
		picture() {
			const all = [...present.all()];
			const now = clock.now();
			return {
				kind: 'picture',
				now,
				checks: all.map((r) => pictured(r, now)),
				trends: all.map((r) => ({ check: r.check.id, points: [...r.trend] })),
				uptime,
			};
		},
		tellUptime() {
			const now = clock.now();
			const found = store.uptime(now - DAY, now);
			if (!found.ok) return;
			uptime = [...found.value].map(([check, { good, count }]) => ({
				check,
				share: count === 0 ? 0 : good / count,
			}));
			parts.emit({ kind: 'uptime', uptime });
		},
		tell,
		compact(now) {
			const more = store.compact(now, HISTORY_MS);
			return more.ok && more.value;
		},
		recorder,
		stop() {
			poller.stop();
			recorder.stop();
		},
	};
}

/** Asks one check and says how it stands then. */
export async function askStanding(
	checks: Checks,
	words: { levelLine(picture: CheckDetail['picture']): string },
	id: CheckId,
): Promise<{ readonly level: Level; readonly line: string }> {
	await checks.askNow([id]);
	const found = checks.detail(id);
	if (!found.ok) return { level: 'unknown', line: '' };
	const { picture } = found.value;
	return { level: picture.level, line: words.levelLine(picture) };
}
