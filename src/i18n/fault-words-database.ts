import type { FaultCode } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import type { Said } from './fault-words.ts';

type DatabaseFault = Extract<
	FaultCode,
	| 'access-denied'
	| 'not-accepting'
	| 'database-missing'
	| 'database-corrupt'
	| 'not-a-database'
	| 'bad-query'
	| 'database-locked'
>;

type Sentences = Readonly<Record<DatabaseFault, (said: Said) => string>>;

/** ` · value` when the fault has it: the sentence is whole without. */
const also = (said: Said, ...names: readonly string[]): string => {
	const found = names.find((name) => said.has(name));
	return found === undefined ? '' : ` · ${said.text(found)}`;
};
const closedIn =
	(words: Readonly<Record<string, string>>, before: string) =>
	(said: Said): string => {
		const reason = said.text('reason');
		return Object.hasOwn(words, reason) ? `${before}${words[reason]}` : '';
	};
const closed = closedIn(
	{ full: 'it has no room for more', starting: 'it is starting', stopping: 'it is being stopped' },
	': ',
);
const zhClosed = closedIn({ full: '已无空位', starting: '正在启动', stopping: '正在停止' }, '：');

/** What cannot be read without making those who write to it wait longer than was allowed. */
const lockedFor = (said: Said): string | null =>
	said.text('reason') === 'keeps-changing'
		? `it is written to all the time and too large to be copied while its writers wait at most ${said.ms('limitMs')}; WAL mode or a longer "wait" would do${also(said, 'path')}`
		: said.text('reason') === 'keeps-writers-out'
			? `it cannot be read while its writers wait at most ${said.ms('limitMs')}${also(said, 'path')}`
			: null;
const zhLockedFor = (said: Said): string | null =>
	said.text('reason') === 'keeps-changing'
		? `数据库一直被写入，且太大，无法在写入方最多等待 ${said.ms('limitMs')} 的前提下复制；可改用 WAL 模式或加长“wait”${also(said, 'path')}`
		: said.text('reason') === 'keeps-writers-out'
			? `无法在写入方最多等待 ${said.ms('limitMs')} 的前提下读完${also(said, 'path')}`
			: null;

const en: Sentences = {
	'access-denied': (said) => `the server refuses this name or password${also(said, 'address')}`,
	'not-accepting': (said) => `the server takes no connection${closed(said)}${also(said, 'address')}`,
	'database-missing': (said) => `no such database${also(said, 'path', 'file')}`,
	'database-corrupt': (said) => `the database is damaged${also(said, 'path', 'file')}`,
	'not-a-database': (said) => `the file is not a SQLite database${also(said, 'path', 'file')}`,
	'bad-query': (said) =>
		`the query${said.has('query') ? ` "${said.text('query')}"` : ''} cannot be run${also(said, 'message', 'reason')}`,
	'database-locked': (said) =>
		lockedFor(said) ??
		`the database is locked by another program${said.has('limitMs') ? ` for more than ${said.ms('limitMs')}` : ''}${also(said, 'path', 'file')}`,
};

const zh: Sentences = {
	'access-denied': (said) => `服务器拒绝此用户名或密码${also(said, 'address')}`,
	'not-accepting': (said) => `服务器不接受连接${zhClosed(said)}${also(said, 'address')}`,
	'database-missing': (said) => `数据库不存在${also(said, 'path', 'file')}`,
	'database-corrupt': (said) => `数据库已损坏${also(said, 'path', 'file')}`,
	'not-a-database': (said) => `该文件不是 SQLite 数据库${also(said, 'path', 'file')}`,
	'bad-query': (said) =>
		`查询${said.has('query') ? `“${said.text('query')}”` : ''}无法执行${also(said, 'message', 'reason')}`,
	'database-locked': (said) =>
		zhLockedFor(said) ??
		`数据库被其他程序锁定${said.has('limitMs') ? `，已等待 ${said.ms('limitMs')}` : ''}${also(said, 'path', 'file')}`,
};

/** What is said of databases, files and servers alike. */
export const databaseDetails: Readonly<Record<Locale, Sentences>> = { en, 'zh-CN': zh };
