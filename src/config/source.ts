import { cellWidth, clean, cut } from '../domain/text.ts';

/** One file of the configuration as it was read. */
export interface SourceFile {
	/** As the operator would name it. */
	readonly path: string;
	readonly text: string;
	/** Offset at which each line begins. */
	readonly lineStarts: readonly number[];
}

/** A piece of a file, in UTF-16 units; `end` is behind its last. */
export interface Span {
	readonly file: SourceFile;
	readonly start: number;
	readonly end: number;
}

export function openSource(path: string, text: string): SourceFile {
	const lineStarts = [0];
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
	return { path, text, lineStarts };
}

/** Line and column from 1; the column counts characters, as editors do. */
export function positionOf(span: Span): { readonly line: number; readonly column: number } {
	const { lineStarts, text } = span.file;
	let low = 0;
	let high = lineStarts.length - 1;
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((lineStarts[middle] ?? 0) <= span.start) low = middle;
		else high = middle - 1;
	}
	const before = text.slice(lineStarts[low] ?? 0, Math.min(span.start, (lineStarts[low] ?? 0) + 100_000));
	return { line: low + 1, column: [...before].length + 1 };
}

const WIDEST = 120;

/** The line and, below it, carets under the piece; cut to what a terminal shows, with the piece kept in view. */
export function excerptOf(span: Span): string {
	const { file } = span;
	const { line } = positionOf(span);
	const lineStart = file.lineStarts[line - 1] ?? 0;
	const nextStart = file.lineStarts[line] ?? file.text.length + 1;
	const lineEnd = Math.max(lineStart, Math.min(nextStart - 1, lineStart + 100_000));
	const start = Math.min(span.start, lineEnd);
	const end = Math.max(start, Math.min(span.end, lineEnd));
	// A tab would put the caret elsewhere on every terminal: it is drawn as one space.
	const show = (from: number, to: number) =>
		clean(file.text.slice(from, to).replace(/\r$/, '').replace(/\t/g, ' '));
	let head = show(lineStart, start);
	if (cellWidth(head) > WIDEST / 2) head = cut(head, Math.floor(WIDEST / 2), { where: 'start' });
	const room = WIDEST - cellWidth(head);
	const marked = cut(show(start, end), room);
	const tail = cut(show(end, lineEnd), Math.max(0, room - cellWidth(marked)));
	return `${head}${marked}${tail}\n${' '.repeat(cellWidth(head))}${'^'.repeat(Math.max(1, cellWidth(marked)))}`;
}
