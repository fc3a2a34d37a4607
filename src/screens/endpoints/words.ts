import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		endpoint: 'ENDPOINT',
		name: 'NAME',
		value: 'VALUE',
		expected: 'EXPECTED',
		signed: 'SINCE LAST SIGNED',
		trend: 'TREND',
		age: 'AGE',
		was: 'was {value}',
		level: 'level',
		empty: 'No check shows a value yet: say which with “show:” in its configuration.',
		'no-match': 'No row holds “{filter}”.',
		baseline: 'Compared with {title} of {time}, signed by {by}.',
		'no-baseline': 'No round is signed yet: the first sign-off sets what to compare with.',
	},
	'zh-CN': {
		endpoint: '接口',
		name: '名称',
		value: '值',
		expected: '期望',
		signed: '较上次签字',
		trend: '趋势',
		age: '距今',
		was: '原为 {value}',
		level: '级别',
		empty: '尚无检查项显示值：请在其配置中用 “show:” 指定。',
		'no-match': '没有包含“{filter}”的行。',
		baseline: '对比基线：{title}，{time}，由 {by} 签字。',
		'no-baseline': '尚无已签字的巡检：首次签字后才有可比较的基线。',
	},
});

export function endpointWord(
	locale: Locale,
	key: keyof (typeof texts)['en'],
	values: MessageValues = {},
): string {
	return say(texts, locale, key, values);
}
