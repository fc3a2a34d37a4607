import { type Locale, ownText } from '../domain/own-text.ts';
import type { Hush } from '../domain/picture.ts';
import { defineMessages, say } from './messages.ts';

const words = defineMessages({
	en: { maintenance: 'planned: {title}', hours: 'asked only {hours}', needs: 'follows from {check}' },
	'zh-CN': { maintenance: '计划内：{title}', hours: '仅在 {hours} 检查', needs: '由 {check} 引起' },
});

/** Why trouble is no news now: planned, outside the hours it is asked in, or explained by another check. */
export function hushText(hush: Hush, locale: Locale, nameOf: (check: string) => string): string {
	if (hush.kind === 'maintenance')
		return say(words, locale, 'maintenance', { title: ownText(hush.title, locale) });
	if (hush.kind === 'hours') return say(words, locale, 'hours', { hours: hush.text });
	return say(words, locale, 'needs', { check: nameOf(hush.check) });
}
