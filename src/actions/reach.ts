import type { PictureState } from '../store/index.ts';
import { type Action, type ActionContext, type Words, words } from './define.ts';

const ELSEWHERE = words('it belongs to another screen', '该操作属于其他屏幕');

/** Why an action cannot be done now, or null: it belongs elsewhere, or says so itself. */
export function whyNot(action: Action, state: PictureState, context: ActionContext): Words | null {
	if (action.where !== 'anywhere') {
		const place = state.view.layers.at(-1)?.kind ?? state.view.screen;
		if (!action.where.includes(place)) return ELSEWHERE;
	}
	return action.disabled?.(state, context) ?? null;
}
