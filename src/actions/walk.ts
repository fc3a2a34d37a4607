import type { Layer, ViewState } from '../store/index.ts';
import type { Action } from './define.ts';
import type { Keymap } from './keymap.ts';
import { DEAF_MS } from './operations.ts';

/** One key as the terminal sent it: its name, and what it types ('' when nothing). */
export interface Pressed {
	readonly key: string;
	readonly text: string;
}

/** Where a key ends: in the text field, in an action, or nowhere. */
export type Step =
	| { readonly kind: 'type'; readonly layer: Layer }
	| { readonly kind: 'action'; readonly action: Action }
	| { readonly kind: 'ignored' };

/** Layers that fill the body like a screen: what works anywhere works in them. */
const FULL: ReadonlySet<Layer['kind']> = new Set([
	'service',
	'operation',
	'operations',
	'activity',
	'record',
	'plan',
]);

/** What asks something that cannot be taken back. */
const QUESTIONS: ReadonlySet<Layer['kind']> = new Set(['confirm', 'sign', 'quit', 'prune', 'agree']);

const IGNORED: Step = { kind: 'ignored' };

/** A text line keeps every key that edits it; the rest goes on, so Enter, Esc and the arrows still mean something. */
const EDITING = new Set(['backspace', 'delete', 'left', 'right', 'home', 'end']);
const CONTROL_EDITING = new Set([
	'ctrl-w',
	'ctrl-u',
	'ctrl-k',
	'ctrl-e',
	'ctrl-d',
	'ctrl-left',
	'ctrl-right',
]);

function isTyping({ key, text }: Pressed): boolean {
	if (EDITING.has(key) || CONTROL_EDITING.has(key) || key.startsWith('alt-')) return true;
	return text !== '' && key !== 'enter' && key !== 'tab' && key !== 'esc' && !key.startsWith('ctrl-');
}

/** Pure: text field → layer → screen → anywhere. */
export function walkKey(view: ViewState, pressed: Pressed, keymap: Keymap, monotonic: number): Step {
	const layer = view.layers.at(-1) ?? null;
	const { key } = pressed;
	const isQuestion = layer !== null && QUESTIONS.has(layer.kind);
	if (isQuestion && key !== 'ctrl-c' && monotonic - layer.openedAt < DEAF_MS) return IGNORED;
	if (layer?.field && isTyping(pressed)) return { kind: 'type', layer };
	const found = layer ? keymap.find(layer.kind, key) : keymap.find(view.screen, key);
	if (found) return { kind: 'action', action: found };
	const global = keymap.find('anywhere', key);
	if (!global) return IGNORED;
	if (layer && !FULL.has(layer.kind) && !global.always) return IGNORED;
	return { kind: 'action', action: global };
}
