import type { WalkedList } from '../actions/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { cellWidth, wrap } from '../domain/text.ts';
import { type PictureState, placeOf, scrolledTop, type ViewState } from '../store/index.ts';
import { createLine } from '../ui/line.ts';
import type { Theme } from '../ui/theme.ts';

/** The room a page has, and everything it needs that is not in the picture. */
export interface Canvas {
	readonly columns: number;
	readonly height: number;
	/** Taken once for the whole frame. */
	readonly now: number;
	readonly locale: Locale;
	/** The system's zone: the rounds' clock. */
	readonly zone: string;
	readonly theme: Theme;
}

/** One row of a scrolled list. `lines` draws it, only when it can be seen. */
export interface ListRow {
	/** null for what cannot be selected: headings, remarks. */
	readonly id: string | null;
	readonly size: number;
	/** Needs a person: `n` stops here. */
	readonly isBad?: boolean;
	lines(isSelected: boolean): readonly string[];
}

/** What a screen or a full layer shows: exactly `height` lines, and the list that keys walk in it. */
export interface Page {
	readonly lines: readonly string[];
	readonly list: WalkedList | null;
	/** Where a text field wants the cursor, from the page's upper left corner. */
	readonly cursor?: { readonly x: number; readonly y: number };
	/** Actions to name instead of the screen's own: those of the part that has the keys. */
	readonly footer?: readonly string[];
	/** It has the keys alone: neither the palette nor the help can be opened over it. */
	readonly isModal?: boolean;
}

/** Fixed lines on top, rows scrolled below so that the selected one can be seen. */
export function listPage(
	canvas: Canvas,
	view: ViewState,
	name: string,
	parts: { readonly head?: readonly string[]; readonly rows: readonly ListRow[]; readonly empty?: string },
): Page {
	const { columns, theme } = canvas;
	const head = (parts.head ?? []).slice(0, canvas.height);
	const height = canvas.height - head.length;
	const place = placeOf(view, name);
	const spots: { id: string; start: number; size: number; isBad: boolean }[] = [];
	let total = 0;
	for (const row of parts.rows) {
		if (row.id !== null) spots.push({ id: row.id, start: total, size: row.size, isBad: row.isBad === true });
		total += row.size;
	}
	const chosen = spots.find((spot) => spot.id === place.selected) ?? spots[0];
	const top = chosen
		? scrolledTop(place.top, { ...chosen, total, height })
		: Math.max(0, Math.min(place.top, total - height));
	const lines: string[] = [];
	let at = 0;
	for (const row of parts.rows) {
		const end = at + row.size;
		if (end > top && at < top + height) {
			const drawn = row.lines(row.id !== null && row.id === chosen?.id);
			lines.push(...drawn.slice(Math.max(0, top - at), Math.max(0, top + height - at)));
		}
		at = end;
	}
	if (parts.rows.length === 0 && parts.empty) {
		if (height > 2) lines.push(blank(columns));
		lines.push(createLine(theme, columns).gap(2).text(parts.empty, 'muted').end());
	}
	while (lines.length < height) lines.push(blank(columns));
	return {
		lines: [...head, ...lines.slice(0, Math.max(0, height))],
		list: { name, rows: spots, total, height, top },
	};
}

/** Lines of text that are only scrolled. */
export function textPage(
	canvas: Canvas,
	view: ViewState,
	name: string,
	parts: { readonly head?: readonly string[]; readonly lines: readonly string[]; readonly empty?: string },
): Page {
	const rows = parts.lines.map((line): ListRow => ({ id: null, size: 1, lines: () => [line] }));
	return listPage(canvas, view, name, { ...parts, rows });
}

/** Breaks a line of parts joined by ` · ` between them first, so that a time or an age is never torn apart. */
export function wrapParts(text: string, width: number): readonly string[] {
	const lines: string[] = [];
	let line = '';
	for (const part of text.split(' · ')) {
		const joined = line === '' ? part : `${line} · ${part}`;
		if (line === '' || cellWidth(joined) <= width) line = joined;
		else {
			lines.push(...wrap(line, width));
			line = part;
		}
	}
	return [...lines, ...wrap(line, width)];
}

export function blank(columns: number): string {
	return ' '.repeat(Math.max(0, columns));
}

export function filterOf(state: PictureState, name: string): string {
	return (state.view.filters[name] ?? '').trim().toLowerCase();
}

/** A filter matches anywhere in what a row says. */
export function matchesFilter(filter: string, texts: readonly (string | null)[]): boolean {
	return filter === '' || texts.some((text) => text?.toLowerCase().includes(filter));
}
