import type { ScreenCell } from '../../test/support/screen-buffer.ts';
import { colourOf, GROUNDS, type Ground } from './colours.ts';
import { shapeOf } from './shapes.ts';

/** One cell, in SVG units; the fonts below are 0.6 of their size wide. */
const CELL = { width: 9, height: 20, size: 15 } as const;
const MARGIN = 14;
const FONTS =
	"ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',monospace";

interface Ink {
	readonly foreground: string;
	readonly background: string | null;
	readonly isBold: boolean;
	readonly isUnderlined: boolean;
}

/** Neighbours on one row that look alike and are equally wide. */
interface Run extends Ink {
	readonly x: number;
	readonly cellWidth: number;
	text: string;
	cells: number;
}

/**
 * An SVG of what a terminal shows. Every run of text is stretched to its cells, so that columns stay aligned whatever font the
 * reader has; bars, rules and level marks are drawn as shapes, because no two fonts agree on them.
 */
export function drawCells(
	rows: readonly (readonly ScreenCell[])[],
	{ ground, title }: { readonly ground: Ground; readonly title: string },
): string {
	const columns = rows[0]?.length ?? 0;
	const width = columns * CELL.width + 2 * MARGIN;
	const height = rows.length * CELL.height + 2 * MARGIN;
	const { back, edge } = GROUNDS[ground];
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
		`<title>${escaped(title)}</title>`,
		`<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${back}" stroke="${edge}"/>`,
		`<g font-family="${FONTS}" font-size="${CELL.size}" xml:space="preserve" style="white-space:pre">`,
		...rows.flatMap((row, y) => drawRow(row, y, ground)),
		'</g>',
		'</svg>',
	];
	return `${parts.join('\n')}\n`;
}

function drawRow(row: readonly ScreenCell[], y: number, ground: Ground): string[] {
	const top = MARGIN + y * CELL.height;
	const backs: string[] = [];
	const texts: string[] = [];
	for (const run of runsOf(row, ground)) {
		const left = MARGIN + run.x * CELL.width;
		const width = run.cells * run.cellWidth * CELL.width;
		if (run.background !== null)
			backs.push(
				`<rect x="${left}" y="${top}" width="${width}" height="${CELL.height}" fill="${run.background}"/>`,
			);
		texts.push(...drawRun(run, left, top));
	}
	return [...backs, ...texts];
}

/** Letters are one text element; our own signs in between are shapes. */
function drawRun(run: Run, left: number, top: number): string[] {
	const parts: string[] = [];
	const step = run.cellWidth * CELL.width;
	let word = '';
	let from = 0;
	const letters = Array.from(run.text);
	const flush = (to: number): void => {
		const body = word.trimEnd();
		const lead = body.length - body.trimStart().length;
		if (body !== '') parts.push(drawText(run, body.trimStart(), left + (from + lead) * step, top, step));
		word = '';
		from = to + 1;
	};
	for (const [index, letter] of letters.entries()) {
		const shape = shapeOf(letter, { left: left + index * step, top, width: step, height: CELL.height });
		if (shape === null) {
			word += letter;
			continue;
		}
		flush(index);
		parts.push(`<path d="${shape}" fill="${run.foreground}"/>`);
	}
	flush(letters.length);
	return joined(parts);
}

function drawText(run: Run, text: string, x: number, top: number, step: number): string {
	const length = Array.from(text).length * step;
	const weight = run.isBold ? ' font-weight="700"' : '';
	const line = run.isUnderlined ? ' text-decoration="underline"' : '';
	return `<text x="${x}" y="${top + 15}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${run.foreground}"${weight}${line}>${escaped(text)}</text>`;
}

/** Shapes of one colour beside each other are one path: a sparkline is forty of them. */
function joined(parts: readonly string[]): string[] {
	const whole: string[] = [];
	for (const part of parts) {
		const last = whole.at(-1);
		const [, path, ink] = /^<path d="([^"]*)" (.*)$/.exec(part) ?? [];
		if (last?.startsWith('<path') && path !== undefined && last.endsWith(`" ${ink}`))
			whole[whole.length - 1] = last.replace(/" fill=/, `${path}" fill=`);
		else whole.push(part);
	}
	return whole;
}

function runsOf(row: readonly ScreenCell[], ground: Ground): Run[] {
	const runs: Run[] = [];
	for (const [x, cell] of row.entries()) {
		if (cell.width === 0) continue;
		const ink = inkOf(cell, ground);
		const last = runs.at(-1);
		const text = cell.text === '' ? ' ' : cell.text;
		if (last && last.cellWidth === cell.width && isSame(last, ink)) {
			last.text += text;
			last.cells += 1;
		} else runs.push({ ...ink, x, cellWidth: cell.width, text, cells: 1 });
	}
	return runs;
}

function inkOf(cell: ScreenCell, ground: Ground): Ink {
	const { fore, back } = GROUNDS[ground];
	const drawn = cell.foreground === undefined ? fore : colourOf(cell.foreground);
	const behind = cell.background === undefined ? null : colourOf(cell.background);
	const foreground = cell.isInverse ? (behind ?? back) : drawn;
	return {
		foreground,
		background: cell.isInverse ? drawn : behind,
		isBold: cell.isBold,
		isUnderlined: cell.isUnderlined,
	};
}

function isSame(a: Ink, b: Ink): boolean {
	return (
		a.foreground === b.foreground &&
		a.background === b.background &&
		a.isBold === b.isBold &&
		a.isUnderlined === b.isUnderlined
	);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
