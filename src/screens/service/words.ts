import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		port: 'port {port}',
		every: 'every {every}',
		timeout: 'timeout {timeout}',
		confirm: 'confirmed after {count}',
		uptime: '{share} in 24 h',
		late: 'began {time} late',
		next: 'next {time}',
		conditions: 'CONDITIONS',
		'no-conditions': 'No conditions are judged: the probe brought no reading.',
		must: 'must',
		should: 'should',
		values: 'VALUES',
		timings: 'TIMINGS',
		history: 'HISTORY',
		span: 'last {span}',
		'not-checked': 'blank: not checked',
		request: 'REQUEST',
		response: 'RESPONSE',
		body: 'BODY',
		cut: '{shown} of {bytes} bytes shown',
		empty: 'empty',
		copy: 'BY HAND',
		loading: 'asking …',
		'no-history': 'No history in this span yet.',
		'no-transcript':
			'Nothing was said: the probe has not run since this console opened, or the kind keeps no transcript.',
		gone: 'It is not in the configuration any more.',
		dns: 'DNS',
		connect: 'connect',
		tls: 'TLS',
		firstByte: 'first byte',
		download: 'download',
		total: 'total',
	},
	'zh-CN': {
		port: '端口 {port}',
		every: '每 {every}',
		timeout: '超时 {timeout}',
		confirm: '连续 {count} 次确认',
		uptime: '24 小时内 {share}',
		late: '迟 {time} 开始',
		next: '下次 {time}',
		conditions: '条件',
		'no-conditions': '没有可判定的条件：本次探测未取得读数。',
		must: '必须',
		should: '应',
		values: '值',
		timings: '耗时',
		history: '历史',
		span: '最近 {span}',
		'not-checked': '空白：未检查',
		request: '请求',
		response: '响应',
		body: '正文',
		cut: '共 {bytes} 字节，显示 {shown} 字节',
		empty: '空',
		copy: '手工执行',
		loading: '正在查询 …',
		'no-history': '此时间范围内尚无历史。',
		'no-transcript': '没有往来报文：控制台打开后尚未探测，或该类检查不保留报文。',
		gone: '它已不在配置中。',
		dns: 'DNS',
		connect: '连接',
		tls: 'TLS',
		firstByte: '首字节',
		download: '下载',
		total: '合计',
	},
});

export type ServiceWord = keyof (typeof texts)['en'];

export function serviceWord(locale: Locale, key: ServiceWord, values: MessageValues = {}): string {
	return say(texts, locale, key, values);
}

export function phaseWord(locale: Locale, phase: string): string {
	return Object.hasOwn(texts.en, phase) ? serviceWord(locale, phase as ServiceWord) : phase;
}
