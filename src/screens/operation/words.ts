import type { OperationState } from '../../domain/operation.ts';
import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		operations: 'Operations',
		actions: 'Run an operation',
		what: 'OPERATION',
		result: 'RESULT',
		by: 'BY',
		started: 'STARTED',
		took: 'TOOK',
		empty: 'Nothing was run yet: “o” runs an operation.',
		'no-actions': 'The configuration names no actions.',
		output: 'OUTPUT',
		'no-output': 'It has written nothing yet.',
		gone: 'This operation is not known any more.',
		values: 'VALUES',
		files: 'WRITTEN',
		'started-by': 'started {time} by {by}',
		for: 'for {age}',
		lasted: 'took {age}',
		'way-back':
			'The output says what stands there now. Safety copies are pinned “restore”: T in Backups goes back to one.',
	},
	'zh-CN': {
		operations: '操作记录',
		actions: '执行操作',
		what: '操作',
		result: '结果',
		by: '执行人',
		started: '开始',
		took: '用时',
		empty: '尚未执行任何操作：按 “o” 执行。',
		'no-actions': '配置中没有定义操作。',
		output: '输出',
		'no-output': '尚无输出。',
		gone: '已没有该操作的记录。',
		values: '值',
		files: '写入文件',
		'started-by': '{time} 由 {by} 启动',
		for: '已执行 {age}',
		lasted: '用时 {age}',
		'way-back': '输出说明现在的内容。安全备份以“恢复前”固定：在备份屏幕按 T 可恢复到其中一份。',
	},
});

export function operationWord(
	locale: Locale,
	key: keyof (typeof texts)['en'],
	values: MessageValues = {},
): string {
	return say(texts, locale, key, values);
}

const states = defineMessages<OperationState>({
	en: { running: 'running', done: 'done', cancelled: 'cancelled', lost: 'lost' },
	'zh-CN': { running: '执行中', done: '已完成', cancelled: '已取消', lost: '已丢失' },
});

export function stateWord(state: OperationState, locale: Locale): string {
	return say(states, locale, state);
}
