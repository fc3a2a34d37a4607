import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		due: 'due {time}',
		left: '{age} left',
		late: '{age} late',
		next: 'next {title} {time}',
		polling: 'polling',
		following: '{who} polls',
		waiting: 'nobody polls',
		saved: 'saved',
		unsaved: '{count} results not stored: {why} since {time}',
		'unsaved-short': '{count} not stored',
		'too-small': 'rounds needs 80×24 or more; this terminal is {columns}×{rows}.',
		config: 'configuration not taken: {file}:{line}:{column} {message}',
		'config-more': 'and {count} more; the last good one stays in use',
		'config-one': 'the last good one stays in use',
		crashed: 'the engine has stopped by a bug: {text}',
		'crash-file': 'written to {file}',
		starting: 'starting …',
		filter: 'filter',
		filtered: 'filter: {text}',
	},
	'zh-CN': {
		due: '应于 {time}',
		left: '还剩 {age}',
		late: '已迟 {age}',
		next: '下次{title} {time}',
		polling: '正在轮询',
		following: '由 {who} 轮询',
		waiting: '无人轮询',
		saved: '已保存',
		unsaved: '{count} 项结果未保存：{why}，自 {time} 起',
		'unsaved-short': '{count} 项未保存',
		'too-small': 'rounds 至少需要 80×24，当前终端为 {columns}×{rows}。',
		config: '配置未生效：{file}:{line}:{column} {message}',
		'config-more': '另有 {count} 处；继续使用上一份有效配置',
		'config-one': '继续使用上一份有效配置',
		crashed: '引擎因程序错误停止：{text}',
		'crash-file': '已写入 {file}',
		starting: '正在启动 …',
		filter: '筛选',
		filtered: '筛选：{text}',
	},
});

export function frameWord(
	locale: Locale,
	key: keyof (typeof texts)['en'],
	values: MessageValues = {},
): string {
	return say(texts, locale, key, values);
}
