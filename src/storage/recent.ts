import type { Recent, RecentAsk, RecentPoint } from '../domain/storage-port.ts';
import { ByteReader } from './bytes.ts';
import { levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import type { PackedPoint } from './hour-codec.ts';
import type { Names } from './names.ts';
import { AT, CHECK, IN_RANGE, KEY, rangeOf } from './observation-key.ts';
import type { OpenHours } from './open-hours.ts';
import { HOUR_MS, type PackedHours } from './packed-hours.ts';
import { type Figure, readFigure, skipValue } from './sample-bytes.ts';
import { frameBytes, WHOLE } from './sample-frame.ts';

/** Rows handed over at once: bounds the texts they are handed over in. */
const PAGE_ROWS = 20_000;
/** Checks that reach at most this much further back than the nearest one are read in the same scan. */
const WIDER = 2;

interface Parts {
	readonly checks: Names;
	readonly samples: Names;
	readonly open: OpenHours;
	readonly packed: PackedHours;
}

/** Where a key frame holds the samples asked for, and what they are there. */
interface Frame {
	/** By the frame's own order: the place among the samples asked for, or −1. */
	readonly places: readonly number[];
	readonly values: readonly Figure[];
}

interface Wanted {
	readonly ask: RecentAsk;
	readonly id: number;
	readonly names: readonly (number | null)[];
	/** The values of an observation without samples. */
	readonly nothing: readonly null[];
	readonly frames: Map<number, Frame>;
	/** Newest first. */
	readonly points: RecentPoint[];
}

/** One row of the answer of a scan: each column as one text, for handing over a row at a time costs more than reading it. */
type Scanned = [
	ats: string,
	checks: string,
	levels: string,
	durations: string,
	lengths: string,
	hex: string | null,
];

/** A place in the order of rows. */
interface Place {
	readonly at: number;
	readonly check: number;
}

const END: Place = { at: rangeOf(0, Number.MAX_SAFE_INTEGER, 0)[1], check: 0 };

/** Reads the recent past of many checks: inside a transaction. */
export function createRecent(
	connection: Connection,
	{ checks, samples, open, packed }: Parts,
): (asks: readonly RecentAsk[], limit: number) => Recent[] {
	const { db, environment } = connection;
	const scan = db
		.prepare<[number, number, number, number, number, string, number], Scanned>(`
		SELECT json_group_array(at), json_group_array(check_id), json_group_array(level), json_group_array(duration_us),
			json_group_array(ifnull(length(samples), 0)), group_concat(hex(samples), '')
		FROM (
			SELECT ${AT} AS at, ${CHECK} AS check_id, level, duration_us, samples FROM observation
			WHERE key >= (? << 21) AND key < ${KEY} AND (key >> 16) & 31 = ?
				AND ${CHECK} IN (SELECT value FROM json_each(?)) ORDER BY key DESC LIMIT ?
		)`)
		.raw();
	const newestAt = db
		.prepare<[number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key DESC LIMIT 1`,
		)
		.pluck();
	const scaled = { whole: 0, scale: 0 };

	const readFrame = ({ names }: Wanted, from: ByteReader): Frame => {
		const values: Figure[] = names.map(() => null);
		const places = Array.from({ length: from.count() }, () => {
			const place = names.indexOf(from.count());
			if (place === -1) skipValue(from);
			else values[place] = readFigure(from, scaled);
			return place;
		});
		return { places, values };
	};
	const frameAt = (wanted: Wanted, at: number): Frame => {
		const known = wanted.frames.get(at);
		if (known) return known;
		const from = new ByteReader(frameBytes(open.frameOf, wanted.id, at));
		from.byte();
		const frame = readFrame(wanted, from);
		wanted.frames.set(at, frame);
		return frame;
	};
	/** Reads one row's samples, which are what follows in `from`. */
	const valuesOf = (wanted: Wanted, at: number, from: ByteReader): readonly Figure[] => {
		if (from.byte() === WHOLE) {
			const known = wanted.frames.get(at);
			if (known) return known.values;
			const frame = readFrame(wanted, from);
			wanted.frames.set(at, frame);
			return frame.values;
		}
		const { places, values } = frameAt(wanted, at - from.count());
		const changed = values.slice();
		for (let index = from.count(); index > 0; index = from.count()) {
			const place = places[index - 1];
			if (place === undefined) throw new DamagedRow('an observation changes what its frame has not');
			if (place === -1) skipValue(from);
			else changed[place] = readFigure(from, scaled);
		}
		return changed;
	};
	/** Adds open rows from `fromAt` to just before `end`, newest first, at most `limit`; returns how many. */
	const takeOpen = (wanted: readonly Wanted[], fromAt: number, end: Place, limit: number): number => {
		const byId = new Map(wanted.map((each) => [each.id, each]));
		const ids = JSON.stringify([...byId.keys()]);
		const [from] = rangeOf(fromAt, fromAt, environment);
		let [before, taken] = [end, 0];
		for (;;) {
			const page = scan.get(from, before.at, environment, before.check, environment, ids, PAGE_ROWS)!;
			const { ats, checks, levels, durations, lengths, bytes } = columnsOf(page);
			const reader = new ByteReader(bytes);
			let offset = 0;
			for (const [index, at] of ats.entries()) {
				const each = byId.get(checks[index]!)!;
				const length = lengths[index]!;
				if (at >= each.ask.sinceAt) {
					if (taken === limit) return taken;
					reader.seek(offset);
					each.points.push({
						at,
						level: levelOf(levels[index]!),
						durationMs: durations[index]! / 1000,
						hasReading: length > 0,
						values: length > 0 ? valuesOf(each, at, reader) : each.nothing,
					});
					taken++;
				}
				offset += length;
				if (reader.place > offset) throw new DamagedRow('stored bytes end too early');
			}
			if (ats.length < PAGE_ROWS) return taken;
			before = { at: ats.at(-1)!, check: checks.at(-1)! };
		}
	};
	const readOpen = (wanted: readonly Wanted[], limit: number): number => {
		const openFrom = packed.packedTo();
		const left = wanted.toSorted((a, b) => b.ask.sinceAt - a.ask.sinceAt);
		const first = Math.max(openFrom, left.at(-1)!.ask.sinceAt);
		const newest = newestAt.get(...rangeOf(first, Number.MAX_SAFE_INTEGER, environment));
		if (newest === undefined) return 0;
		let [end, taken] = [END, 0];
		// One who reaches far back must not have the rows of all others read so far back.
		while (left.length > 0 && taken < limit && end.at > openFrom) {
			const reach = WIDER * Math.max(0, newest - left[0]!.ask.sinceAt);
			const near = left.findLastIndex(({ ask }) => newest - ask.sinceAt <= reach);
			const from = Math.max(openFrom, left[Math.max(0, near)]!.ask.sinceAt);
			taken += takeOpen(left, from, end, limit - taken);
			left.splice(0, Math.max(0, near) + 1);
			end = { at: from, check: 0 };
		}
		return taken;
	};
	const readPacked = (wanted: readonly Wanted[], limit: number): void => {
		const first = wanted.reduce((least, { ask }) => Math.min(least, ask.sinceAt), Number.MAX_SAFE_INTEGER);
		let [hour, left]: [number | undefined, number] = [packed.packedTo(), limit];
		while (left > 0) {
			hour = packed.hourBefore(hour, first);
			if (hour === undefined) return;
			const start = hour;
			const found = wanted.flatMap((each) => {
				if (each.ask.sinceAt >= start + HOUR_MS) return [];
				const points = packed.points(start, each.id, each.names);
				return [{ each, points: points.filter(({ at }) => at >= each.ask.sinceAt) }];
			});
			const count = found.reduce((sum, { points }) => sum + points.length, 0);
			const cut = count <= left ? 0 : newestOf(found, left);
			for (const { each, points } of found) {
				for (const { level, durationUs, ...point } of points.reverse()) {
					if (point.at < cut) break;
					each.points.push({ ...point, level: levelOf(level), durationMs: durationUs / 1000 });
				}
			}
			left -= count;
		}
	};
	const wholeAt = ({ id }: Wanted, at: number) =>
		at >= packed.packedTo() ? open.read(at, at, id)[0] : packed.read(at, at, 1, id)[0];

	return (asks, limit) => {
		const wanted = asks.flatMap((ask): Wanted[] => {
			const id = checks.find(ask.check);
			const names = ask.samples.map((name) => samples.find(name));
			return id === null
				? []
				: [{ ask, id, names, nothing: names.map(() => null), frames: new Map(), points: [] }];
		});
		if (wanted.length === 0) return [];
		readPacked(wanted, limit - readOpen(wanted, limit));
		return wanted.flatMap((each) => {
			const at = each.points[0]?.at;
			const newest = at === undefined ? undefined : wholeAt(each, at);
			return newest === undefined ? [] : [{ check: each.ask.check, newest, points: each.points.reverse() }];
		});
	};
}

/** Above this time lie no more than `left` points of an hour. */
function newestOf(found: readonly { readonly points: readonly PackedPoint[] }[], left: number): number {
	const ats = Float64Array.from(found.flatMap(({ points }) => points.map(({ at }) => at))).sort();
	return ats[ats.length - left - 1]! + 1;
}

function columnsOf([ats, checks, levels, durations, lengths, hex]: Scanned) {
	return {
		ats: numbersOf(ats),
		checks: numbersOf(checks),
		levels: numbersOf(levels),
		durations: numbersOf(durations),
		/** Of the samples, which stand one after the other in `bytes`. */
		lengths: numbersOf(lengths),
		bytes: Buffer.from(hex ?? '', 'hex'),
	};
}

function numbersOf(text: string): number[] {
	return JSON.parse(text);
}
