import type { Fault, FaultCode } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import { clean, cut } from '../domain/text.ts';
import { formatValue, quantity } from '../domain/value.ts';
import { faultDetails, type Said } from './fault-words.ts';
import { defineMessages, say } from './messages.ts';

const WIDEST = 160;
const BRIEF = 12;

/** One plain sentence of at most 160 columns: what failed, where, and why with the value and the limit. */
export function faultText(fault: Fault, locale: Locale): string {
	const said: Said = {
		locale,
		code: fault.code,
		has: (name) => fault.detail[name] !== undefined && fault.detail[name] !== '',
		// Whoever made the fault may have forgotten: some of it comes from outside.
		text: (name) => clean(String(fault.detail[name] ?? ''), { max: 300 }),
		ms: (name) => measured(fault.detail[name], 'ms', locale),
		bytes: (name) => measured(fault.detail[name], 'bytes', locale),
	};
	const known = Object.hasOwn(faultDetails[locale], fault.code);
	return cut(known ? faultDetails[locale][fault.code](said) : fault.code, WIDEST);
}

function measured(value: string | number | undefined, unit: 'ms' | 'bytes', locale: Locale): string {
	const number = Number(value);
	return value === undefined || !Number.isFinite(number) ? '?' : formatValue(quantity(number, unit), locale);
}

const brief = defineMessages<FaultCode>({
	en: {
		refused: 'refused',
		timeout: 'timed out',
		reset: 'reset',
		'closed-early': 'closed early',
		unreachable: 'unreachable',
		'name-not-found': 'no such name',
		'dns-failed': 'DNS failed',
		'bad-certificate': 'certificate',
		'bad-protocol': 'not HTTP',
		'bad-body': 'bad body',
		'bad-encoding': 'bad encoding',
		'body-too-large': 'too large',
		'headers-too-large': 'big headers',
		'too-many-redirects': 'redirects',
		'redirect-refused': 'redirect',
		'file-missing': 'missing',
		'file-malformed': 'malformed',
		'access-denied': 'denied',
		'not-accepting': 'not open',
		'database-missing': 'missing',
		'database-corrupt': 'corrupt',
		'not-a-database': 'no database',
		'bad-query': 'bad query',
		'exit-by-signal': 'killed',
		'object-missing': 'missing',
		'no-time': 'no time',
		'log-too-large': 'too much log',
		'no-fresh-value': 'no value',
		'copy-damaged': 'damaged',
		'copy-incomplete': 'incomplete',
		'no-copy': 'no backup',
		'manifest-missing': 'no manifest',
		'manifest-malformed': 'bad manifest',
		'archive-unsafe': 'unsafe',
		'wrong-key': 'wrong key',
		'source-changed': 'changed',
		'nothing-to-copy': 'nothing',
		'not-mounted': 'not mounted',
		'name-taken': 'name taken',
		'not-empty': 'not empty',
		'not-restorable': 'no restore',
		'version-mismatch': 'version',
		'action-failed': 'failed',
		'proof-failed': 'not proven',
		'database-locked': 'locked',
		'command-missing': 'no command',
		'command-failed': 'failed',
		'no-permission': 'no access',
		'not-a-file': 'not a file',
		'secret-missing': 'no secret',
		'own-limit': 'own limit',
		cancelled: 'cancelled',
		'not-supported': 'unsupported',
		bug: 'own error',
		'disk-full': 'disk full',
		'read-only': 'read-only',
		'storage-busy': 'busy',
		'storage-corrupt': 'corrupt',
		'storage-newer': 'newer',
		'io-error': 'disk error',
	},
	'zh-CN': {
		refused: '拒绝连接',
		timeout: '超时',
		reset: '连接重置',
		'closed-early': '提前关闭',
		unreachable: '不可达',
		'name-not-found': '无此名称',
		'dns-failed': 'DNS 出错',
		'bad-certificate': '证书错误',
		'bad-protocol': '协议错误',
		'bad-body': '正文错误',
		'bad-encoding': '编码错误',
		'body-too-large': '正文过大',
		'headers-too-large': '头部过大',
		'too-many-redirects': '重定向过多',
		'redirect-refused': '重定向被拒',
		'file-missing': '文件缺失',
		'file-malformed': '格式错误',
		'access-denied': '拒绝登录',
		'not-accepting': '不接受连接',
		'database-missing': '数据库缺失',
		'database-corrupt': '数据库损坏',
		'not-a-database': '非数据库',
		'bad-query': '查询错误',
		'exit-by-signal': '被终止',
		'object-missing': '不存在',
		'no-time': '没有时间',
		'log-too-large': '日志过大',
		'no-fresh-value': '没有值',
		'copy-damaged': '备份损坏',
		'copy-incomplete': '备份不全',
		'no-copy': '无备份',
		'manifest-missing': '缺少清单',
		'manifest-malformed': '清单有误',
		'archive-unsafe': '归档不安全',
		'wrong-key': '密钥不符',
		'source-changed': '源已改变',
		'nothing-to-copy': '无可备份',
		'not-mounted': '未挂载',
		'name-taken': '重名',
		'not-empty': '不为空',
		'not-restorable': '不可恢复',
		'version-mismatch': '版本不符',
		'action-failed': '操作失败',
		'proof-failed': '未证实',
		'database-locked': '已锁定',
		'command-missing': '无此命令',
		'command-failed': '命令失败',
		'no-permission': '无权限',
		'not-a-file': '非普通文件',
		'secret-missing': '缺少密钥',
		'own-limit': '自身限制',
		cancelled: '已取消',
		'not-supported': '不支持',
		bug: '程序错误',
		'disk-full': '磁盘已满',
		'read-only': '只读',
		'storage-busy': '存储忙',
		'storage-corrupt': '存储损坏',
		'storage-newer': '版本较新',
		'io-error': '读写错误',
	},
});

/** At most 12 columns, for where a number would stand: `refused`, `timed out`. */
export function faultBrief(fault: Fault, locale: Locale): string {
	return cut(Object.hasOwn(brief[locale], fault.code) ? say(brief, locale, fault.code) : fault.code, BRIEF);
}
