/** How far each file was read, by its index in the registry of files. */
export type Positions = ReadonlyMap<number, number>;

export type Cursor =
	| { readonly kind: 'positions'; readonly positions: Positions }
	/** One line, by its key; the other files are sought by its time. */
	| { readonly kind: 'line'; readonly file: number; readonly offset: number };

export function writeCursor(positions: Positions): string {
	return `c${[...positions].map(([file, offset]) => `${file}:${offset}`).join(',')}`;
}

/** null for a text that is no cursor. */
export function readCursor(text: string): Cursor | null {
	const parts = (text.startsWith('c') ? text.slice(1) : text).split(',');
	const positions = new Map<number, number>();
	for (const part of parts) {
		const found = /^(\d{1,9}):(\d{1,15})$/.exec(part);
		if (!found) return null;
		positions.set(Number(found[1]), Number(found[2]));
	}
	if (text.startsWith('c')) return { kind: 'positions', positions };
	const [first] = positions;
	return first && positions.size === 1 ? { kind: 'line', file: first[0], offset: first[1] } : null;
}
