import type { FaultCode } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import { backupDetails } from './fault-words-backup.ts';
import { databaseDetails } from './fault-words-database.ts';

/** A fault's detail as its sentence asks for it. */
export interface Said {
	readonly locale: Locale;
	readonly code: FaultCode;
	has(name: string): boolean;
	text(name: string): string;
	ms(name: string): string;
	bytes(name: string): string;
}

type Sentences = Readonly<Record<FaultCode, (said: Said) => string>>;

/** ` · value` when the fault has it: the sentence is whole without. */
const also = (said: Said, ...names: readonly string[]): string => {
	const found = names.find((name) => said.has(name));
	return found === undefined ? '' : ` · ${said.text(found)}`;
};
const reasonIn = (words: Readonly<Record<string, string>>) => (said: Said) => {
	const reason = said.text('reason');
	return Object.hasOwn(words, reason) ? (words[reason] as string) : reason;
};
const because = (said: Said, word: (said: Said) => string): string =>
	said.has('reason') ? `: ${word(said)}` : '';

const certificate = reasonIn({
	'self-signed': 'it is signed by itself',
	expired: 'it has expired',
	'not-yet-valid': 'it is not valid yet',
	'wrong-name': 'it is for another name',
	revoked: 'it was revoked',
	untrusted: 'nobody trusted has signed it',
});
const body = reasonIn({
	empty: 'it is empty',
	html: 'it is an HTML page',
	'not-json': 'it is something else',
	truncated: 'it is cut off',
	broken: 'it is broken',
	syntax: 'it has a mistake',
	'duplicate-key': 'a key stands twice',
	'too-deep': 'it is nested too deep',
	'number-too-large': 'a number is too large',
	stale: 'it is older than this run',
});
const secret = reasonIn({
	'not-set': 'the variable is not set',
	empty: 'it is empty',
	'file-missing': 'the file is not there',
	'not-a-file': 'it is not a file',
	'no-permission': 'no permission to read it',
	'readable-by-others': 'everybody can read the file; try chmod 600',
	'body-too-large': 'it is larger than 64 KiB',
	'command-missing': 'the command was not found',
	timeout: 'the command took longer than 10 s',
	scheme: 'expected env:, file: or cmd:',
	command: 'the command cannot be split',
	signal: 'the command was killed',
});
const wordIn = (words: Readonly<Record<string, string>>) => (said: Said) => {
	const what = said.text('what');
	return Object.hasOwn(words, what) ? (words[what] as string) : what;
};
const thing = wordIn({
	unit: 'unit',
	container: 'container',
	workload: 'workload',
	process: 'process',
	journal: 'line of this unit in the journal',
	repository: 'git repository',
});

const en: Sentences = {
	refused: (said) =>
		`connection refused${said.has('address') ? ` · nothing listens on ${said.text('address')}` : ''}`,
	timeout: (said) =>
		`timed out after ${said.has('limitMs') ? said.ms('limitMs') : 'its time'}${also(said, 'address')}`,
	reset: (said) => `connection reset by the other side${also(said, 'address')}`,
	'closed-early': (said) =>
		said.has('expected')
			? `connection closed after ${said.bytes('received')} of ${said.bytes('expected')}${also(said, 'address')}`
			: `connection closed before the answer ended${also(said, 'address')}`,
	unreachable: (said) =>
		`no way to the host${also(said, 'address', 'host')}${said.has('system') ? ` (${said.text('system')})` : ''}`,
	'name-not-found': (said) => `no such name in DNS${also(said, 'address', 'host')}`,
	'dns-failed': (said) =>
		`the name server could not answer${said.has('answer') ? ` (${said.text('answer')})` : ''}${also(said, 'address')}`,
	'bad-certificate': (said) => `certificate not valid${because(said, certificate)}${also(said, 'address')}`,
	'bad-protocol': (said) =>
		said.text('reason') === 'tls'
			? `the other side does not speak TLS as expected${also(said, 'address')}`
			: said.text('reason') === 'upgrade'
				? `the server switched to another protocol${also(said, 'address')}`
				: `the answer is not valid HTTP${also(said, 'address')}`,
	'bad-body': (said) =>
		`the answer cannot be read${said.has('format') ? ` as ${said.text('format')}` : ''}${said.has('line') ? ` (line ${said.text('line')})` : ''}${because(said, body)}${also(said, 'key')}`,
	'bad-encoding': (said) =>
		said.has('encoding')
			? `the content encoding "${said.text('encoding')}" is not supported`
			: `the text is not valid ${said.has('charset') ? said.text('charset') : 'text'}${also(said, 'path')}`,
	'body-too-large': (said) =>
		`${said.has('path') ? 'file' : 'answer'} larger than ${said.bytes('limitBytes')}${also(said, 'path')}`,
	'headers-too-large': (said) => `headers larger than ${said.bytes('limitBytes')}${also(said, 'address')}`,
	'too-many-redirects': (said) => `more than ${said.text('limit') || '5'} redirects`,
	'redirect-refused': (said) => {
		const why: Record<string, string> = {
			secret: 'would carry a secret to another origin',
			scheme: 'leaves http and https',
			address: 'has no valid address',
		};
		return `redirect not followed: it ${why[said.text('reason')] ?? 'is not allowed'}${also(said, 'to')}`;
	},
	'file-missing': (said) => `no such file${also(said, 'path')}`,
	'file-malformed': (said) =>
		`not a valid ${said.text('format') || 'file'} file${said.has('line') ? ` (line ${said.text('line')})` : ''}${because(said, body)}${also(said, 'path')}`,
	...databaseDetails.en,
	...backupDetails.en,
	'exit-by-signal': (said) =>
		`the command was ended by ${said.text('signal') || 'a signal'}${also(said, 'command')}`,
	'object-missing': (said) => `no such ${thing(said)}${also(said, 'name')}`,
	'command-failed': (said) =>
		`${said.text('command') || 'the command'} could not answer${said.has('exit') ? ` (exit ${said.text('exit')})` : ''}${also(said, 'message')}`,
	'no-time': (said) =>
		said.text('reason') === 'future'
			? `its time lies in the future: ${said.text('time')}${also(said, 'path', 'address')}`
			: `no time is written there${also(said, 'path', 'address')}`,
	'log-too-large': (said) =>
		`more log than is read at once${said.has('limitBytes') ? ` (${said.bytes('limitBytes')})` : said.has('limit') ? ` (${said.text('limit')} lines)` : ''}; narrow the window or the pattern${also(said, 'path', 'command', 'address')}`,
	'no-fresh-value': (said) =>
		`${said.text('reason') === 'stale' ? 'the value is too old to be compared' : 'no value to compare yet'}${also(said, 'name')}`,
	'command-missing': (said) =>
		`${said.text('reason') === 'folder' ? 'no such folder' : 'command not found'}${also(said, 'command', 'path')}`,
	'no-permission': (said) => `no permission${also(said, 'path', 'command', 'address')}${also(said, 'query')}`,
	'not-a-file': (said) => `not an ordinary file${also(said, 'path')}`,
	'secret-missing': (said) =>
		`${said.text('reason') === 'readable-by-others' ? 'secret not taken' : 'secret not found'}${said.has('reference') ? ` (${said.text('reference')})` : ''}${because(said, secret)}`,
	'own-limit': (said) =>
		said.text('reason') === 'pattern'
			? `a pattern of the configuration took longer than ${said.ms('limitMs')}: it can be read in too many ways`
			: `this host has no room for more connections, files or processes${also(said, 'path', 'command', 'address')}`,
	cancelled: () => 'cancelled before it was done',
	'not-supported': (said) =>
		said.has('install')
			? `the package "${said.text('install')}" is not installed: npm install ${said.text('install')}`
			: `this cannot be done${also(said, 'reason', 'what')}${also(said, 'command', 'address', 'path')}`,
	bug: () => 'an error of the console itself; see the crash file',
	'disk-full': (said) => `the disk is full${also(said, 'path')}`,
	'read-only': (said) => `cannot write: read-only${also(said, 'path')}`,
	'storage-busy': (said) => `the store is in use by another program${also(said, 'path')}`,
	'storage-corrupt': (said) => `the store is damaged${also(said, 'path')}`,
	'storage-newer': (said) => `the store was written by a newer version of rounds${also(said, 'path')}`,
	'io-error': (said) =>
		said.text('reason') === 'exists'
			? `it exists already and is not overwritten${also(said, 'path')}`
			: `reading or writing failed${said.has('reason') ? ` (${said.text('reason')})` : ''}${also(said, 'path')}`,
};

const zhCertificate = reasonIn({
	'self-signed': '自签名',
	expired: '已过期',
	'not-yet-valid': '尚未生效',
	'wrong-name': '名称不符',
	revoked: '已吊销',
	untrusted: '签发者不受信任',
});
const zhBody = reasonIn({
	empty: '内容为空',
	html: '内容是 HTML 页面',
	'not-json': '内容是其他格式',
	truncated: '内容被截断',
	broken: '内容损坏',
	syntax: '语法错误',
	'duplicate-key': '键重复',
	'too-deep': '嵌套过深',
	'number-too-large': '数字过大',
	stale: '早于本次运行',
});
const zhSecret = reasonIn({
	'not-set': '变量未设置',
	empty: '内容为空',
	'file-missing': '文件不存在',
	'not-a-file': '不是文件',
	'no-permission': '无读取权限',
	'readable-by-others': '文件可被所有人读取，请执行 chmod 600',
	'body-too-large': '大于 64 KiB',
	'command-missing': '找不到命令',
	timeout: '命令超过 10 秒',
	scheme: '应为 env:、file: 或 cmd:',
	command: '命令无法拆分',
	signal: '命令被终止',
});
const zhBecause = (said: Said, word: (said: Said) => string): string =>
	said.has('reason') ? `：${word(said)}` : '';
const zhThing = wordIn({
	unit: '此单元',
	container: '此容器',
	workload: '此工作负载',
	process: '此进程',
	journal: '该单元的日志',
	repository: 'git 仓库',
});

const zh: Sentences = {
	refused: (said) => `连接被拒绝${said.has('address') ? ` · ${said.text('address')} 无程序监听` : ''}`,
	timeout: (said) =>
		`${said.has('limitMs') ? said.ms('limitMs') : '限定时间'} 内无响应，已超时${also(said, 'address')}`,
	reset: (said) => `连接被对方重置${also(said, 'address')}`,
	'closed-early': (said) =>
		said.has('expected')
			? `连接提前关闭：应收 ${said.bytes('expected')}，实收 ${said.bytes('received')}${also(said, 'address')}`
			: `响应未完，连接已关闭${also(said, 'address')}`,
	unreachable: (said) =>
		`无法到达主机${also(said, 'address', 'host')}${said.has('system') ? `（${said.text('system')}）` : ''}`,
	'name-not-found': (said) => `DNS 中没有此名称${also(said, 'address', 'host')}`,
	'dns-failed': (said) =>
		`域名服务器无法回答${said.has('answer') ? `（${said.text('answer')}）` : ''}${also(said, 'address')}`,
	'bad-certificate': (said) => `证书无效${zhBecause(said, zhCertificate)}${also(said, 'address')}`,
	'bad-protocol': (said) =>
		said.text('reason') === 'tls'
			? `对方的 TLS 协议不符${also(said, 'address')}`
			: said.text('reason') === 'upgrade'
				? `服务器切换到了其他协议${also(said, 'address')}`
				: `响应不是有效的 HTTP${also(said, 'address')}`,
	'bad-body': (said) =>
		`无法读取响应${said.has('format') ? `（${said.text('format')}）` : ''}${said.has('line') ? `（第 ${said.text('line')} 行）` : ''}${zhBecause(said, zhBody)}${also(said, 'key')}`,
	'bad-encoding': (said) =>
		said.has('encoding')
			? `不支持的内容编码“${said.text('encoding')}”`
			: `文本不是有效的 ${said.has('charset') ? said.text('charset') : '编码'}${also(said, 'path')}`,
	'body-too-large': (said) =>
		`${said.has('path') ? '文件' : '响应'}大于 ${said.bytes('limitBytes')}${also(said, 'path')}`,
	'headers-too-large': (said) => `响应头大于 ${said.bytes('limitBytes')}${also(said, 'address')}`,
	'too-many-redirects': (said) => `重定向超过 ${said.text('limit') || '5'} 次`,
	'redirect-refused': (said) => {
		const why: Record<string, string> = {
			secret: '会把密钥带到其他来源',
			scheme: '目标不是 http 或 https',
			address: '目标地址无效',
		};
		return `未跟随重定向：${why[said.text('reason')] ?? '不允许'}${also(said, 'to')}`;
	},
	'file-missing': (said) => `文件不存在${also(said, 'path')}`,
	'file-malformed': (said) =>
		`不是有效的 ${said.text('format')} 文件${said.has('line') ? `（第 ${said.text('line')} 行）` : ''}${zhBecause(said, zhBody)}${also(said, 'path')}`,
	...databaseDetails['zh-CN'],
	...backupDetails['zh-CN'],
	'exit-by-signal': (said) => `命令被信号 ${said.text('signal')} 终止${also(said, 'command')}`,
	'object-missing': (said) => `没有${zhThing(said)}${also(said, 'name')}`,
	'command-failed': (said) =>
		`${said.text('command') || '命令'} 无法回答${said.has('exit') ? `（退出码 ${said.text('exit')}）` : ''}${also(said, 'message')}`,
	'no-time': (said) =>
		said.text('reason') === 'future'
			? `时间在未来：${said.text('time')}${also(said, 'path', 'address')}`
			: `其中没有时间${also(said, 'path', 'address')}`,
	'log-too-large': (said) =>
		`日志超过一次可读的量${said.has('limitBytes') ? `（${said.bytes('limitBytes')}）` : said.has('limit') ? `（${said.text('limit')} 行）` : ''}，请缩小时间范围或条件${also(said, 'path', 'command', 'address')}`,
	'no-fresh-value': (said) =>
		`${said.text('reason') === 'stale' ? '用于比较的值已过时' : '尚无可比较的值'}${also(said, 'name')}`,
	'command-missing': (said) =>
		`${said.text('reason') === 'folder' ? '目录不存在' : '找不到命令'}${also(said, 'command', 'path')}`,
	'no-permission': (said) => `没有权限${also(said, 'path', 'command', 'address')}${also(said, 'query')}`,
	'not-a-file': (said) => `不是普通文件${also(said, 'path')}`,
	'secret-missing': (said) =>
		`${said.text('reason') === 'readable-by-others' ? '密钥未被采用' : '缺少密钥'}${said.has('reference') ? `（${said.text('reference')}）` : ''}${zhBecause(said, zhSecret)}`,
	'own-limit': (said) =>
		said.text('reason') === 'pattern'
			? `配置中的某个模式用时超过 ${said.ms('limitMs')}：它的匹配方式过多`
			: `本机的连接、文件或进程数已达上限${also(said, 'path', 'command', 'address')}`,
	cancelled: () => '在完成之前被取消',
	'not-supported': (said) =>
		said.has('install')
			? `未安装软件包“${said.text('install')}”：npm install ${said.text('install')}`
			: `无法执行${also(said, 'reason', 'what')}${also(said, 'command', 'address', 'path')}`,
	bug: () => '控制台自身出错；见崩溃文件',
	'disk-full': (said) => `磁盘已满${also(said, 'path')}`,
	'read-only': (said) => `无法写入：只读${also(said, 'path')}`,
	'storage-busy': (said) => `存储正被其他程序使用${also(said, 'path')}`,
	'storage-corrupt': (said) => `存储已损坏${also(said, 'path')}`,
	'storage-newer': (said) => `存储由更新版本的 rounds 写入${also(said, 'path')}`,
	'io-error': (said) =>
		said.text('reason') === 'exists'
			? `已存在，不会覆盖${also(said, 'path')}`
			: `读写失败${said.has('reason') ? `（${said.text('reason')}）` : ''}${also(said, 'path')}`,
};

export const faultDetails: Readonly<Record<Locale, Sentences>> = { en, 'zh-CN': zh };
