import type { Samples } from '../domain/reading.ts';
import type { SampleValue } from '../domain/value.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { DamagedRow } from './faults.ts';
import type { Names } from './names.ts';
import { readValue, sameValue, writeValue } from './sample-bytes.ts';

/** Every so long a check's samples are stored whole, so that reading never has to go back further. */
export const KEY_EVERY_MS = 600_000;

export const keyStart = (at: number): number => Math.floor(at / KEY_EVERY_MS) * KEY_EVERY_MS;

/** A whole set of samples that later observations of the same ten minutes refer to. */
export interface KeyFrame {
	readonly at: number;
	readonly names: readonly string[];
	readonly values: readonly SampleValue[];
}

export const WHOLE = 0;
export const CHANGES = 1;

const writer = new ByteWriter();

/**
 * The bytes of a check's samples: only what differs from its key frame, when there is a usable one. Referring to a key
 * frame by its time, not to the previous row, keeps rows right when two processes write.
 */
export function encodeSamples(
	at: number,
	samples: Samples,
	key: KeyFrame | null,
	names: Names,
): { readonly bytes: Buffer | null; readonly key: KeyFrame | null } {
	const keys = Object.keys(samples);
	if (keys.length === 0) return { bytes: null, key };
	const values = keys.map((name) => samples[name] ?? null);
	if (key !== null && key.at < at && keyStart(key.at) === keyStart(at) && sameNames(key.names, keys)) {
		const changed = keys.flatMap((_, index) =>
			sameValue(values[index]!, key.values[index]!) ? [] : [index],
		);
		writer.byte(CHANGES);
		writer.count(at - key.at);
		for (const index of changed) {
			writer.count(index + 1);
			writeValue(writer, values[index]!);
		}
		writer.count(0);
		return { bytes: writer.take(), key };
	}
	writer.byte(WHOLE);
	writer.count(keys.length);
	for (const [index, name] of keys.entries()) {
		writer.count(names.idOf(name));
		writeValue(writer, values[index]!);
	}
	return { bytes: writer.take(), key: { at, names: keys, values } };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** The stored samples of another row, undefined where there is no such row. */
export type FrameOf = (check: number, at: number) => Uint8Array | null | undefined;

/** The key frame a row's bytes refer to; it is fetched where the scan has not met it. */
export function frameBytes(frameOf: FrameOf, check: number, at: number): Uint8Array {
	const bytes = frameOf(check, at);
	if (!bytes || bytes[0] !== WHOLE) throw new DamagedRow('an observation refers to a row that is gone');
	return bytes;
}

/** Reads rows of one scan, remembering the key frames it meets or needs. */
export class SampleReader {
	private readonly keys = new Map<string, KeyFrame>();
	private readonly names: Names;
	private readonly frameOf: FrameOf;

	constructor(names: Names, frameOf: FrameOf) {
		this.names = names;
		this.frameOf = frameOf;
	}

	read(check: number, at: number, bytes: Uint8Array | null): Samples {
		if (bytes === null) return {};
		const from = new ByteReader(bytes);
		if (from.byte() === CHANGES) return this.readChanges(check, at, from);
		const { names, values } = this.readKey(check, at, from);
		return toSamples(names, values);
	}

	private readKey(check: number, at: number, from: ByteReader): KeyFrame {
		const count = from.count();
		const names: string[] = [];
		const values: SampleValue[] = [];
		for (let index = 0; index < count; index++) {
			names.push(this.names.nameOf(from.count()));
			values.push(readValue(from));
		}
		const key = { at, names, values };
		this.keys.set(`${check}/${at}`, key);
		return key;
	}

	private readChanges(check: number, at: number, from: ByteReader): Samples {
		const keyAt = at - from.count();
		const key = this.keys.get(`${check}/${keyAt}`) ?? this.fetchKey(check, keyAt);
		const values = [...key.values];
		for (let index = from.count(); index > 0; index = from.count()) values[index - 1] = readValue(from);
		return toSamples(key.names, values);
	}

	private fetchKey(check: number, at: number): KeyFrame {
		const from = new ByteReader(frameBytes(this.frameOf, check, at));
		from.byte();
		return this.readKey(check, at, from);
	}
}

/** Own properties whatever the names: an answer may well hold a field called `__proto__`. */
export function toSamples(names: readonly string[], values: readonly SampleValue[]): Samples {
	return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}
