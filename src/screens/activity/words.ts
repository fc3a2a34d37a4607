import { LEVELS, type Level } from '../../domain/level.ts';
import type { OperationState } from '../../domain/operation.ts';
import type { Locale } from '../../domain/own-text.ts';
import { formatValue, quantity } from '../../domain/value.ts';
import { levelWord } from '../../i18n/levels.ts';
import { defineMessages, say } from '../../i18n/messages.ts';
import { momentText } from '../../i18n/times.ts';
import { stateWord } from '../operation/words.ts';

const texts = defineMessages({
	en: {
		title: 'What this console itself ran and changed',
		time: 'TIME',
		by: 'BY',
		what: 'WHAT',
		empty: 'Nothing yet.',
		loading: 'asking …',
	},
	'zh-CN': {
		title: '控制台自身执行和更改的内容',
		time: '时间',
		by: '执行人',
		what: '内容',
		empty: '尚无记录。',
		loading: '正在查询 …',
	},
});

export function activityWord(locale: Locale, key: keyof (typeof texts)['en']): string {
	return say(texts, locale, key);
}

const codes = defineMessages({
	en: {
		'engine.opened': 'started',
		'engine.closed': 'stopped',
		'engine.started': 'started',
		'engine.stopped': 'stopped',
		'check.asked': 'asked again',
		'checks.asked': 'asked again',
		'operation.started': 'operation started',
		'operation.ended': 'operation ended',
		'operation.cancelled': 'operation cancelled',
		'operation.lost': 'operation lost: the process that ran it is gone',
		'operation.left-ended': 'operation lost: its console is gone; the command it left running was ended',
		'round.begun': 'round begun',
		'round.answered': 'step answered',
		'round.undone': 'answer taken back',
		'round.noted': 'note written',
		'round.pinned': 'log line pinned as evidence',
		'round.signed': 'round signed',
		'backup.due': 'backup due',
		'restore.asked': 'restore asked for: another operator has to agree',
		'restore.replacing': 'restore replaces what stands there',
		'event.told': 'event told',
		'config.reloaded': 'configuration reloaded',
		'config.refused': 'configuration not taken',
		'lease.taken': 'polls from here on',
		'lease.lost': 'another console polls now',
		'lease.released': 'stopped polling',
		'storage.failed': 'storing failed',
		'storage.recovered': 'storing works again',
		'clock.jumped': 'the wall clock jumped',
	},
	'zh-CN': {
		'engine.opened': '已启动',
		'engine.closed': '已停止',
		'engine.started': '已启动',
		'engine.stopped': '已停止',
		'check.asked': '重新检查',
		'checks.asked': '重新检查',
		'operation.started': '操作已启动',
		'operation.ended': '操作已结束',
		'operation.cancelled': '操作已取消',
		'operation.lost': '操作丢失：执行它的进程已不存在',
		'operation.left-ended': '操作丢失：其控制台已不存在，遗留的命令已被终止',
		'round.begun': '巡检开始',
		'round.answered': '步骤已答复',
		'round.undone': '答复已撤回',
		'round.noted': '已写备注',
		'round.pinned': '日志行已固定为证据',
		'round.signed': '巡检已签字',
		'backup.due': '备份到期',
		'restore.asked': '已请求恢复：须由另一位操作员同意',
		'restore.replacing': '恢复开始替换现有内容',
		'event.told': '已登记事件',
		'config.reloaded': '配置已重新加载',
		'config.refused': '配置未生效',
		'lease.taken': '开始由本控制台轮询',
		'lease.lost': '改由另一控制台轮询',
		'lease.released': '停止轮询',
		'storage.failed': '保存失败',
		'storage.recovered': '保存已恢复',
		'clock.jumped': '系统时钟跳变',
	},
});

const names = defineMessages({
	en: {
		action: 'action',
		by: 'by',
		byMs: 'by',
		checks: 'checks',
		command: 'runs',
		copy: 'backup',
		event: 'event',
		note: 'note',
		operation: 'operation',
		pid: 'pid',
		plan: 'plan',
		plannedAt: 'planned for',
		round: 'round',
		session: 'session',
		sheet: 'sheet',
		version: 'version',
	},
	'zh-CN': {
		action: '操作',
		by: '由',
		byMs: '相差',
		checks: '检查',
		command: '执行',
		copy: '备份',
		event: '事件',
		note: '备注',
		operation: '编号',
		pid: '进程',
		plan: '计划',
		plannedAt: '计划时间',
		round: '巡检',
		session: '会话',
		sheet: '巡检表',
		version: '版本',
	},
});

const ENDED_OTHERWISE: readonly OperationState[] = ['cancelled', 'lost'];

/** What was done, in words: first how it ended, then what about. What has no words yet stands as it is. */
export function activityText(
	code: string,
	detail: Readonly<Record<string, string | number>>,
	locale: Locale,
	zone: string,
): string {
	const what = Object.hasOwn(codes.en, code) ? say(codes, locale, code as keyof (typeof codes)['en']) : code;
	const { level, state, ...about } = detail;
	const parts = [what];
	const isKnown = (values: readonly string[], value: unknown) => values.includes(String(value));
	if (isKnown(ENDED_OTHERWISE, state)) parts.push(stateWord(state as OperationState, locale));
	else if (isKnown(LEVELS, level)) parts.push(levelWord(level as Level, locale));
	for (const [name, value] of Object.entries(about)) {
		const shown = Object.hasOwn(names.en, name)
			? say(names, locale, name as keyof (typeof names)['en'])
			: name;
		parts.push(`${shown} ${valueText(name, value, zone, locale)}`);
	}
	return parts.join(' · ');
}

function valueText(name: string, value: string | number, zone: string, locale: Locale): string {
	if (typeof value !== 'number') return value;
	if (name.endsWith('At')) return momentText(value, zone);
	if (name.endsWith('Ms')) return formatValue(quantity(value, 'ms'), { locale });
	return String(value);
}
