/** One line of the table. `aim` is held against the ratio to the anchor, or against the figure itself. */
export interface Figure {
	readonly name: string;
	readonly measured: number;
	readonly unit: string;
	/** What it is compared with, measured in the same run. */
	readonly anchor?: { readonly name: string; readonly value: number };
	readonly aim?: { readonly of: 'ratio' | 'figure'; readonly most?: number; readonly least?: number };
}

export interface BenchOptions {
	/** Shorter, for a look in between: figures scatter more. */
	readonly quick: boolean;
}

export interface Bench {
	readonly name: string;
	readonly about: string;
	run(options: BenchOptions): Promise<readonly Figure[]>;
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The value below which `share` of them lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (sorted.length - 1) * share;
	const low = sorted[Math.floor(at)];
	const high = sorted[Math.ceil(at)];
	return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

function written(value: number, unit: string): string {
	if (!Number.isFinite(value)) return 'not measured';
	const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
	const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
	return unit === '' ? text : `${text} ${unit}`;
}

/** Whether the aim is met; null when there is none. What was not measured has not met it. */
export function isMet({ measured, anchor, aim }: Figure): boolean | null {
	if (aim === undefined) return null;
	const value = aim.of === 'figure' ? measured : measured / (anchor?.value ?? Number.NaN);
	return value <= (aim.most ?? Number.POSITIVE_INFINITY) && value >= (aim.least ?? Number.NEGATIVE_INFINITY);
}

function aimText({ aim, unit }: Figure): string {
	if (aim === undefined) return '';
	const sign = aim.most === undefined ? '≥' : '≤';
	const value = aim.most ?? aim.least ?? Number.NaN;
	return aim.of === 'ratio' ? `${sign} ${value}×` : `${sign} ${value}${unit === '' ? '' : ` ${unit}`}`;
}

/** A Markdown table with aligned columns: it is read in a terminal and kept in the README. */
export function drawTable(figures: readonly Figure[]): string {
	const rows = figures.map((figure) => {
		const { name, measured, unit, anchor } = figure;
		const met = isMet(figure);
		return [
			name,
			written(measured, unit),
			anchor ? `${written(anchor.value, unit)} (${anchor.name})` : '',
			anchor ? `${(measured / anchor.value).toFixed(2)}×` : '',
			aimText(figure),
			met === null ? '' : met ? 'met' : 'NOT met',
		];
	});
	const head = ['figure', 'measured', 'anchor', 'ratio', 'aim', ''];
	const widths = head.map((title, column) =>
		Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
		'\n',
	);
}
