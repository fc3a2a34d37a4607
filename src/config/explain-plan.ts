import type { BackupPlan, Encryption, TargetDefinition } from '../domain/backup.ts';
import { sealedSuffix } from '../domain/backup-name.ts';
import { type Locale, type OwnText, ownText } from '../domain/own-text.ts';
import { Secret } from '../domain/secret.ts';
import type { SystemDefinition } from '../domain/system.ts';
import { clean } from '../domain/text.ts';
import { cadencedText } from '../i18n/backup.ts';
import { faultText } from '../i18n/fault.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { findSource } from '../sources/index.ts';
import { findTarget } from '../targets/index.ts';
import { optionLines, spanText } from './explain.ts';

const words = defineMessages({
	en: {
		environment: 'environment',
		nothing: 'nothing to back up',
		source: 'source',
		copies: 'copies',
		options: 'options',
		targets: 'targets',
		broken: 'cannot run',
		names: 'names',
		pinned: '{name} (pinned)',
		compress: 'compression',
		encrypt: 'encryption',
		recipients: 'age, for {list}',
		identity: 'opened with *** ({reference})',
		'no-identity': 'cannot be opened here: no identity is configured',
		passphrase: 'age, with a passphrase: *** ({reference})',
		schedule: 'schedule',
		zoned: '{times} ({zone})',
		timeout: 'timeout',
		keep: 'kept',
		'for-ever': 'for ever',
		age: 'younger than {span}',
		count: 'the newest {count}',
		both: 'what is either {one} or among {other}',
		auto: 'the rest is removed after each planned run',
		'by-hand': 'the rest is removed once somebody agrees to the preview',
		base: 'continues',
		prove: 'proven by',
		drill: 'drill',
		'drill-every': 'every {span}',
		'drill-by-hand': 'by hand',
		'drill-scratch': 'into a scratch place of its own',
		'drill-into': 'into {into}',
		mask: 'masked by',
		must: 'drill must',
		should: 'drill should',
		restore: 'restore',
		'not-restorable': 'what is kept is a record and cannot be restored',
		'with-base': 'together with the copy of {base} that it continues',
		replaces: 'replaces {place}',
		stops: 'stops {list}',
		starts: 'starts {list}',
		second: 'a second operator has to start the same',
		warns: 'says: {text}',
		none: 'none',
	},
	'zh-CN': {
		environment: '环境',
		nothing: '没有可备份的内容',
		source: '来源',
		copies: '备份内容',
		options: '选项',
		targets: '目标',
		broken: '无法运行',
		names: '名称',
		pinned: '{name}（固定）',
		compress: '压缩',
		encrypt: '加密',
		recipients: 'age，收件人 {list}',
		identity: '用 *** 打开（{reference}）',
		'no-identity': '此处无法打开：未配置私钥',
		passphrase: 'age，口令：***（{reference}）',
		schedule: '时间',
		zoned: '{times}（{zone}）',
		timeout: '超时',
		keep: '保留',
		'for-ever': '永久',
		age: '{span} 以内的',
		count: '最新 {count} 份',
		both: '{one}，以及{other}',
		auto: '其余在每次计划运行后清除',
		'by-hand': '其余在有人同意预览后清除',
		base: '延续',
		prove: '证实依据',
		drill: '演练',
		'drill-every': '每 {span}',
		'drill-by-hand': '手动',
		'drill-scratch': '恢复到自己的临时位置',
		'drill-into': '恢复到 {into}',
		mask: '脱敏语句',
		must: '演练必须',
		should: '演练应当',
		restore: '恢复',
		'not-restorable': '保存的是记录，无法恢复',
		'with-base': '随其延续的 {base} 备份一起恢复',
		replaces: '替换 {place}',
		stops: '停止 {list}',
		starts: '启动 {list}',
		second: '须由另一位操作员同样启动',
		warns: '提示：{text}',
		none: '无',
	},
});

type Key = keyof (typeof words)['en'];

/** What a backup plan will really do, every reference filled in and every secret masked; null when there is no such plan. */
export function explainPlan(system: SystemDefinition, id: string, locale: Locale = 'en'): string | null {
	const plan = system.backups.find((known) => known.id === id);
	if (plan === undefined) return null;
	const word = (key: Key, values = {}) => say(words, locale, key, values);
	const own = (text: OwnText) => ownText(text, locale);
	const title = own(plan.title);
	const lines = [title === plan.id ? plan.id : `${plan.id} · ${title}`];
	const add = (key: Key, values: readonly (string | null)[]) => {
		const shown = values.filter((value) => value !== null);
		const [only] = shown;
		const label = `  ${word(key)}:`;
		lines.push(shown.length > 1 ? label : `${label} ${only ?? word('none')}`);
		if (shown.length > 1) for (const value of shown) lines.push(`    ${value}`);
	};
	const done = () => `${lines.map((line) => clean(line)).join('\n')}\n`;
	add('environment', [system.environment.name]);
	if (plan.nothing !== null) {
		add('nothing', [own(plan.nothing)]);
		return done();
	}
	const source = findSource(plan.source);
	add('source', [`${plan.source}${source === undefined ? '' : ` (${own(source.title)})`}`]);
	if (source !== undefined) add('copies', [source.subject(plan.options)]);
	if (plan.broken !== undefined) add('broken', [faultText(plan.broken, locale)]);
	add('options', optionLines(plan.options));
	add(
		'targets',
		plan.targets.flatMap((target) => targetLines(target, locale)),
	);
	const end = sealedSuffix(plan.compress, plan.encrypt !== null);
	const named = (name: string) => (name.endsWith(end) ? name : `${name}${end}`);
	add('names', [named(plan.names.plain), word('pinned', { name: named(plan.names.pinned) })]);
	add('compress', [plan.compress === 'none' ? word('none') : plan.compress]);
	add('encrypt', encryptLines(plan.encrypt, word));
	const times = cadencedText(plan.schedule, locale);
	const isAt = plan.schedule?.kind === 'at';
	add('schedule', [isAt ? word('zoned', { times, zone: system.timezone }) : times]);
	add('timeout', [spanText(plan.timeoutMs)]);
	const isLimited = plan.keep.ageMs !== null || plan.keep.count !== null;
	add('keep', [keepText(plan, word), isLimited ? word(plan.keep.isAuto ? 'auto' : 'by-hand') : null]);
	if (plan.base !== null) add('base', [plan.base]);
	add('prove', plan.prove);
	const isRestorable = source?.restoring != null && source.restoring.possible?.(plan.options) !== false;
	if (!isRestorable) {
		add('restore', [plan.base === null ? word('not-restorable') : word('with-base', { base: plan.base })]);
		return done();
	}
	const { drill, restore } = plan;
	const into = drill.into === null || drill.into === undefined ? null : optionLines(drill.into).join(', ');
	add('drill', [
		drill.everyMs === null ? word('drill-by-hand') : word('drill-every', { span: spanText(drill.everyMs) }),
		into === null ? word('drill-scratch') : word('drill-into', { into }),
	]);
	if (drill.mask.length > 0) add('mask', drill.mask);
	for (const key of ['must', 'should'] as const)
		if (drill[key].length > 0)
			add(
				key,
				drill[key].map((condition) => condition.text),
			);
	add('restore', [
		word('replaces', { place: source.restoring.live(plan.options).shown }),
		restore.stop.length === 0 ? null : word('stops', { list: restore.stop.join(', ') }),
		restore.start.length === 0 ? null : word('starts', { list: restore.start.join(', ') }),
		restore.second ? word('second') : null,
		restore.warn === null ? null : word('warns', { text: own(restore.warn) }),
	]);
	return done();
}

function targetLines({ name, kind, options }: TargetDefinition, locale: Locale): string[] {
	const target = findTarget(kind);
	if (target === undefined) return [`${name} (${kind})`];
	const where = target.where(options);
	const more = optionLines(options).filter((line) => !line.endsWith(`: ${where}`));
	return [`${name} (${ownText(target.title, locale)}): ${where}`, ...more.map((line) => `  ${line}`)];
}

/** Public keys are shown; what opens copies again is a reference at most. */
function encryptLines(
	encrypt: Encryption | null,
	word: (key: Key, values?: Record<string, string>) => string,
): string[] {
	if (encrypt === null) return [];
	const { recipients, identity, passphrase } = encrypt;
	const referenceOf = (text: Encryption['identity']) => (text instanceof Secret ? text.reference : '***');
	if (passphrase !== null) return [word('passphrase', { reference: referenceOf(passphrase) })];
	return [
		word('recipients', { list: recipients.join(', ') }),
		identity === null ? word('no-identity') : word('identity', { reference: referenceOf(identity) }),
	];
}

function keepText(
	{ keep }: BackupPlan,
	word: (key: Key, values?: Record<string, string | number>) => string,
): string {
	const age = keep.ageMs === null ? null : word('age', { span: spanText(keep.ageMs) });
	const count = keep.count === null ? null : word('count', { count: keep.count });
	if (age !== null && count !== null) return word('both', { one: age, other: count });
	return age ?? count ?? word('for-ever');
}
