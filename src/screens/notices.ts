import type { KeyConflict } from '../actions/index.ts';
import { FAULTS, type FaultCode } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import { formatValue, quantity } from '../domain/value.ts';
import { faultText } from '../i18n/fault.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import type { Notice } from '../store/index.ts';

const texts = defineMessages({
	en: {
		'clock.jumped': 'the wall clock jumped by {by}; intervals keep their own time',
		'error-log.failed': 'the error log could not be written: {why}',
		'state.owner': 'the state in {path} is yours alone; state.group shares it with a team',
		'storage.lost': 'it stores again; {count} results were too many to wait and are lost',
		conflict: 'key {key} means {kept} here, so {lost} has no key: see “keys” in the configuration',
	},
	'zh-CN': {
		'clock.jumped': '系统时钟跳变 {by}，检查间隔不受影响',
		'error-log.failed': '错误日志写入失败：{why}',
		'state.owner': '{path} 中的状态仅您本人可用；设置 state.group 可与团队共享',
		'storage.lost': '已恢复保存；有 {count} 个结果因等待过多而丢失',
		conflict: '按键 {key} 已用于 {kept}，{lost} 因此没有按键：请查看配置中的 “keys”',
	},
});

/** A notice of the engine in one line; a code without words yet stands as it is, with its values. */
export function noticeText({ code, detail }: Notice, locale: Locale): string {
	switch (code) {
		case 'clock.jumped':
			return say(texts, locale, code, {
				by: formatValue(quantity(Number(detail['byMs'] ?? 0), 'ms'), { locale }),
			});
		case 'state.owner':
			return say(texts, locale, code, { path: String(detail['path'] ?? '') });
		case 'storage.lost':
			return say(texts, locale, code, { count: Number(detail['count'] ?? 0) });
		case 'error-log.failed':
			return say(texts, locale, code, { why: whyText(detail, locale) });
		default:
			return [code, ...Object.entries(detail).map(([name, value]) => `${name} ${value}`)].join(' · ');
	}
}

function whyText(detail: Notice['detail'], locale: Locale): string {
	const code = String(detail['code'] ?? '');
	return Object.hasOwn(FAULTS, code) ? faultText({ code: code as FaultCode, detail }, locale) : code;
}

export function conflictText({ key, kept, lost }: KeyConflict, locale: Locale): string {
	return say(texts, locale, 'conflict', { key, kept, lost });
}
