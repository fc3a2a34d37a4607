import type { Refusal } from '../domain/engine.ts';
import { refusalText } from '../i18n/refusal.ts';
import type { ActionContext } from './define.ts';

/** One line that says why; a conflict says who was first and when. */
export function tellRefusal(context: ActionContext, refusal: Refusal): void {
	const zone = context.picture.state().face?.timezone ?? 'UTC';
	context.picture.view.tell('bad', refusalText(refusal, context.locale, zone));
}
