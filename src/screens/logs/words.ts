import type { LogLevel } from '../../domain/log-line.ts';
import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		all: 'All logs',
		'from-all': 'all levels',
		'from-error': 'errors',
		'from-warning': 'warnings and worse',
		'from-info': 'information and worse',
		error: 'error',
		warning: 'warning',
		info: 'info',
		debug: 'debug',
		unknown: '',
		errors: '{count} errors since {time}',
		'error-one': '1 error since {time}',
		counting: 'counting errors since {time} …',
		following: 'following',
		newer: 'new lines · G shows them',
		stopped: 'not following · f follows',
		search: 'search',
		holds: 'holds “{text}”',
		reading: 'reading …',
		'no-sources': 'No service names any log in the configuration.',
		'no-files': 'There is no file yet. It is looked for at:',
		'no-lines': 'No line here. It is read from:',
		'no-match': 'No line holds “{text}”.',
		'no-level': 'No line of this level. l shows others.',
		'file-missing': 'missing',
		'no-permission': 'no permission to read it',
		'file-malformed': 'not text: it looks binary',
		'not-a-file': 'not a file',
		'io-error': 'cannot be read',
		'more-faults': 'and {count} more files that cannot be read',
		record: 'Record',
		'record-ours': 'written by this console',
		'record-gone': 'This line is not held any more.',
		shifted: '→ from column {column}',
	},
	'zh-CN': {
		all: '全部日志',
		'from-all': '所有级别',
		'from-error': '仅错误',
		'from-warning': '警告及以上',
		'from-info': '信息及以上',
		error: '错误',
		warning: '警告',
		info: '信息',
		debug: '调试',
		unknown: '',
		errors: '自 {time} 起 {count} 条错误',
		'error-one': '自 {time} 起 1 条错误',
		counting: '正在统计自 {time} 起的错误 …',
		following: '正在跟随',
		newer: '有新内容 · 按 G 查看',
		stopped: '未跟随 · 按 f 跟随',
		search: '搜索',
		holds: '包含“{text}”',
		reading: '正在读取 …',
		'no-sources': '配置中没有任何服务指定日志。',
		'no-files': '尚无文件。查找位置：',
		'no-lines': '此处没有日志。读取自：',
		'no-match': '没有包含“{text}”的行。',
		'no-level': '没有该级别的行。按 l 查看其他级别。',
		'file-missing': '文件不存在',
		'no-permission': '无读取权限',
		'file-malformed': '不是文本，疑为二进制文件',
		'not-a-file': '不是文件',
		'io-error': '无法读取',
		'more-faults': '另有 {count} 个文件无法读取',
		record: '记录',
		'record-ours': '由本控制台写入',
		'record-gone': '该行已不在内存中。',
		shifted: '→ 自第 {column} 列',
	},
});

export type LogWord = keyof (typeof texts)['en'];

export function logWord(locale: Locale, key: LogWord, values: MessageValues = {}): string {
	return say(texts, locale, key, values);
}

export function logLevelWord(locale: Locale, level: LogLevel): string {
	return say(texts, locale, level);
}

/** What is wrong with a file, by its fault code; a code without words stands as it is. */
export function fileFaultText(locale: Locale, code: string): string {
	return Object.hasOwn(texts.en, code) ? logWord(locale, code as LogWord) : code;
}
