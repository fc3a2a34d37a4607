import type { FaultCode } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import type { Said } from './fault-words.ts';

type BackupFault = Extract<
	FaultCode,
	| 'copy-damaged'
	| 'copy-incomplete'
	| 'no-copy'
	| 'manifest-missing'
	| 'manifest-malformed'
	| 'archive-unsafe'
	| 'wrong-key'
	| 'source-changed'
	| 'nothing-to-copy'
	| 'not-mounted'
	| 'name-taken'
	| 'not-empty'
	| 'not-restorable'
	| 'version-mismatch'
	| 'action-failed'
	| 'proof-failed'
>;

type Sentences = Readonly<Record<BackupFault, (said: Said) => string>>;
type Words = Readonly<Record<string, string>>;

/** ` · value` when the fault has it: the sentence is whole without. */
const also = (said: Said, ...names: readonly string[]): string => {
	const found = names.find((name) => said.has(name));
	return found === undefined ? '' : ` · ${said.text(found)}`;
};
const wordOf = (said: Said, name: string, words: Words): string => {
	const value = said.text(name);
	return Object.hasOwn(words, value) ? (words[value] as string) : value;
};
const sizes = (said: Said, of: string): string =>
	said.has('found') && said.has('expected') ? ` (${said.bytes('found')}${of}${said.bytes('expected')})` : '';

const barred = (said: Said, words: Words): string =>
	said.has('reason') ? `: ${wordOf(said, 'reason', words)}` : '';

const enDamage: Words = {
	hash: 'its hash is not the one in its manifest',
	size: 'it is not as large as its manifest says',
	compression: 'it cannot be decompressed to its end',
	encryption: 'it cannot be decrypted to its end',
	archive: 'the archive cannot be read to its end',
	integrity: 'the database in it is not sound',
	dump: 'the dump cannot be read to its end',
	rows: 'it holds other rows than its manifest says',
};
const zhDamage: Words = {
	hash: '哈希与清单不符',
	size: '大小与清单不符',
	compression: '无法完整解压',
	encryption: '无法完整解密',
	archive: '归档无法读到结尾',
	integrity: '其中的数据库不完好',
	dump: '转储无法读到结尾',
	rows: '行数与清单不符',
};
const enUnsafe: Words = {
	absolute: 'an absolute name',
	parent: 'a name that leads out of its folder',
	link: 'a link',
	'link-outside': 'a link that leads out of its folder',
	special: 'a device, pipe or socket',
	twice: 'the same name twice',
	bomb: 'more than it may hold',
	name: 'a name that cannot be one',
};
const zhUnsafe: Words = {
	absolute: '绝对路径名',
	parent: '会逃出目录的名称',
	link: '链接',
	'link-outside': '指向目录之外的链接',
	special: '设备、管道或套接字',
	twice: '重复的名称',
	bomb: '超出允许的内容量',
	name: '不合法的名称',
};
const enBarred: Words = {
	'data-folder': 'say in "data" where the cluster\'s files lie on this host',
	running: 'a server runs on these files: stop it first',
	'only-tables': 'a server moves tables only; by hand then, from the copy',
};
const zhBarred: Words = {
	'data-folder': '请在“data”中写明集群文件在本机的位置',
	running: '有服务器正在使用这些文件，请先停止',
	'only-tables': '服务器只能移动表；请用备份手工恢复',
};

const en: Sentences = {
	'copy-damaged': (said) =>
		`the backup is damaged${said.has('what') ? `: ${wordOf(said, 'what', enDamage)}` : ''}${sizes(said, ' instead of ')}${also(said, 'name', 'path')}`,
	'no-copy': (said) =>
		said.has('name') ? `no such backup${also(said, 'name')}` : 'there is no whole backup; make one first',
	'copy-incomplete': (said) => `the backup ends too early${sizes(said, ' of ')}${also(said, 'name', 'path')}`,
	'manifest-missing': (said) =>
		`the backup has no manifest, so nobody knows what it should hold${also(said, 'name', 'path')}`,
	'manifest-malformed': (said) =>
		`the manifest cannot be read${also(said, 'name', 'path')}${also(said, 'reason')}`,
	'archive-unsafe': (said) =>
		`the archive is refused: it holds ${wordOf(said, 'reason', enUnsafe) || 'something unsafe'}${also(said, 'entry')}`,
	'wrong-key': (said) =>
		`the backup was encrypted for another key${said.text('reason') === 'none' ? '; none is configured to open it' : ''}${also(said, 'name', 'path')}`,
	'source-changed': (said) =>
		`what was being copied was replaced or changed meanwhile${also(said, 'path', 'name')}`,
	'nothing-to-copy': (said) => `there is nothing to back up${also(said, 'path', 'what')}`,
	'not-mounted': (said) => `nothing is mounted there${also(said, 'path')}`,
	'name-taken': (said) =>
		`something of this name is there already and is left alone${also(said, 'path', 'name')}`,
	'not-empty': (said) => `the place is not empty and is left alone${also(said, 'place', 'path')}`,
	'not-restorable': (said) => `this cannot be restored${barred(said, enBarred)}${also(said, 'what', 'path')}`,
	'version-mismatch': (said) =>
		`${said.text('tool') || 'the tool'} ${said.text('toolVersion')} cannot serve server ${said.text('serverVersion')}; install a matching one`,
	'action-failed': (said) => `the action failed${also(said, 'title')}`,
	'proof-failed': (said) => `what was restored does not pass its checks${also(said, 'name')}`,
};

const zh: Sentences = {
	'copy-damaged': (said) =>
		`备份已损坏${said.has('what') ? `：${wordOf(said, 'what', zhDamage)}` : ''}${sizes(said, '，应为 ')}${also(said, 'name', 'path')}`,
	'no-copy': (said) => (said.has('name') ? `没有这份备份${also(said, 'name')}` : '没有完好的备份；请先备份'),
	'copy-incomplete': (said) => `备份不完整，提前结束${sizes(said, ' / ')}${also(said, 'name', 'path')}`,
	'manifest-missing': (said) => `备份没有清单，无从得知应有的内容${also(said, 'name', 'path')}`,
	'manifest-malformed': (said) => `清单无法读取${also(said, 'name', 'path')}${also(said, 'reason')}`,
	'archive-unsafe': (said) =>
		`归档被拒绝：含有${wordOf(said, 'reason', zhUnsafe) || '不安全内容'}${also(said, 'entry')}`,
	'wrong-key': (said) =>
		`备份是为另一把密钥加密的${said.text('reason') === 'none' ? '；未配置可解密的密钥' : ''}${also(said, 'name', 'path')}`,
	'source-changed': (said) => `复制期间源被替换或改动${also(said, 'path', 'name')}`,
	'nothing-to-copy': (said) => `没有可备份的内容${also(said, 'path', 'what')}`,
	'not-mounted': (said) => `该处没有挂载任何文件系统${also(said, 'path')}`,
	'name-taken': (said) => `同名文件已存在，未作改动${also(said, 'path', 'name')}`,
	'not-empty': (said) => `该处不为空，未作改动${also(said, 'place', 'path')}`,
	'not-restorable': (said) => `无法恢复${barred(said, zhBarred)}${also(said, 'what', 'path')}`,
	'version-mismatch': (said) =>
		`${said.text('tool') || '工具'} ${said.text('toolVersion')} 不适用于服务器 ${said.text('serverVersion')}；请安装匹配的版本`,
	'action-failed': (said) => `操作失败${also(said, 'title')}`,
	'proof-failed': (said) => `恢复的内容未通过检查${also(said, 'name')}`,
};

/** What is said of backups that cannot be made or trusted. */
export const backupDetails: Readonly<Record<Locale, Sentences>> = { en, 'zh-CN': zh };
