/** The screens by their fixed numbers; those whose capability is not built have no screen yet. */
export const SCREEN_IDS = ['health', 'endpoints', 'round', 'backups', 'logs', 'alerts', 'reports'] as const;
export type ScreenId = (typeof SCREEN_IDS)[number];

/** What can lie over a screen: full pages and panels; each view says which it is. */
export const LAYER_KINDS = [
	'service',
	'operation',
	'operations',
	'activity',
	'sign',
	'record',
	'plan',
	'prune',
	'restore',
	'agree',
	'actions',
	'palette',
	'help',
	'confirm',
	'quit',
	'filter',
	'note',
] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** A line of text being typed. `cursor` counts characters as a reader does. */
export interface Field {
	readonly text: string;
	readonly cursor: number;
}

export interface Layer {
	readonly kind: LayerKind;
	/** What it is about: a row id, an action id, a step; '' when it needs none. */
	readonly subject: string;
	/** Monotonic ms; confirmations ignore keys typed too soon after it. */
	readonly openedAt: number;
	/** null when nothing is typed in it. */
	readonly field: Field | null;
}

/** The place of a person in one list. The row is remembered by its id: rows may move under it. */
export interface ListPlace {
	readonly selected: string | null;
	/** Index of the first drawn line. */
	readonly top: number;
}

export type Tone = 'plain' | 'good' | 'bad';

export interface ViewState {
	readonly screen: ScreenId;
	/** By list name: a screen id, a layer kind, or a name of the screen's own. */
	readonly places: Readonly<Record<string, ListPlace>>;
	/** Applied filter by list name. */
	readonly filters: Readonly<Record<string, string>>;
	/** Topmost last. */
	readonly layers: readonly Layer[];
	/** One line for the person, until the next key. */
	readonly message: { readonly tone: Tone; readonly text: string } | null;
	/** Small choices that outlive a layer: history span, pane with the focus, shown log source … */
	readonly choices: Readonly<Record<string, string>>;
}

export const EMPTY_VIEW: ViewState = {
	screen: 'health',
	places: {},
	filters: {},
	layers: [],
	message: null,
	choices: {},
};

const NOWHERE: ListPlace = { selected: null, top: 0 };

export function placeOf(view: ViewState, list: string): ListPlace {
	return view.places[list] ?? NOWHERE;
}

export function topLayer(view: ViewState): Layer | null {
	return view.layers.at(-1) ?? null;
}

export function showScreen(view: ViewState, screen: ScreenId): ViewState {
	return { ...view, screen, layers: [], message: null };
}

export function openLayer(view: ViewState, layer: Layer): ViewState {
	return { ...view, layers: [...view.layers, layer], places: { ...view.places, [layer.kind]: NOWHERE } };
}

/** Closes the topmost layer. */
export function closeLayer(view: ViewState): ViewState {
	return { ...view, layers: view.layers.slice(0, -1) };
}

export function setField(view: ViewState, field: Field): ViewState {
	const layer = topLayer(view);
	if (!layer) return view;
	return { ...view, layers: [...view.layers.slice(0, -1), { ...layer, field }] };
}

export function setFilter(view: ViewState, list: string, text: string): ViewState {
	return { ...view, filters: { ...view.filters, [list]: text } };
}

/**
 * Selects a row and scrolls so that it can be seen: by half pages at the edge, because every scrolled row is sent again.
 * `start` and `size` are the row's lines within the whole list, `total` all its lines, `height` what can be seen.
 */
export function selectRow(
	view: ViewState,
	list: string,
	selected: string | null,
	lines: { readonly start: number; readonly size: number; readonly total: number; readonly height: number },
): ViewState {
	const top = scrolledTop(placeOf(view, list).top, lines);
	return { ...view, places: { ...view.places, [list]: { selected, top } } };
}

export function scrolledTop(
	top: number,
	{
		start,
		size,
		total,
		height,
	}: { readonly start: number; readonly size: number; readonly total: number; readonly height: number },
): number {
	const last = Math.max(0, total - height);
	const half = Math.max(1, Math.floor(height / 2));
	let next = top;
	// The first rows are shown with what stands above them: a heading must not be lost by scrolling back.
	if (start < top) next = start < half ? 0 : Math.min(start, top - half);
	else if (start + size > top + height) next = Math.max(top + half, start + size - height);
	// A row taller than the view is shown from its beginning.
	if (next > start) next = start;
	return Math.max(0, Math.min(last, next));
}

export function scrollTo(view: ViewState, list: string, top: number): ViewState {
	const place = placeOf(view, list);
	return view.places[list] && place.top === top
		? view
		: { ...view, places: { ...view.places, [list]: { ...place, top: Math.max(0, top) } } };
}

export function choose(view: ViewState, name: string, choice: string): ViewState {
	return { ...view, choices: { ...view.choices, [name]: choice } };
}

export function tell(view: ViewState, tone: Tone, text: string): ViewState {
	return { ...view, message: { tone, text } };
}

export function hush(view: ViewState): ViewState {
	return view.message ? { ...view, message: null } : view;
}
