import { type Locale, type OwnText, ownText } from '../domain/own-text.ts';
import type { ActionFace, CheckFace } from '../domain/picture.ts';
import type { StepDefinition } from '../domain/system.ts';
import { defineMessages, say } from './messages.ts';

const words = defineMessages({
	en: { round: '{title} round' },
	'zh-CN': { round: '{title}巡检' },
});

/** `Morning round`; a title that says it is a round already stays as it is. */
export function sheetTitle(sheet: { readonly title: OwnText }, locale: Locale): string {
	const title = ownText(sheet.title, locale);
	return /round|巡检|检查/i.test(title) ? title : say(words, locale, 'round', { title });
}

/** What a step is called: its own title, else what it asks, runs or checks. */
export function stepTitle(
	step: StepDefinition,
	face: { readonly checks: readonly CheckFace[]; readonly actions: readonly ActionFace[] },
	locale: Locale,
): string {
	if (step.title !== null) return ownText(step.title, locale);
	if (step.kind === 'ask') return ownText(step.question, locale);
	if (step.kind === 'run') {
		const action = face.actions.find((a) => a.id === step.action);
		return action ? ownText(action.title, locale) : step.action;
	}
	return step.checks
		.map((id) => {
			const title = face.checks.find((c) => c.id === id)?.title ?? null;
			return title === null ? id : ownText(title, locale);
		})
		.join(' · ');
}
