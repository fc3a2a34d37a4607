import { levelWord } from '../../i18n/levels.ts';
import { createLine, type Line } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { Canvas } from '../page.ts';
import type { CopyRow, DrillRow } from './plan-rows.ts';
import { type PlanWord, planWord } from './plan-words.ts';

const WIDE = 100;

interface Cell {
	readonly head: PlanWord;
	readonly width: number;
	readonly align?: 'right';
	readonly where?: 'start';
}

/** `47 小时` fits. */
const AGE_WIDTH = 7;

/** The name takes what the others leave; the age, which changes, stands at the right end. */
function copyCells(columns: number, hasTargets: boolean): readonly (Cell & { readonly of: keyof CopyRow })[] {
	const isWide = columns >= WIDE;
	const fixed: (Cell & { of: keyof CopyRow })[] = [
		{ of: 'when', head: 'at', width: 16 },
		{ of: 'size', head: 'size', width: 9, align: 'right' },
		{ of: 'state', head: 'state', width: 9 },
		...(isWide
			? ([
					{ of: 'verified', head: 'verified', width: 10 },
					{ of: 'proven', head: 'proven', width: 10 },
				] as const)
			: ([{ of: 'proof', head: 'known', width: 8 }] as const)),
		{ of: 'pinned', head: 'pinned', width: isWide ? 10 : 7 },
	];
	// The same copy may lie in several places.
	if (hasTargets && isWide) fixed.push({ of: 'target', head: 'place', width: 10 });
	const used = fixed.reduce((sum, cell) => sum + cell.width + 2, 0);
	const width = columns - used - 3 - AGE_WIDTH;
	if (hasTargets && !isWide) return [...fixed, { of: 'target', head: 'place', width }];
	// The end of a name tells copies apart.
	return [...fixed, { of: 'name', head: 'name', width, where: 'start' }];
}

export function copyHead({ columns, theme, locale }: Canvas, hasTargets: boolean): string {
	const line = createLine(theme, columns).gap(1);
	drawHeads(line, copyCells(columns, hasTargets), locale);
	return line.right().cell(planWord(locale, 'age'), AGE_WIDTH, 'heading', { align: 'right' }).gap(1).end();
}

export function copyLine(
	row: CopyRow,
	{ columns, theme }: Canvas,
	isSelected: boolean,
	hasTargets: boolean,
): string {
	const line = createLine(theme, columns, isSelected ? 'selected' : 'plain').cell(
		isSelected ? theme.glyphs.pointer : '',
		1,
		'accent',
	);
	for (const [at, cell] of copyCells(columns, hasTargets).entries()) {
		const text =
			cell.of === 'state' ? `${theme.glyphs.levels[row.level]} ${row.state}` : String(row[cell.of]);
		line.gap(at === 0 ? 0 : 2).cell(text, cell.width, styleOf(row, cell.of), options(cell));
	}
	return line.right().cell(row.age, AGE_WIDTH, 'muted', { align: 'right' }).gap(1).end();
}

function styleOf(row: CopyRow, of: keyof CopyRow): StyleName {
	switch (of) {
		case 'state':
			return row.level;
		case 'when':
		case 'size':
			return row.level === 'ok' ? 'plain' : 'muted';
		case 'pinned':
			return 'accent';
		case 'proven':
		case 'proof':
			return row.isProven ? 'ok' : 'muted';
		default:
			return 'muted';
	}
}

const options = ({ align, where }: Cell) => ({ ...(align ? { align } : {}), ...(where ? { where } : {}) });

function drawHeads(line: Line, cells: readonly Cell[], locale: Canvas['locale']): void {
	for (const [at, cell] of cells.entries())
		line
			.gap(at === 0 ? 0 : 2)
			.cell(planWord(locale, cell.head), cell.width, 'heading', cell.align ? { align: cell.align } : {});
}

function drillCells(columns: number): readonly (Cell & { readonly of: keyof DrillRow })[] {
	const isWide = columns >= WIDE;
	const fixed: (Cell & { of: keyof DrillRow })[] = [
		{ of: 'when', head: 'at', width: 16 },
		{ of: 'level', head: 'level', width: 10 },
		{ of: 'rto', head: 'rto', width: isWide ? 12 : 10, align: 'right' },
		{ of: 'rpo', head: 'rpo', width: isWide ? 12 : 10, align: 'right' },
		...(isWide ? ([{ of: 'by', head: 'by', width: 12 }] as const) : []),
	];
	const used = fixed.reduce((sum, cell) => sum + cell.width + 2, 0);
	const width = columns - used - 3 - AGE_WIDTH;
	return [...fixed, { of: 'copy', head: 'copy', width, where: 'start' }];
}

export function drillHead({ columns, theme, locale }: Canvas): string {
	const line = createLine(theme, columns).gap(1);
	drawHeads(line, drillCells(columns), locale);
	return line.right().cell(planWord(locale, 'age'), AGE_WIDTH, 'heading', { align: 'right' }).gap(1).end();
}

export function drillLine(row: DrillRow, { columns, theme, locale }: Canvas, isSelected: boolean): string {
	const line = createLine(theme, columns, isSelected ? 'selected' : 'plain').cell(
		isSelected ? theme.glyphs.pointer : '',
		1,
		'accent',
	);
	for (const [at, cell] of drillCells(columns).entries()) {
		const isLevel = cell.of === 'level';
		const text = isLevel
			? `${theme.glyphs.levels[row.level]} ${levelWord(row.level, locale)}`
			: String(row[cell.of]);
		const isMain = cell.of === 'when' || cell.of === 'rto' || cell.of === 'rpo';
		const style = isLevel ? row.level : isMain ? 'plain' : 'muted';
		line.gap(at === 0 ? 0 : 2).cell(text, cell.width, style, options(cell));
	}
	return line.right().cell(row.age, AGE_WIDTH, 'muted', { align: 'right' }).gap(1).end();
}
