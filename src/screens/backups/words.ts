import type { BackupVerb } from '../../domain/backup.ts';
import type { Locale } from '../../domain/own-text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';

const texts = defineMessages({
	en: {
		plan: 'PLAN',
		level: 'LEVEL',
		proven: 'PROVEN ON',
		drill: 'NEXT DRILL',
		size: 'SIZE',
		change: 'CHANGE',
		trend: 'TREND',
		next: 'NEXT',
		last: 'LAST',
		never: 'never',
		overdue: 'overdue {age}',
		'by-hand': 'by hand',
		'runs-since': 'runs for {age}, started by {by}',
		waiting: 'Waiting for the first look at the backups …',
		empty: 'Nothing is backed up yet: the configuration names no “backups”.',
		'no-match': 'No row holds “{filter}”.',
		nothing: 'nothing to back up: {why}',
		plans: '{count} plans',
		'plans-one': '1 plan',
		'proven-sum': '{count} proven',
		copies: '{count} copies',
		'copies-one': '1 copy',
		'size-sum': '{size} in all',
		'summary-nothing': '{count} with nothing to back up',
		'hint-backup': 'B makes a copy',
		'hint-drill': 'D drills',
		'hint-output': 'O shows its output',
		'hint-open': '↵ shows what did not hold',
		'hint-look': 'L looks again',
	},
	'zh-CN': {
		plan: '计划',
		level: '级别',
		proven: '证实于',
		drill: '下次演练',
		size: '大小',
		change: '变化',
		trend: '趋势',
		next: '下次',
		last: '最近',
		never: '从未',
		overdue: '逾期 {age}',
		'by-hand': '手动',
		'runs-since': '已执行 {age}，由 {by} 启动',
		waiting: '正在等待首次查看备份 …',
		empty: '尚无备份：配置中没有 “backups”。',
		'no-match': '没有包含“{filter}”的行。',
		nothing: '无可备份：{why}',
		plans: '{count} 个计划',
		'plans-one': '1 个计划',
		'proven-sum': '{count} 个已证实',
		copies: '{count} 份备份',
		'copies-one': '1 份备份',
		'size-sum': '共 {size}',
		'summary-nothing': '{count} 个无可备份',
		'hint-backup': '按 B 备份',
		'hint-drill': '按 D 演练',
		'hint-output': '按 O 查看输出',
		'hint-open': '按 ↵ 查看不符之处',
		'hint-look': '按 L 重新查看',
	},
});

export type BackupWord = keyof (typeof texts)['en'];

export function backupWord(locale: Locale, key: BackupWord, values: MessageValues = {}): string {
	return say(texts, locale, key, values);
}

const verbs = defineMessages<BackupVerb>({
	en: { backup: 'backup', verify: 'verify', drill: 'drill', restore: 'restore', prune: 'prune' },
	'zh-CN': { backup: '备份', verify: '校验', drill: '演练', restore: '恢复', prune: '清理' },
});
export const verbWord = (verb: BackupVerb, locale: Locale): string => say(verbs, locale, verb);

const pins = defineMessages({
	en: { deploy: 'deploy', restore: 'restore' },
	'zh-CN': { deploy: '部署前', restore: '恢复前' },
});
/** Why a copy is kept whatever its age: our own words are said in the operator's language, others stand as they are. */
export function pinWord(pinned: string, locale: Locale): string {
	return pinned === 'deploy' || pinned === 'restore' ? say(pins, locale, pinned) : pinned;
}
