import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		service: 'SERVICE',
		port: 'PORT',
		level: 'LEVEL',
		latency: 'LATENCY',
		last: 'LAST {count} CHECKS',
		'last-short': 'LAST {count}',
		day: '24 H',
		age: 'AGE',
		'data-and-files': 'Data and files',
		since: 'since {time} ({age})',
		'no-answer': 'no answer since {time} ({age})',
		usual: 'usually {time} at this hour',
		flapping: 'changes too often to be believed',
		covered: '{evaluated} of {declared} checks evaluated, the oldest value {age} old',
		'covered-none': '{evaluated} of {declared} checks evaluated',
		more: '{count} more',
		'more-checks': 'and {count} more checks',
		empty: 'Nothing is watched yet: the configuration names no services and no checks.',
		waiting: 'Waiting for the first answers …',
		'no-match': 'No row holds “{filter}”.',
		signed: 'Last signed: {title} · {time} · {by}',
		'not-signed': 'No round is signed yet, so there is no baseline to compare with.',
	},
	'zh-CN': {
		service: '服务',
		port: '端口',
		level: '级别',
		latency: '延迟',
		last: '最近 {count} 次检查',
		'last-short': '最近 {count} 次',
		day: '24 小时',
		age: '距今',
		'data-and-files': '数据与文件',
		since: '自 {time} 起（{age}）',
		'no-answer': '自 {time} 起无应答（{age}）',
		usual: '此时段通常 {time}',
		flapping: '变化过于频繁，不足为信',
		covered: '{declared} 项检查中已评估 {evaluated} 项，最旧的值距今 {age}',
		'covered-none': '{declared} 项检查中已评估 {evaluated} 项',
		more: '另有 {count} 项',
		'more-checks': '另有 {count} 项检查异常',
		empty: '尚无监视对象：配置中没有服务和检查项。',
		waiting: '正在等待首批结果 …',
		'no-match': '没有包含“{filter}”的行。',
		signed: '最近签字：{title} · {time} · {by}',
		'not-signed': '尚无已签字的巡检，因此没有可比较的基线。',
	},
});

export function healthWord(
	locale: Locale,
	key: keyof (typeof texts)['en'],
	values: MessageValues = {},
): string {
	return say(texts, locale, key, values);
}
