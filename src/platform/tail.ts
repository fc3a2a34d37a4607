import { StringDecoder } from 'node:string_decoder';
import { clean } from '../domain/text.ts';

/** Keeps the last `limit` bytes of a stream and counts the rest, in memory that does not grow with it. */
export function createTail(limit: number) {
	let kept: Buffer[] = [];
	let keptBytes = 0;
	let bytes = 0;
	return {
		push(chunk: Buffer): void {
			bytes += chunk.length;
			// A copy: Node hands out parts of one large block, which would be held as long as this part.
			kept.push(Buffer.from(chunk.length > limit ? chunk.subarray(chunk.length - limit) : chunk));
			keptBytes += Math.min(chunk.length, limit);
			while (kept.length > 1 && keptBytes - (kept[0] as Buffer).length >= limit)
				keptBytes -= (kept.shift() as Buffer).length;
			if (kept.length > 512) kept = [Buffer.concat(kept)];
		},
		get bytes(): number {
			return bytes;
		},
		get truncated(): boolean {
			return bytes > limit;
		},
		/** Cleaned, lines kept. Begins on a character's border. */
		text(): string {
			let all = Buffer.concat(kept);
			if (all.length > limit) all = all.subarray(all.length - limit);
			let from = 0;
			if (bytes > limit) while (from < 4 && ((all[from] ?? 0) & 0xc0) === 0x80) from++;
			return clean(all.subarray(from).toString('utf8'), { newlines: 'keep' });
		},
	};
}

/** Cleaned text as it arrives, whole characters only. */
export function createCleanedStream(say: (text: string) => void) {
	const decoder = new StringDecoder('utf8');
	const give = (text: string) => {
		if (text !== '') say(clean(text, { newlines: 'keep' }));
	};
	return { push: (chunk: Buffer) => give(decoder.write(chunk)), end: () => give(decoder.end()) };
}
