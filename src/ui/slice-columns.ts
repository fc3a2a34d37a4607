import { codePointWidth } from '../domain/text-width.ts';

const SGR = /\x1b\[[\d;:]*m/y;

/** Columns `from` to `to` of a line with SGR sequences, exactly that many, the pen put down at the end. */
export const sliceColumns = (line: string, from: number, to: number): string => {
	const width = Math.max(0, to - from);
	if (width === 0) return '';
	let result = '';
	let pen = '';
	let column = 0;
	let used = 0;
	for (let at = 0; at < line.length && column < to; ) {
		SGR.lastIndex = at;
		const sequence = SGR.exec(line)?.[0];
		if (sequence !== undefined) {
			at += sequence.length;
			pen = sequence === '\x1b[0m' || sequence === '\x1b[m' ? '' : pen + sequence;
			if (column >= from) result += sequence;
			continue;
		}
		const codePoint = line.codePointAt(at)!;
		const character = String.fromCodePoint(codePoint);
		const wide = codePointWidth(codePoint);
		at += character.length;
		if (wide === 0) {
			if (used > 0) result += character;
			continue;
		}
		if (used === 0 && column + wide > from) result += pen;
		const isWhole = column >= from && column + wide <= to;
		const visible = Math.min(column + wide, to) - Math.max(column, from);
		if (visible > 0) {
			result += isWhole ? character : ' '.repeat(visible);
			used += visible;
		}
		column += wide;
	}
	// Marks of the last character still belong to it; styles that begin there do not matter.
	const closed = result.includes('\x1b[') ? `${result}\x1b[0m` : result;
	return closed + ' '.repeat(width - used);
};
