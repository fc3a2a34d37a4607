import {
	choose,
	closeLayer,
	type Field,
	hush,
	type Layer,
	openLayer,
	type ScreenId,
	scrollTo,
	selectRow,
	setField,
	setFilter,
	showScreen,
	type Tone,
	tell,
	type ViewState,
} from './view.ts';

/** Where a row stands in the lines of its list, and how many lines of the list can be seen. */
export interface RowLines {
	readonly start: number;
	readonly size: number;
	readonly total: number;
	readonly height: number;
}

/** What keys do to the view. Actions know the store by type only, so its transitions come to them as methods. */
export interface ViewCommands {
	showScreen(screen: ScreenId): void;
	open(layer: Layer): void;
	/** Closes the topmost layer. */
	close(): void;
	setField(field: Field): void;
	setFilter(list: string, text: string): void;
	select(list: string, row: string | null, lines: RowLines): void;
	scrollTo(list: string, top: number): void;
	choose(name: string, choice: string): void;
	tell(tone: Tone, text: string): void;
	hush(): void;
}

export function createViewCommands(change: (next: (view: ViewState) => ViewState) => void): ViewCommands {
	return {
		showScreen: (screen) => change((view) => showScreen(view, screen)),
		open: (layer) => change((view) => openLayer(view, layer)),
		close: () => change(closeLayer),
		setField: (field) => change((view) => setField(view, field)),
		setFilter: (list, text) => change((view) => setFilter(view, list, text)),
		select: (list, row, lines) => change((view) => selectRow(view, list, row, lines)),
		scrollTo: (list, top) => change((view) => scrollTo(view, list, top)),
		choose: (name, choice) => change((view) => choose(view, name, choice)),
		tell: (tone, text) => change((view) => tell(view, tone, text)),
		hush: () => change(hush),
	};
}
