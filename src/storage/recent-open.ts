import type { Level } from '../domain/level.ts';
import type { Observation } from '../domain/observation.ts';
import type { Figure, RecentAsk } from '../domain/storage-port.ts';
import { ByteReader } from './bytes.ts';
import { levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import { AT, CHECK, IN_RANGE, KEY, rangeOf } from './observation-key.ts';
import { COLUMNS, type OpenHours, type StoredRow } from './open-hours.ts';
import { readFigure, skipValue } from './sample-bytes.ts';
import { CHANGES, type FrameOf, frameBytes, WHOLE } from './sample-frame.ts';

/** Rows handed over at once: bounds the texts they are handed over in. */
const PAGE_ROWS = 20_000;
/** Checks that reach at most this much further back than the nearest one are read in the same scan. */
const WIDER = 2;

/** Where a key frame holds the samples asked for, and what they are there. */
export interface Frame {
	/** By the frame's own order: the place among the samples asked for, or −1. */
	readonly places: readonly number[];
	readonly values: readonly Figure[];
}

/** What is found, newest first. */
export interface Wanted {
	readonly ask: RecentAsk;
	readonly id: number;
	readonly names: readonly (number | null)[];
	readonly frames: Map<number, Frame>;
	readonly ats: number[];
	readonly levels: Level[];
	readonly durationsMs: number[];
	readonly hasReading: boolean[];
	readonly values: readonly Figure[][];
}

/** One row of the answer of a scan: each column as one text, for handing over a row at a time costs more than reading it. */
type Scanned = [
	/** Small numbers are written and read faster than whole times. */
	sinceFrom: string,
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

/** The part of the recent past that lies in hours still open: inside a transaction. */
export interface RecentOpen {
	/** Adds to each what it asks for from `openFrom` on, at most `limit` in all; returns how many. */
	read(wanted: readonly Wanted[], openFrom: number, limit: number): number;
	/** The newest observation of each, whole, by the check's number. */
	newest(found: readonly Wanted[]): Map<number, Observation>;
}

export function createRecentOpen(connection: Connection, open: OpenHours): RecentOpen {
	const { db, environment } = connection;
	const scanned = (filter: string) => `
		SELECT json_group_array(at - ?), json_group_array(check_id), json_group_array(level), json_group_array(duration_us),
			json_group_array(ifnull(length(samples), 0)), group_concat(hex(samples), '')
		FROM (
			SELECT ${AT} AS at, ${CHECK} AS check_id, level, duration_us, samples FROM observation
			WHERE key >= (? << 21) AND key < ${KEY} AND (key >> 16) & 31 = ? ${filter} ORDER BY key DESC LIMIT ${PAGE_ROWS}
		)`;
	const scanAll = db.prepare<[number, number, number, number, number, number], Scanned>(scanned('')).raw();
	const scanSome = db
		.prepare<[number, number, number, number, number, number, string], Scanned>(
			scanned(`AND ${CHECK} IN (SELECT value FROM json_each(?))`),
		)
		.raw();
	const rowsAt = db.prepare<[number, string], StoredRow>(
		`${COLUMNS} WHERE key IN (SELECT (value ->> 0 << 21) | (? << 16) | value ->> 1 FROM json_each(?))`,
	);
	const newestAt = db
		.prepare<[number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key DESC LIMIT 1`,
		)
		.pluck();
	const scaled = { whole: 0, scale: 0 };
	/** Key frames fetched by one call, for trends and whole observations refer to the same ones. */
	const met = new Map<string, ReturnType<FrameOf>>();
	const frameOf: FrameOf = (check, at) => {
		const place = `${check}/${at}`;
		const known = met.get(place) ?? open.frameOf(check, at);
		met.set(place, known);
		return known;
	};

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
		const from = new ByteReader(frameBytes(frameOf, wanted.id, at));
		from.byte();
		const frame = readFrame(wanted, from);
		wanted.frames.set(at, frame);
		return frame;
	};
	/** Adds one row's samples, which are what follows in `from`. */
	const addValues = (wanted: Wanted, at: number, from: ByteReader): void => {
		const isWhole = from.byte() === WHOLE;
		const frame = isWhole
			? (wanted.frames.get(at) ?? readFrame(wanted, from))
			: frameAt(wanted, at - from.count());
		const { places, values } = frame;
		for (let place = 0; place < values.length; place++) wanted.values[place]!.push(values[place]!);
		if (isWhole) {
			wanted.frames.set(at, frame);
			return;
		}
		const row = wanted.ats.length - 1;
		for (let index = from.count(); index > 0; index = from.count()) {
			const place = places[index - 1];
			if (place === undefined) throw new DamagedRow('an observation changes what its frame has not');
			if (place === -1) skipValue(from);
			else wanted.values[place]![row] = readFigure(from, scaled);
		}
	};
	/** Fetches at once what the newest row of each check refers to: the others mostly refer to the same. */
	const fetchFrames = ({ sinceFrom, checks, lengths, bytes }: Columns, from: number, count: number): void => {
		const seen = new Set<number>();
		const places: [number, number][] = [];
		const reader = new ByteReader(bytes);
		let offset = 0;
		for (let index = 0; index < checks.length && seen.size < count; index++) {
			const check = checks[index]!;
			if (lengths[index]! > 0 && !seen.has(check)) {
				seen.add(check);
				reader.seek(offset);
				if (reader.byte() === CHANGES) places.push([from + sinceFrom[index]! - reader.count(), check]);
			}
			offset += lengths[index]!;
		}
		const rows = places.length === 0 ? [] : rowsAt.all(environment, JSON.stringify(places));
		for (const { at, check_id, samples } of rows) met.set(`${check_id}/${at}`, samples);
	};
	/** Adds open rows from `fromAt` to just before `end`, newest first, at most `limit`; returns how many. */
	const takeOpen = (
		{ wanted, isAll }: { readonly wanted: readonly Wanted[]; readonly isAll: boolean },
		fromAt: number,
		end: Place,
		limit: number,
	): number => {
		const byId = new Map(wanted.map((each) => [each.id, each]));
		const ids = isAll ? null : JSON.stringify([...byId.keys()]);
		const [from] = rangeOf(fromAt, fromAt, environment);
		let [before, taken] = [end, 0];
		for (;;) {
			const range = [from, from, before.at, environment, before.check, environment] as const;
			const page = ids === null ? scanAll.get(...range) : scanSome.get(...range, ids);
			const columns = columnsOf(page!);
			const { sinceFrom, checks, levels, durations, lengths } = columns;
			fetchFrames(columns, from, byId.size);
			const reader = new ByteReader(columns.bytes);
			let offset = 0;
			for (let index = 0; index < checks.length; index++) {
				const at = from + sinceFrom[index]!;
				const each = byId.get(checks[index]!);
				const length = lengths[index]!;
				if (each && at >= each.ask.sinceAt) {
					if (taken === limit) return taken;
					reader.seek(offset);
					each.ats.push(at);
					each.levels.push(levelOf(levels[index]!));
					each.durationsMs.push(durations[index]! / 1000);
					each.hasReading.push(length > 0);
					if (length > 0) addValues(each, at, reader);
					else for (const column of each.values) column.push(null);
					taken++;
				}
				offset += length;
				if (reader.place > offset) throw new DamagedRow('stored bytes end too early');
			}
			if (checks.length < PAGE_ROWS) return taken;
			before = { at: from + sinceFrom.at(-1)!, check: checks.at(-1)! };
		}
	};
	const read: RecentOpen['read'] = (wanted, openFrom, limit) => {
		met.clear();
		if (wanted.length === 0) return 0;
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
			// A filter costs more than the few rows of checks that are no longer configured.
			const isAll = left.length === wanted.length;
			taken += takeOpen({ wanted: left, isAll }, from, end, limit - taken);
			left.splice(0, Math.max(0, near) + 1);
			end = { at: from, check: 0 };
		}
		return taken;
	};
	return {
		read,
		newest(found) {
			const places = found.map(({ id, ats }) => [ats[0], id]);
			const rows = places.length === 0 ? [] : rowsAt.all(environment, JSON.stringify(places));
			const whole = [...open.decode(rows, frameOf)];
			return new Map(whole.map((observation, index) => [rows[index]!.check_id, observation]));
		},
	};
}

type Columns = ReturnType<typeof columnsOf>;

function columnsOf([sinceFrom, checks, levels, durations, lengths, hex]: Scanned) {
	return {
		sinceFrom: numbersOf(sinceFrom),
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
