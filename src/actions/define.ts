import type { Engine } from '../domain/engine.ts';
import type { Locale } from '../domain/own-text.ts';
import type { LayerKind, Picture, PictureState, RowLines, ScreenId } from '../store/index.ts';

/** The same words in every language. */
export type Words = Readonly<Record<Locale, string>>;

/** The list the movement keys walk now: its selectable rows in order, and where they stand among its lines. */
export interface WalkedList {
	readonly name: string;
	readonly rows: readonly {
		readonly id: string;
		readonly start: number;
		readonly size: number;
		readonly isBad?: boolean;
	}[];
	readonly total: number;
	readonly height: number;
	/** The first line that is drawn now. */
	readonly top: number;
}

/** What an action may reach. Everything outside the picture comes from here, so actions are tested with plain objects. */
export interface ActionContext {
	readonly engine: Pick<Engine, 'send'>;
	readonly picture: Picture;
	readonly locale: Locale;
	/** Epoch ms. */
	now(): number;
	/** Never jumps; for how long ago something opened. */
	monotonic(): number;
	list(): WalkedList | null;
	/** Puts text on the operator's own clipboard through the terminal (OSC 52). */
	copy(text: string): void;
	/** Opens text in `$PAGER`; the screen is suspended meanwhile. */
	page(text: string): Promise<void>;
	/** The page in front as plain text. */
	plainText(): string;
	/** Asks the engine again for what the open page shows. */
	refresh(): void;
	/** Every action there is now, configured ones included. */
	actions(): readonly Action[];
	run(id: string): void;
	redraw(): void;
	suspend(): void;
	quit(): void;
}

export type Place = ScreenId | LayerKind;

/** Everything a person can do, said once: footer, help, palette and the key walk read this record. */
export interface Action {
	/** `noun.verb`. */
	readonly id: string;
	/** First is the one shown. `enter esc tab up down left right pgup pgdn home end ctrl-x` and single characters. */
	readonly keys: readonly string[];
	readonly label: Words;
	readonly help: Words;
	/** Where its keys work; `anywhere` is every screen and full page. */
	readonly where: 'anywhere' | readonly Place[];
	/** Works in panels that lie over the screen too. */
	readonly always?: boolean;
	/** Not offered by name: movement and answers to a question make no sense in the palette. */
	readonly silent?: boolean;
	/** Why it cannot be done now, or null. */
	disabled?(state: PictureState, context: ActionContext): Words | null;
	run(context: ActionContext): void | Promise<void>;
}

export function defineAction(action: Action): Action {
	return action;
}

export function words(en: string, zh: string): Words {
	return { en, 'zh-CN': zh };
}

/** The list's row that is selected, or its first. */
export function selectedRow(
	context: ActionContext,
): (WalkedList['rows'][number] & { readonly index: number }) | null {
	const list = context.list();
	if (!list) return null;
	const wanted = context.picture.state().view.places[list.name]?.selected;
	const found = list.rows.findIndex((row) => row.id === wanted);
	const index = Math.max(0, found);
	const row = list.rows[index];
	return row ? { ...row, index } : null;
}

export function linesOf(list: WalkedList, row: { readonly start: number; readonly size: number }): RowLines {
	return { start: row.start, size: row.size, total: list.total, height: list.height };
}
