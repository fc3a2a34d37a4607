import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { reasonLine } from '../../src/services/records/reason-line.ts';
import { failureOf, isRecorded, makeSystem, openTest, type TestEngine } from '../support/engine.ts';
import { closedPort, HOSTILE, serve, serveHostile } from '../support/servers.ts';

const HEAD = 'version: 1\nsystem: Bad\n';

/** Level and reasons of every check, in both languages; paths and ports that differ each time are named. */
function sentences(engine: TestEngine, ids: readonly string[], hide: readonly (readonly [string, string])[]) {
	const plain = (text: string) => hide.reduce((all, [from, to]) => all.replaceAll(from, to), text);
	return Object.fromEntries(
		ids.map((id) => {
			const picture = engine.picture(id);
			const said = (locale: 'en' | 'zh-CN') =>
				plain((picture?.reasons ?? []).map((reason) => reasonLine(reason, locale)).join('; '));
			return [id, [picture?.level, said('en'), said('zh-CN')]];
		}),
	);
}

describe('hostile servers', () => {
	it('each get one clear sentence, and the healthy one beside them is seen as it is', async () => {
		const names = Object.keys(HOSTILE) as (keyof typeof HOSTILE)[];
		const servers = new Map(
			await Promise.all(names.map(async (name) => [name, await serveHostile(name)] as const)),
		);
		const healthy = await serve((_request, response) => response.end('{"count": 3}'));
		const nobody = await closedPort();
		onTestFinished(async () => {
			await Promise.all([...servers.values()].map((server) => server.close()));
			await healthy.close();
		});
		const check = (id: string, url: string) =>
			`  ${id}: {kind: http, url: "${url}/", every: 1h, timeout: 1500ms, confirm: 1, must: [status == 200, "$.count > 0"]}\n`;
		const system = makeSystem(
			`${HEAD}checks:\n${[...servers].map(([name, { url }]) => check(name, url)).join('')}${check('nobody', `http://127.0.0.1:${nobody}`)}${check('healthy', healthy.url)}`,
		);
		const engine = await openTest(system.options());
		await engine.send('checks.ask', { checks: [] });
		const hide = [
			...[...servers.values()].map(({ port }) => [`127.0.0.1:${port}`, 'HOST'] as const),
			[`127.0.0.1:${nobody}`, 'HOST'] as const,
		];
		const seen = sentences(engine, [...names, 'nobody', 'healthy'], hide);
		expect(seen).toEqual(HOSTILE_SENTENCES);
		await engine.close();
		expect(JSON.stringify(engine.events)).not.toMatch(/\\u001b|\\u009b|\\u202e/);
	});
});

/** Level, English, Chinese. */
const HOSTILE_SENTENCES = {
	hang: ['critical', 'timed out after 1.5 s', '1.5 s 内无响应，已超时'],
	hangInBody: ['critical', 'timed out after 1.5 s', '1.5 s 内无响应，已超时'],
	drip: ['critical', 'timed out after 1.5 s', '1.5 s 内无响应，已超时'],
	dripHead: ['critical', 'timed out after 1.5 s', '1.5 s 内无响应，已超时'],
	reset: ['critical', 'connection reset by the other side · HOST', '连接被对方重置 · HOST'],
	closeAtOnce: [
		'critical',
		'connection closed before the answer ended · HOST',
		'响应未完，连接已关闭 · HOST',
	],
	redirectForever: ['critical', 'more than 5 redirects', '重定向超过 5 次'],
	redirectToFile: [
		'critical',
		'redirect not followed: it leaves http and https · file:',
		'未跟随重定向：目标不是 http 或 https · file:',
	],
	flood: ['critical', 'answer larger than 1 MiB', '响应大于 1 MiB'],
	announcedFlood: ['critical', 'answer larger than 1 MiB', '响应大于 1 MiB'],
	gzipBomb: ['critical', 'answer larger than 1 MiB', '响应大于 1 MiB'],
	brokenGzip: [
		'critical',
		'the answer cannot be read as gzip: it is broken',
		'无法读取响应（gzip）：内容损坏',
	],
	truncatedGzip: [
		'critical',
		'the answer cannot be read as gzip: it is cut off',
		'无法读取响应（gzip）：内容被截断',
	],
	twoEncodings: [
		'critical',
		'the content encoding "gzip, gzip" is not supported',
		'不支持的内容编码“gzip, gzip”',
	],
	invalidUtf8: ['critical', 'the text is not valid utf-8', '文本不是有效的 utf-8'],
	brokenJson: [
		'critical',
		'the answer cannot be read as JSON: it has a mistake',
		'无法读取响应（JSON）：语法错误',
	],
	truncatedJson: [
		'critical',
		'the answer cannot be read as JSON: it is cut off',
		'无法读取响应（JSON）：内容被截断',
	],
	emptyJson: ['critical', 'the answer cannot be read as JSON: it is empty', '无法读取响应（JSON）：内容为空'],
	htmlAsJson: [
		'critical',
		'the answer cannot be read as JSON: it is an HTML page',
		'无法读取响应（JSON）：内容是 HTML 页面',
	],
	duplicateKeys: [
		'critical',
		'the answer cannot be read as JSON: a key stands twice · status',
		'无法读取响应（JSON）：键重复 · status',
	],
	deepJson: [
		'critical',
		'the answer cannot be read as JSON: it is nested too deep',
		'无法读取响应（JSON）：嵌套过深',
	],
	escapes: ['unknown', '$.count: the answer has no JSON to look in', '$.count：响应中没有可查找的 JSON'],
	escapeInHeader: ['critical', 'the answer is not valid HTTP · HOST', '响应不是有效的 HTTP · HOST'],
	hugeHeaders: ['critical', 'headers larger than 16 KiB · HOST', '响应头大于 16 KiB · HOST'],
	endlessHeaders: ['critical', 'headers larger than 16 KiB · HOST', '响应头大于 16 KiB · HOST'],
	tooShort: [
		'critical',
		'connection closed after 3 B of 10 B · HOST',
		'连接提前关闭：应收 10 B，实收 3 B · HOST',
	],
	cutChunks: ['critical', 'connection closed before the answer ended · HOST', '响应未完，连接已关闭 · HOST'],
	garbage: ['critical', 'the answer is not valid HTTP · HOST', '响应不是有效的 HTTP · HOST'],
	switches: ['critical', 'the server switched to another protocol · HOST', '服务器切换到了其他协议 · HOST'],
	nobody: ['critical', 'connection refused · nothing listens on HOST', '连接被拒绝 · HOST 无程序监听'],
	healthy: ['ok', '', ''],
};

describe('databases somebody checks', () => {
	it('missing, locked, corrupt, not one at all: each in one sentence', async () => {
		const names = ['good', 'missing', 'locked', 'corrupt', 'foreign', 'empty', 'folder', 'badquery'];
		const file = (id: string) => (id === 'badquery' ? 'good.db' : `${id}.db`);
		const system = makeSystem(
			`${HEAD}checks:\n${names
				.map(
					(id) =>
						`  ${id}: {kind: sqlite, file: ${file(id)}, wait: 300ms, every: 1h, confirm: 1, read: {n: ${id === 'badquery' ? 'select nope from t' : 'select count(*) from t'}}, must: [n > 0]}\n`,
				)
				.join('')}`,
			{ 'foreign.db': 'this is a letter, not a database\n'.repeat(200), 'empty.db': '', 'folder.db/x': '' },
		);
		const make = (name: string) => {
			const db = new Database(join(system.folder, name));
			db.exec(
				"create table t (x); with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) insert into t select 'row' || i from n",
			);
			return db;
		};
		make('good.db').close();
		make('corrupt.db').close();
		const { readFileSync } = await import('node:fs');
		const bytes = readFileSync(join(system.folder, 'corrupt.db'));
		bytes.fill(0x5a, 4096);
		writeFileSync(join(system.folder, 'corrupt.db'), bytes);
		const held = make('locked.db');
		onTestFinished(() => void held.close());
		held.exec('BEGIN EXCLUSIVE; insert into t values (1)');
		const engine = await openTest(system.options());
		await engine.send('checks.ask', { checks: [] });
		expect(sentences(engine, names, [[system.folder, 'DIR']])).toEqual(DATABASE_SENTENCES);
		// The lock is let go: the next question is answered.
		held.exec('ROLLBACK');
		await engine.send('checks.ask', { checks: [checkId('locked')] });
		expect(engine.picture('locked')!.level).toBe('ok');
	});
});

/** Level, English, Chinese. */
const DATABASE_SENTENCES = {
	good: ['ok', '', ''],
	missing: ['critical', 'no such database · DIR/missing.db', '数据库不存在 · DIR/missing.db'],
	locked: [
		'unknown',
		'the database is locked by another program for more than 300 ms · DIR/locked.db',
		'数据库被其他程序锁定，已等待 300 ms · DIR/locked.db',
	],
	corrupt: ['critical', 'the database is damaged · DIR/corrupt.db', '数据库已损坏 · DIR/corrupt.db'],
	foreign: [
		'critical',
		'the file is not a SQLite database · DIR/foreign.db',
		'该文件不是 SQLite 数据库 · DIR/foreign.db',
	],
	empty: [
		'critical',
		'the file is not a SQLite database · DIR/empty.db',
		'该文件不是 SQLite 数据库 · DIR/empty.db',
	],
	folder: ['unknown', 'not an ordinary file · DIR/folder.db', '不是普通文件 · DIR/folder.db'],
	badquery: [
		'unknown',
		'the query "n" cannot be run · no such column: nope',
		'查询“n”无法执行 · no such column: nope',
	],
};

describe('commands somebody checks with', () => {
	it('missing, never ending, flooding, killed, silent: each in one sentence, nothing left behind', async () => {
		const names = ['missing', 'endless', 'flood', 'killed', 'forbidden', 'fails', 'folder'];
		const system = makeSystem(
			`${HEAD}checks:
  missing: {kind: command, run: [no-such-program-here], every: 1h, confirm: 1}
  endless: {kind: command, run: [bash, -c, 'sleep 67.${process.pid} & sleep 67.${process.pid}'], every: 1h, timeout: 1s, confirm: 1}
  flood: {kind: command, run: [bash, -c, 'yes | head -c 30000000; exit 0'], every: 1h, confirm: 1}
  killed: {kind: command, run: [bash, -c, 'kill -9 $$$$'], every: 1h, confirm: 1}
  forbidden: {kind: command, run: [./locked.sh], every: 1h, confirm: 1}
  fails: {kind: command, run: [bash, -c, 'echo "DISK CRITICAL - 99% | used=99%"; exit 2'], every: 1h, confirm: 1}
  folder: {kind: command, run: [echo, hi], cwd: nowhere, every: 1h, confirm: 1}
`,
			{ 'locked.sh': 'echo hi\n' },
		);
		chmodSync(join(system.folder, 'locked.sh'), 0o600);
		const engine = await openTest(system.options());
		await engine.send('checks.ask', { checks: [] });
		expect(sentences(engine, names, [[system.folder, 'DIR']])).toEqual(COMMAND_SENTENCES);
		const left = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.split('\n');
		expect(left.filter((line) => line === `sleep 67.${process.pid}`)).toEqual([]);
	});
});

/** Level, English, Chinese. */
const COMMAND_SENTENCES = {
	missing: ['unknown', 'command not found · no-such-program-here', '找不到命令 · no-such-program-here'],
	endless: ['critical', 'timed out after 1 s', '1 s 内无响应，已超时'],
	flood: ['ok', '', ''],
	killed: ['critical', 'the command was ended by SIGKILL · bash', '命令被信号 SIGKILL 终止 · bash'],
	forbidden: ['unknown', 'no permission · ./locked.sh', '没有权限 · ./locked.sh'],
	fails: ['critical', 'exit = 2, must be = 0', 'exit = 2，必须 = 0'],
	folder: ['unknown', 'no such folder · DIR/nowhere', '目录不存在 · DIR/nowhere'],
};

describe('configurations', () => {
	it.each([
		['empty', '', '1:1 the file is empty', '1:1 文件是空的'],
		[
			'binary',
			'\u0000\u0001\u0002\u007fELF\u0000\u0000',
			'1:1 this is not a text file: it holds a control character here',
			'1:1 这不是文本文件：此处有控制字符',
		],
		[
			'malformed',
			'version: 1\nsystem: [a\nchecks: }\n',
			'3:1 YAML cannot read this: Flow sequence in block collection must be sufficiently indented and end with a ]',
			'3:1 YAML 无法读懂：Flow sequence in block collection must be sufficiently indented and end with a ]',
		],
		[
			'huge',
			`version: 1\nsystem: Big\n# ${'x'.repeat(2_000_000)}\n`,
			'1:1 the configuration is larger than 1 MiB',
			'1:1 配置大于 1 MiB',
		],
		[
			'a list',
			'- version: 1\n',
			'1:1 expected a map of sections such as "version:", "services:", "checks:", found a list',
			'1:1 应为由“version:”“services:”“checks:”等部分组成的映射，实为列表',
		],
	])('%s is refused in one sentence with its place', async (_name, text, english, chinese) => {
		const system = makeSystem(text);
		const said = async (locale: 'en' | 'zh-CN') => {
			const failure = await failureOf(system.options({ locale }));
			if (failure.kind !== 'config') throw new Error(failure.kind);
			const [first] = failure.problems;
			return `${first!.line}:${first!.column} ${first!.message}`.replaceAll(system.folder, 'DIR');
		};
		expect([await said('en'), await said('zh-CN')]).toEqual([english, chinese]);
	});
});

describe('logs', () => {
	it('binary ones and one line of 10 MB are shown in bounded, clean lines; the file beside them too', async () => {
		const system = makeSystem(
			`${HEAD}services:\n  binary: {logs: [binary.log]}\n  long: {logs: [long.log]}\n  fine: {logs: [fine.log]}\n`,
			{ 'fine.log': '[2025-11-22 08:00:00] [ERROR] plain\n' },
		);
		const bytes = Buffer.alloc(300_000);
		for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 7919) % 256;
		writeFileSync(join(system.folder, 'binary.log'), bytes);
		writeFileSync(
			join(system.folder, 'long.log'),
			`${'[2025-11-22 09:00:00] [ERROR] '}${'x'.repeat(10_000_000)}\nafter\n`,
		);
		const engine = await openTest(system.options());
		const filter = { level: null, text: null, sinceAt: null };
		for (const source of ['binary', 'long', 'fine', null]) {
			const page = await engine.send('logs.read', { source, filter, from: { at: 'end' }, limit: 50 });
			const faults = page.sources.map((one) => one.fault);
			if (source === 'binary') expect([page.lines, faults]).toEqual([[], ['file-malformed']]);
			else expect(page.lines.length, String(source)).toBeGreaterThan(0);
			expect(JSON.stringify(page).length).toBeLessThan(1_000_000);
			for (const line of page.lines)
				expect(line.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
		}
	});
});

const MOUNTS = process.platform === 'linux' && process.getuid?.() === 0;

/** A disk of its own, or null where that is not allowed. */
function mountSmall(path: string, size: string): boolean {
	const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;
	if (mounted) onTestFinished(() => void spawnSync('umount', ['-l', path]));
	return mounted;
}

const ROUND = `
checks:
  flag: {kind: file, path: flag.txt, every: 1s, confirm: 1}
rounds:
  morning: {at: "09:00", steps: [{check: flag}, {ask: Anything?}, {ask: Anything else?}]}
`;

describe('our own disk', () => {
	it.runIf(MOUNTS)(
		'full: values go on, nothing that was answered is lost, and all is stored when there is room',
		async (context) => {
			const system = makeSystem(`${HEAD}${ROUND}`, { 'flag.txt': '1', '.rounds/here': '' });
			if (!mountSmall(join(system.folder, '.rounds'), '2m')) return context.skip();
			const engine = await openTest(system.options());
			const begun = await engine.begin('morning');
			const answered = await engine.send('round.answer', {
				round: begun.id,
				step: 1,
				outcome: 'ok',
				note: 'kept',
				version: begun.version,
			});
			const filler = join(system.folder, '.rounds/filler');
			spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k']);
			// SQLite has some room of its own left in its log; it ends.
			const full = await engine.until((e) => e.kind === 'storage' && e.storage.fault !== null);
			if (full.kind !== 'storage') throw new Error();
			const file = `${system.folder}/.rounds/rounds.db`;
			expect(faultText(full.storage.fault!, 'en')).toBe(`the disk is full · ${file}`);
			expect(faultText(full.storage.fault!, 'zh-CN')).toBe(`磁盘已满 · ${file}`);
			expect(full.storage.unsaved).toBeGreaterThan(0);
			rmSync(join(system.folder, 'flag.txt'));
			const seen = await engine.next(isRecorded('flag', 'critical'));
			expect(seen).toMatchObject({ checks: [{ id: 'flag', unsaved: true }] });
			const refusal = await engine.refused('round.answer', {
				round: begun.id,
				step: 2,
				outcome: 'ok',
				note: 'x'.repeat(100_000),
				version: answered.round.version,
			});
			expect(refusal).toMatchObject({ kind: 'fault', fault: { code: 'disk-full' } });
			const healed = engine.next(
				(e) => e.kind === 'storage' && e.storage.unsaved === 0 && e.storage.fault === null,
			);
			rmSync(filler);
			await healed;
			await engine.send('round.answer', {
				round: begun.id,
				step: 2,
				outcome: 'ok',
				note: 'typed again',
				version: answered.round.version,
			});
			await engine.close();
			const again = await openTest(system.options());
			expect(again.round(begun.id)!.steps.map((s) => s.answer?.note)).toEqual([
				undefined,
				'kept',
				'typed again',
			]);
		},
	);

	it('read-only is one sentence at the start', async (context) => {
		const system = makeSystem(`${HEAD}${ROUND}`, { '.rounds/here': '' });
		const state = join(system.folder, '.rounds');
		if (MOUNTS) {
			if (!mountSmall(state, '2m')) return context.skip();
			spawnSync('mount', ['-o', 'remount,ro', state]);
		} else {
			chmodSync(state, 0o500);
			onTestFinished(() => chmodSync(state, 0o700));
		}
		const failure = await failureOf(system.options());
		if (failure.kind !== 'storage') throw new Error(failure.kind);
		expect(faultText(failure.fault, 'en')).toBe(`cannot write: read-only · ${state}/rounds.db`);
		expect(faultText(failure.fault, 'zh-CN')).toBe(`无法写入：只读 · ${state}/rounds.db`);
	});

	it('damaged while in use, or newer than this program, is said and named', async () => {
		const system = makeSystem(`${HEAD}${ROUND}`);
		const engine = await openTest(system.options());
		await engine.close();
		const db = new Database(join(system.folder, '.rounds/rounds.db'));
		db.pragma('user_version = 9999');
		db.close();
		const failure = await failureOf(system.options());
		if (failure.kind !== 'storage') throw new Error(failure.kind);
		expect(faultText(failure.fault, 'en')).toMatch(
			/^the store was written by a newer version of rounds · .*rounds\.db$/,
		);
		writeFileSync(join(system.folder, '.rounds/rounds.db'), 'x'.repeat(10_000));
		const damaged = await failureOf(system.options());
		if (damaged.kind !== 'storage') throw new Error(damaged.kind);
		expect(faultText(damaged.fault, 'zh-CN')).toMatch(/^存储已损坏 · .*rounds\.db$/);
	});
});
