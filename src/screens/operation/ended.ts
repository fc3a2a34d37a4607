import { beganText, cancellingText } from '../../actions/index.ts';
import type { EngineEvent } from '../../domain/engine.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { PictureState } from '../../store/index.ts';
import { foundText, resultOf, titleOf } from './rows.ts';

/**
 * What ended, said where the last line still says that it began: a message of its own would hide the keys from
 * somebody who is elsewhere by now.
 */
export function endedText(
	state: PictureState,
	events: readonly EngineEvent[],
	locale: Locale,
): { readonly tone: 'good' | 'bad'; readonly text: string } | null {
	const said = state.view.message?.text;
	if (said === undefined) return null;
	for (const event of events) {
		if (event.kind !== 'operation' || event.operation.state === 'running') continue;
		const { operation } = event;
		const { title } = operation;
		if (said !== beganText(title)[locale] && said !== cancellingText(title)[locale]) continue;
		const isGood = operation.state === 'done' && operation.level === 'ok';
		const result = resultOf(operation, locale).text;
		const why = isGood ? '' : foundText(state, operation, locale);
		const text = [titleOf(state, operation, locale), result, why].filter((part) => part !== '').join(' · ');
		return { tone: isGood || operation.state === 'cancelled' ? 'good' : 'bad', text };
	}
	return null;
}
