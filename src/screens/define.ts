import type { Action, ActionContext, Keymap } from '../actions/index.ts';
import type { Level } from '../domain/level.ts';
import type { Layer, LayerKind, PictureState, ScreenId } from '../store/index.ts';
import type { Canvas, Page } from './page.ts';

/** A numbered screen. Its number and name are those of the action `screen.<id>`. */
export interface Screen {
	readonly id: ScreenId;
	/** Actions named in the footer, most useful first; those that cannot be done now are left out. */
	readonly footer: readonly string[];
	/** Pure: the same picture and canvas give the same lines. */
	page(state: PictureState, canvas: Canvas): Page;
	/** What stands badly there, shown beside its name in the header; null: nothing, or it is seen elsewhere. */
	mark?(state: PictureState): Level | null;
	/** Asks the engine for what events do not bring; called when the screen is entered and when something changed. */
	load?(context: ActionContext): Promise<void>;
}

/** What lies over a screen: a full page, or a panel. */
export interface LayerView {
	readonly kind: LayerKind;
	/** Fills the whole body. */
	readonly isFull: boolean;
	readonly footer: readonly string[];
	title(state: PictureState, canvas: Canvas, layer: Layer): string;
	/** A panel's canvas is what stands within its edges. */
	page(state: PictureState, canvas: Canvas, layer: Layer, context: LayerSurroundings): Page;
	/** Columns and lines a panel wants of the body, edges included. */
	size?(
		state: PictureState,
		canvas: Canvas,
		layer: Layer,
		context: LayerSurroundings,
	): { readonly width: number; readonly height: number };
	load?(context: ActionContext, layer: Layer): Promise<void>;
}

/** What panels that speak about actions need besides the picture. */
export interface LayerSurroundings {
	readonly actions: readonly Action[];
	readonly keymap: Keymap;
	/** Why an action cannot be done now, or null. */
	disabled(action: Action): string | null;
}
