import type { Reason } from '../domain/observation.ts';
import type { Locale } from '../domain/own-text.ts';
import { faultText } from '../i18n/fault.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { reasonText } from '../i18n/reason.ts';

const texts = defineMessages({
	en: { bug: 'a bug of this program in this check: {text}' },
	'zh-CN': { bug: '本程序在该检查中出错：{text}' },
});

/** One line that says why a level is what it is. */
export function sayReason(reason: Reason, locale: Locale): string {
	switch (reason.kind) {
		case 'condition':
			return reasonText(reason.outcome, locale, reason.severity);
		case 'fault':
			return faultText(reason.fault, locale);
		case 'bug':
			return say(texts, locale, 'bug', { text: reason.text });
	}
}
