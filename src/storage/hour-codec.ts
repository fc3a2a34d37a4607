import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Samples } from '../domain/reading.ts';
import type { Figure } from '../domain/storage-port.ts';
import type { SampleValue } from '../domain/value.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { DamagedRow } from './faults.ts';
import type { Names } from './names.ts';
import {
	fromScaled,
	readFigure,
	readValue,
	type Scaled,
	sameValue,
	skipValue,
	toFigure,
	toScaled,
	writeValue,
} from './sample-bytes.ts';
import { toSamples } from './sample-frame.ts';

/** One observation of a closed hour. */
export interface PackedRow {
	readonly at: number;
	readonly level: number;
	readonly durationUs: number;
	readonly samples: Samples;
	/** JSON of fault and reasons, null where all was well. */
	readonly why: string | null;
}

/** A closed hour as far as trends are made of it: a column of values for each name asked for. */
export interface PackedColumns extends Head {
	readonly hasReading: readonly boolean[];
	readonly values: readonly (readonly Figure[])[];
}

const VERSION = 1;
/** What a value is beside the one before it of the same name. */
const OTHER = 0;
const SAME = 1;
const STEP = 2;
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 6 } };

/** One check's hour, column by column, so that like stands beside like and compresses well. Rows in order of time. */
export function packHour(rows: readonly PackedRow[], names: Names): Buffer {
	const to = new ByteWriter();
	to.count(rows.length);
	let at = 0;
	let gap = 0;
	for (const row of rows) {
		to.signed(row.at - at - gap);
		gap = at === 0 ? 0 : row.at - at;
		at = row.at;
	}
	for (const row of rows) to.byte(row.level);
	for (const row of rows) to.count(row.durationUs);
	writeShapes(to, rows, names);
	writeWhys(to, rows);
	return Buffer.concat([Buffer.of(VERSION), zstdCompressSync(to.take(), COMPRESSION)]);
}

interface Head {
	readonly ats: readonly number[];
	readonly levels: readonly number[];
	readonly durations: readonly number[];
}

function openBody(body: Uint8Array): ByteReader {
	if (body[0] !== VERSION) throw new DamagedRow(`packed hour of version ${body[0]}`);
	return new ByteReader(decompress(body.subarray(1)));
}

function readHead(from: ByteReader): Head {
	const count = from.count();
	const ats: number[] = [];
	let at = 0;
	let gap = 0;
	for (let index = 0; index < count; index++) {
		const next = at + gap + from.signed();
		gap = at === 0 ? 0 : next - at;
		at = next;
		ats.push(at);
	}
	const levels = ats.map(() => from.byte());
	const durations = ats.map(() => from.count());
	return { ats, levels, durations };
}

export function unpackHour(body: Uint8Array, names: Names): PackedRow[] {
	const from = openBody(body);
	const { ats, levels, durations } = readHead(from);
	const samples = readSamples(from, ats.length, names);
	const whys = readWhys(from, ats.length);
	return ats.map((time, index) => ({
		at: time,
		level: levels[index]!,
		durationUs: durations[index]!,
		samples: samples[index]!,
		why: whys[index]!,
	}));
}

/** The same hour, passing over what was not asked for; `wanted` are numbers of names, one of no name stays null. */
export function unpackColumns(body: Uint8Array, wanted: readonly (number | null)[]): PackedColumns {
	const from = openBody(body);
	const head = readHead(from);
	const { rows, lengths } = readShapes(from, head.ats.length);
	const columns = new Map<number, Figure[]>();
	for (const [id, length] of lengths) {
		if (wanted.includes(id)) columns.set(id, readFigures(from, length));
		else skipColumn(from, length);
	}
	const values = wanted.map((id) => {
		const column = id === null ? undefined : columns.get(id);
		if (id === null || column === undefined) return rows.map(() => null);
		let place = 0;
		return rows.map((ids) => (ids.includes(id) ? column[place++]! : null));
	});
	return { ...head, hasReading: rows.map((ids) => ids.length > 0), values };
}

function decompress(body: Uint8Array): Buffer {
	try {
		return zstdDecompressSync(body);
	} catch (cause) {
		throw new DamagedRow('packed hour', { cause });
	}
}

/** Which names each observation had, then each name's values from first to last. */
function writeShapes(to: ByteWriter, rows: readonly PackedRow[], names: Names): void {
	const shapes = new Map<string, { readonly number: number; readonly ids: readonly number[] }>();
	const columns = new Map<number, SampleValue[]>();
	const numbers = rows.map(({ samples }) => {
		const keys = Object.keys(samples);
		const shape = JSON.stringify(keys);
		let known = shapes.get(shape);
		if (known === undefined) {
			known = { number: shapes.size, ids: keys.map((name) => names.idOf(name)) };
			shapes.set(shape, known);
		}
		for (const [place, name] of keys.entries()) {
			const id = known.ids[place]!;
			const column = columns.get(id) ?? [];
			column.push(samples[name] ?? null);
			columns.set(id, column);
		}
		return known.number;
	});
	to.count(shapes.size);
	for (const { ids } of shapes.values()) {
		to.count(ids.length);
		for (const id of ids) to.count(id);
	}
	for (const number of numbers) to.count(number);
	for (const values of columns.values()) writeColumn(to, values);
}

/** Names of each row, and how long each name's column is, in the order in which the columns stand. */
function readShapes(from: ByteReader, count: number): { rows: number[][]; lengths: Map<number, number> } {
	const shapes = Array.from({ length: from.count() }, () =>
		Array.from({ length: from.count() }, () => from.count()),
	);
	const rows = Array.from({ length: count }, () => {
		const shape = shapes[from.count()];
		if (shape === undefined) throw new DamagedRow('packed hour without its shape');
		return shape;
	});
	// Columns come in the order in which their names first appeared, row by row.
	const lengths = new Map<number, number>();
	for (const ids of rows) for (const id of ids) lengths.set(id, (lengths.get(id) ?? 0) + 1);
	return { rows, lengths };
}

function readSamples(from: ByteReader, count: number, names: Names): Samples[] {
	const { rows, lengths } = readShapes(from, count);
	const columns = new Map<number, Iterator<SampleValue>>();
	for (const [id, length] of lengths) columns.set(id, readColumn(from, length).values());
	return rows.map((ids) =>
		toSamples(
			ids.map((id) => names.nameOf(id)),
			ids.map((id) => columns.get(id)!.next().value as SampleValue),
		),
	);
}

function writeColumn(to: ByteWriter, values: readonly SampleValue[]): void {
	let last: SampleValue = null;
	for (const value of values) {
		const [before, now] = [scaledOf(last), scaledOf(value)];
		if (sameValue(value, last)) {
			to.byte(SAME);
		} else if (before && now && before.scale === now.scale && before.unit === now.unit) {
			to.byte(STEP);
			to.signed(now.whole - before.whole);
		} else {
			to.byte(OTHER);
			writeValue(to, value);
		}
		last = value;
	}
}

function readColumn(from: ByteReader, length: number): SampleValue[] {
	let last: SampleValue = null;
	return Array.from({ length }, () => {
		const kind = from.byte();
		if (kind === STEP) {
			const before = scaledOf(last)!;
			last = { number: fromScaled(before.whole + from.signed(), before.scale), unit: before.unit };
		} else if (kind === OTHER) {
			last = readValue(from);
		}
		return last;
	});
}

function readFigures(from: ByteReader, length: number): Figure[] {
	const scaled = { whole: 0, scale: 0 };
	let last: Figure = null;
	return Array.from({ length }, () => {
		const kind = from.byte();
		if (kind === STEP) {
			scaled.whole += from.signed();
			last = toFigure(scaled.whole, scaled.scale);
		} else if (kind === OTHER) {
			last = readFigure(from, scaled);
		}
		return last;
	});
}

function skipColumn(from: ByteReader, length: number): void {
	for (let left = length; left > 0; left--) {
		const kind = from.byte();
		if (kind === STEP) from.count();
		else if (kind === OTHER) skipValue(from);
	}
}

function scaledOf(value: SampleValue) {
	if (typeof value !== 'object' || value === null) return null;
	const scaled: Scaled | null = toScaled(value.number);
	return scaled && { ...scaled, unit: value.unit };
}

function writeWhys(to: ByteWriter, rows: readonly PackedRow[]): void {
	const texts = new Map<string, number>();
	for (const { why } of rows) if (why !== null && !texts.has(why)) texts.set(why, texts.size + 1);
	to.count(texts.size);
	for (const text of texts.keys()) to.text(text);
	for (const { why } of rows) to.count(why === null ? 0 : texts.get(why)!);
}

function readWhys(from: ByteReader, count: number): (string | null)[] {
	const texts = Array.from({ length: from.count() }, () => from.text());
	return Array.from({ length: count }, () => {
		const number = from.count();
		return number === 0 ? null : texts[number - 1]!;
	});
}
