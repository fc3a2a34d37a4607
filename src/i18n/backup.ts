import type { CopyState, ProgressPhase } from '../domain/backup.ts';
import type { PlanReason, ProgressPicture } from '../domain/backup-picture.ts';
import { atText, type Cadenced } from '../domain/backup-schedule.ts';
import type { Locale } from '../domain/own-text.ts';
import type { Samples } from '../domain/reading.ts';
import type { KeptBecause } from '../domain/retention.ts';
import { formatBare, formatValue, quantity } from '../domain/value.ts';
import { faultText } from './fault.ts';
import { defineMessages, say } from './messages.ts';
import { momentText } from './times.ts';

const reasons = defineMessages<Exclude<PlanReason['kind'], 'broken'> | 'why'>({
	en: {
		failed: 'the newest run failed at {at}',
		overdue: 'overdue since {at}',
		never: 'never backed up',
		unproven: 'not proven: no restored copy has passed the checks',
		'drill-overdue': 'drill overdue since {at}',
		'drill-failed': 'the drill of {at} failed',
		'drill-vacuous': 'the drill of {at} could not have failed, so it proved nothing',
		damaged: 'damaged: {name}',
		gone: '{name} is no longer in {target}',
		target: 'target {target}',
		shrunk: '{share} smaller than the one before',
		why: ': {why}',
	},
	'zh-CN': {
		failed: '最近一次运行于 {at} 失败',
		overdue: '自 {at} 起逾期',
		never: '从未备份',
		unproven: '未经证实：没有恢复出的副本通过检查',
		'drill-overdue': '演练自 {at} 起逾期',
		'drill-failed': '{at} 的演练失败',
		'drill-vacuous': '{at} 的演练不可能失败，因此什么也没有证明',
		damaged: '已损坏：{name}',
		gone: '{name} 已不在 {target} 中',
		target: '目标 {target}',
		shrunk: '比前一份小 {share}',
		why: '：{why}',
	},
});

/** Why a plan does not stand well, as one line. `zone`: whose clock times are told in. */
export function planReasonText(reason: PlanReason, locale: Locale, zone: string): string {
	const time = (at: number) => momentText(at, zone);
	const told = (key: Exclude<PlanReason['kind'], 'broken'>, values = {}) => say(reasons, locale, key, values);
	const why = (fault: Parameters<typeof faultText>[0] | null) =>
		fault === null ? '' : say(reasons, locale, 'why', { why: faultText(fault, locale) });
	switch (reason.kind) {
		case 'failed':
			return told('failed', { at: time(reason.at) }) + why(reason.fault);
		case 'overdue':
		case 'drill-overdue':
			return told(reason.kind, { at: time(reason.since) });
		case 'drill-failed':
		case 'drill-vacuous':
			return told(reason.kind, { at: time(reason.at) });
		case 'damaged':
			return told('damaged', { name: reason.name });
		case 'gone':
			return told('gone', { name: reason.name, target: reason.target });
		case 'target':
			return told('target', { target: reason.target }) + why(reason.fault);
		case 'shrunk':
			return told('shrunk', { share: formatValue(quantity(reason.share, 'ratio'), locale) });
		case 'broken':
			return faultText(reason.fault, locale);
		default:
			return told(reason.kind);
	}
}

const phases = defineMessages<ProgressPhase>({
	en: {
		copy: 'copying',
		pack: 'packing',
		compress: 'compressing',
		encrypt: 'encrypting',
		hash: 'hashing',
		send: 'sending',
		fetch: 'fetching',
		open: 'opening',
		unpack: 'unpacking',
		restore: 'restoring',
		check: 'checking',
		prove: 'proving',
		clean: 'cleaning up',
	},
	'zh-CN': {
		copy: '复制',
		pack: '打包',
		compress: '压缩',
		encrypt: '加密',
		hash: '计算哈希',
		send: '发送',
		fetch: '取回',
		open: '打开',
		unpack: '解包',
		restore: '恢复',
		check: '检查',
		prove: '证实',
		clean: '清理',
	},
});

export function phaseWord(phase: ProgressPhase, locale: Locale): string {
	return say(phases, locale, phase);
}

const amounts = defineMessages({
	en: {
		of: '{done} of {total}',
		rate: '{rate}/s',
		left: '{time} left',
		files: '{count} files',
		steps: '{count} steps',
	},
	'zh-CN': {
		of: '{done} / {total}',
		rate: '{rate}/秒',
		left: '剩余 {time}',
		files: '{count} 个文件',
		steps: '{count} 步',
	},
});

/** `copying · 41 % · 412 MiB of 1 GiB · 98 MiB/s · 6 s left`: what is known of it, in one line. */
export function progressText(progress: ProgressPicture, locale: Locale): string {
	const { phase, done, total, unit, rate, leftMs } = progress;
	const amount = (count: number) =>
		unit === 'bytes'
			? bytesText(count, locale)
			: say(amounts, locale, unit, { count: formatValue(quantity(Math.round(count), 'none'), locale) });
	const parts = [phaseWord(phase, locale)];
	if (total !== null && total > 0) parts.push(`${Math.floor(Math.min(1, done / total) * 100)} %`);
	if (done > 0 || total !== null)
		parts.push(
			total === null
				? amount(done)
				: say(amounts, locale, 'of', {
						done: unit === 'bytes' ? amount(done) : formatValue(quantity(done, 'none'), locale),
						total: amount(total),
					}),
		);
	if (rate !== null && unit !== 'steps') parts.push(say(amounts, locale, 'rate', { rate: amount(rate) }));
	if (leftMs !== null && leftMs > 0)
		parts.push(say(amounts, locale, 'left', { time: spanWords(Math.ceil(leftMs / 1000) * 1000, locale) }));
	return parts.join(' · ');
}

const kept = defineMessages<KeptBecause>({
	en: {
		'for-ever': 'kept for ever',
		pinned: 'pinned',
		young: 'younger than what goes',
		newest: 'among the newest that are kept',
		'last-good': 'the last good one',
		'last-proven': 'the newest that is proven',
		chain: 'increments stand on it',
		future: 'made in the future by some clock',
	},
	'zh-CN': {
		'for-ever': '永久保留',
		pinned: '已固定',
		young: '未到保留期限',
		newest: '属于保留的最新几份',
		'last-good': '最后一份完好的',
		'last-proven': '最新一份经过证实的',
		chain: '有增量以它为基础',
		future: '时间在将来，某处时钟有误',
	},
});

/** Why retention leaves a copy alone. */
export function keptText(because: KeptBecause, locale: Locale): string {
	return say(kept, locale, because);
}

const states = defineMessages<CopyState>({
	en: { there: 'there', gone: 'gone', damaged: 'damaged', removed: 'removed' },
	'zh-CN': { there: '存在', gone: '已不在', damaged: '已损坏', removed: '已清除' },
});

export function copyStateWord(state: CopyState, locale: Locale): string {
	return say(states, locale, state);
}

/** `1.5 MiB`. */
export function bytesText(bytes: number, locale: Locale): string {
	return formatValue(quantity(Math.round(bytes), 'bytes'), locale);
}

/** A duration in its two largest units: `3 min 20 s`. */
export function spanWords(ms: number, locale: Locale): string {
	return formatValue(quantity(Math.round(ms), 'ms'), locale);
}

/** `+3.1 %`, `−12 %`, `=`: a size against the one before. */
export function changeText(change: number, locale: Locale): string {
	const rounded = Math.round(change * 1000) / 1000;
	if (rounded === 0) return '=';
	return `${rounded > 0 ? '+' : ''}${formatValue(quantity(rounded, 'ratio'), locale)}`;
}

const cadence = defineMessages({
	en: { every: 'every {span}', byHand: 'by hand' },
	'zh-CN': { every: '每 {span}', byHand: '手动' },
});

/** `02:00`, `sun 03:00`, `every 15 min`, `by hand`. */
export function cadencedText(schedule: Cadenced | null, locale: Locale): string {
	if (schedule === null) return say(cadence, locale, 'byHand');
	if (schedule.kind === 'at') return atText(schedule);
	return say(cadence, locale, 'every', { span: spanWords(schedule.everyMs, locale) });
}

const methods = defineMessages({
	en: {
		'wal-snapshot': 'snapshot of the WAL',
		'locked-steps': 'in steps under short locks',
		'locked-whole': 'whole under a read lock',
		'vacuum-into': 'VACUUM INTO',
		command: 'by a command',
		export: 'answer of an address',
		fingerprints: 'names and fingerprints',
		'pg-basebackup': 'pg_basebackup',
		'pg-dump': 'pg_dump',
		archived: 'archived segments',
		switched: 'segments, the newest switched and archived',
	},
	'zh-CN': {
		'wal-snapshot': 'WAL 快照',
		'locked-steps': '短时加锁，分步复制',
		'locked-whole': '读锁下整体复制',
		'vacuum-into': 'VACUUM INTO',
		command: '由命令生成',
		export: '地址的应答',
		fingerprints: '名称与指纹',
		'pg-basebackup': 'pg_basebackup',
		'pg-dump': 'pg_dump',
		archived: '已归档的日志段',
		switched: '日志段，最新一段经切换归档',
	},
});

/** How a copy was made; what a manifest calls otherwise stands as it is. */
export function methodText(method: string, locale: Locale): string {
	return Object.hasOwn(methods.en, method)
		? say(methods, locale, method as keyof (typeof methods)['en'])
		: method;
}

const samples = defineMessages({
	en: { bytes: 'size', took: 'took', rto: 'RTO', rpo: 'RPO', removed: 'removed', freed: 'freed' },
	'zh-CN': { bytes: '大小', took: '用时', rto: 'RTO', rpo: 'RPO', removed: '已清除', freed: '释放' },
});

/** `size 12 MiB · took 3 s`: what a backup's operation found, named by us; others name theirs themselves. */
export function foundTexts(found: Samples, locale: Locale): readonly string[] {
	return Object.entries(found).map(([name, value]) => {
		const word = Object.hasOwn(samples.en, name)
			? say(samples, locale, name as keyof (typeof samples)['en'])
			: name;
		return `${word} ${formatBare(value, { locale })}`;
	});
}
