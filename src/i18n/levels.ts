import type { Level } from '../domain/level.ts';
import type { Locale } from '../domain/own-text.ts';
import { defineMessages, say } from './messages.ts';

const words = defineMessages<Level>({
	en: { ok: 'ok', warning: 'warning', critical: 'critical', unknown: 'unknown', pending: 'pending' },
	'zh-CN': { ok: '正常', warning: '警告', critical: '严重', unknown: '未知', pending: '等待' },
});

export function levelWord(level: Level, locale: Locale): string {
	return say(words, locale, level);
}
