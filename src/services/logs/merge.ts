import type { FoundLine } from './block-scan.ts';
import type { LineWalk } from './file-lines.ts';
import type { TrackedFile } from './file-registry.ts';

export interface MergedLine {
	readonly file: TrackedFile;
	readonly line: FoundLine;
}

export interface Merged {
	/** In the direction of the walks. */
	readonly lines: readonly MergedLine[];
	/** By file: nothing wanted lies between what was handed out and here. */
	readonly positions: ReadonlyMap<number, number>;
	/** No file has more. */
	readonly ended: boolean;
}

/**
 * Lines of several files by time. A file's own order is never changed, and all its lines of one time come together, so a
 * stack trace stays in one piece. Lines of a file without any time stand where the file was last written.
 */
export async function mergeWalks(
	walks: readonly LineWalk[],
	direction: 'back' | 'on',
	limit: number,
): Promise<Merged> {
	const heads: (FoundLine | null)[] = [];
	const positions = new Map<number, number>();
	for (const walk of walks) {
		heads.push(await walk.next());
	}
	const lines: MergedLine[] = [];
	while (lines.length < limit) {
		const chosen = choose(walks, heads, direction);
		if (chosen === -1) break;
		const walk = walks[chosen]!;
		const line = heads[chosen]!;
		lines.push({ file: walk.part.file, line });
		heads[chosen] = await walk.next();
	}
	for (const [index, walk] of walks.entries()) {
		const head = heads[index];
		const position = head
			? direction === 'back'
				? head.end
				: head.start
			: direction === 'back'
				? walk.part.floor
				: walk.part.ceil;
		positions.set(walk.part.file.index, position);
	}
	return { lines, positions, ended: heads.every((head) => head === null) };
}

/** Both directions agree on the order of equal times: the files', so that turning round shuffles nothing. */
function choose(
	walks: readonly LineWalk[],
	heads: readonly (FoundLine | null)[],
	direction: 'back' | 'on',
): number {
	let best = -1;
	let bestAt = 0;
	for (const [index, head] of heads.entries()) {
		if (!head) continue;
		const at = head.sortAt ?? walks[index]!.part.file.modifiedAt;
		if (best !== -1 && (direction === 'back' ? at < bestAt : at >= bestAt)) continue;
		best = index;
		bestAt = at;
	}
	return best;
}
