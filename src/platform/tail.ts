import { StringDecoder } from 'node:string_decoder';
import { clean, createRedactor, type Redactor } from '../domain/text.ts';

const nothing = createRedactor([]);
/** UTF-8 bytes of one UTF-16 unit, at most. */
const UNIT_BYTES = 3;

/**
 * Keeps the last `limit` bytes of a stream and counts the rest, in memory that does not grow with it. Kept a little longer
 * than shown: a secret that the cut goes through is found whole, and nothing of it is left.
 */
export function createTail(limit: number, redactor: Redactor = nothing) {
	const room = limit + redactor.longest * UNIT_BYTES;
	let kept: Buffer[] = [];
	let keptBytes = 0;
	let bytes = 0;
	return {
		push(chunk: Buffer): void {
			bytes += chunk.length;
			// A copy: Node hands out parts of one large block, which would be held as long as this part.
			kept.push(Buffer.from(chunk.length > room ? chunk.subarray(chunk.length - room) : chunk));
			keptBytes += Math.min(chunk.length, room);
			while (kept.length > 1 && keptBytes - (kept[0] as Buffer).length >= room)
				keptBytes -= (kept.shift() as Buffer).length;
			if (kept.length > 512) kept = [Buffer.concat(kept)];
		},
		get bytes(): number {
			return bytes;
		},
		get truncated(): boolean {
			return bytes > limit;
		},
		/** Redacted, then cut, then cleaned, lines kept. Begins on a character's border. */
		text(): string {
			const all = Buffer.concat(kept);
			const from = bytes > all.length ? characterFrom(all, 0) : 0;
			const cutAt = bytes > limit ? characterFrom(all, all.length - limit) : 0;
			const before = all.subarray(from, cutAt).toString('utf8');
			const text = before + all.subarray(cutAt).toString('utf8');
			const border = redactor.borderAt(text, before.length);
			return clean(redactor(text.slice(border)), { newlines: 'keep' });
		},
	};
}

/** The first byte at or after `at` with which a character begins. */
function characterFrom(bytes: Buffer, at: number): number {
	let from = at;
	while (from < at + 4 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
	return from;
}

/**
 * Redacted and cleaned text as it arrives, whole characters only. What may be the beginning of a secret waits for more
 * text or the end.
 */
export function createCleanedStream(say: (text: string) => void, redactor: Redactor = nothing) {
	const decoder = new StringDecoder('utf8');
	let waiting = '';
	const give = (text: string, isEnd: boolean) => {
		const all = waiting + text;
		const border = isEnd ? all.length : redactor.borderAt(all, redactor.openAt(all));
		waiting = all.slice(border);
		if (border > 0) say(clean(redactor(all.slice(0, border)), { newlines: 'keep' }));
	};
	return {
		push: (chunk: Buffer) => give(decoder.write(chunk), false),
		end: () => give(decoder.end(), true),
	};
}
