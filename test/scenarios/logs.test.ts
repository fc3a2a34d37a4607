import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	appendFileSync,
	chmodSync,
	mkdirSync,
	mkdtempSync,
	renameSync,
	rmSync,
	symlinkSync,
	truncateSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandInput } from '../../src/domain/engine.ts';
import { OWN_MARK } from '../../src/domain/log-format.ts';
import type { LogFilter, LogPage } from '../../src/domain/log-line.ts';
import type { LogFilesPort } from '../../src/domain/log-port.ts';
import type { Clock } from '../../src/domain/ports.ts';
import { ok } from '../../src/domain/result.ts';
import { createLogFiles } from '../../src/platform/log-files.ts';
import { createLogs, type Logs } from '../../src/services/logs/logs.ts';

const ALL: LogFilter = { level: null, text: null, sinceAt: null };
const ERRORS: LogFilter = { ...ALL, level: 'error' };
const T0 = Date.UTC(2025, 10, 22, 9, 0, 0);

let folder: string;
let world: World;
interface World {
	readonly logs: Logs;
	readonly bytesRead: () => number;
	/** Files held open. */
	readonly opened: () => number;
	readonly events: string[][];
	/** Lets time pass to the next timer and waits for what it does. */
	readonly tick: (ms: number) => Promise<void>;
}

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'logs-'));
	world = makeWorld([{ id: 'flask', globs: [join(folder, '*.log')] }]);
});
afterEach(async () => {
	await world.logs.close();
	rmSync(folder, { recursive: true, force: true });
});

function makeWorld(sources: readonly { id: string; globs: readonly string[] }[]): World {
	const real = createLogFiles();
	let read = 0;
	let opened = 0;
	let wall = Date.now() + 60_000;
	const events: string[][] = [];
	let timers: { at: number; run: () => void }[] = [];
	const pending = new Set<Promise<unknown>>();
	let asks = 0;
	const track = <T>(asked: Promise<T>): Promise<T> => {
		asks += 1;
		pending.add(asked);
		void asked.finally(() => pending.delete(asked));
		return asked;
	};
	const files: LogFilesPort = {
		expand: (globs, limit) => track(real.expand(globs, limit)),
		facts: (path) => track(real.facts(path)),
		rotated: (path) => track(real.rotated(path)),
		locate: (path, identity) => track(real.locate(path, identity)),
		open: async (path) => {
			const found = await track(real.open(path));
			if (!found.ok) return found;
			opened += 1;
			return ok({
				facts: () => track(found.value.facts()),
				close: () => {
					opened -= 1;
					return track(found.value.close());
				},
				read: async (offset: number, length: number) => {
					const bytes = await track(found.value.read(offset, length));
					if (bytes.ok) read += bytes.value.length;
					return bytes;
				},
			});
		},
	};
	const clock: Clock = {
		now: () => wall,
		monotonic: () => wall,
		after: (ms, run) => {
			const timer = { at: wall + ms, run };
			timers.push(timer);
			return () => {
				timers = timers.filter((one) => one !== timer);
			};
		},
	};
	const logs = createLogs({
		ports: { files, clock },
		sources: () => sources,
		redact: (text) => text.replaceAll('hunter2!', '***'),
		ownMark: OWN_MARK,
		zone: 'UTC',
		emit: (event) => events.push([...event.sources]),
	});
	const tick = async (ms: number) => {
		wall += ms;
		const due = timers.filter((one) => one.at <= wall);
		timers = timers.filter((one) => one.at > wall);
		for (const one of due) one.run();
		// Idle: nothing was asked of the file system for two turns of the event loop.
		for (let asked = -1; asked !== asks; ) {
			asked = asks;
			for (let turn = 0; turn < 2; turn += 1) {
				await Promise.allSettled(pending);
				await new Promise((done) => setImmediate(done));
			}
		}
	};
	return { logs, bytesRead: () => read, opened: () => opened, events, tick };
}

const path = (name: string) => join(folder, name);
const stamp = (ms: number) => new Date(T0 + ms).toISOString().replace('T', ' ').slice(0, 19);
const line = (ms: number, level: string, text: string) => `[${stamp(ms)}] [${level}] ${text}\n`;

async function read(input: Partial<CommandInput<'logs.read'>> = {}): Promise<LogPage> {
	const page = await world.logs.read({ source: null, filter: ALL, from: { at: 'end' }, limit: 50, ...input });
	if (!page.ok) throw new Error(page.error.code);
	return page.value;
}
const texts = (page: LogPage) => page.lines.map((one) => one.text.replace(/^\[.*?\] (\[\w+\] )?/, ''));

describe('reading', () => {
	test('several files are merged by time and a stack trace stays in one piece', async () => {
		writeFileSync(
			path('a.log'),
			`${line(0, 'INFO', 'a0')}${line(2000, 'ERROR', 'a2')}Traceback (most recent call last):\n  File "x.py", line 1\nValueError: bad\n${line(4000, 'INFO', 'a4')}`,
		);
		writeFileSync(
			path('b.log'),
			`${line(1000, 'INFO', 'b1')}${line(2000, 'INFO', 'b2')}${line(3000, 'INFO', 'b3')}`,
		);
		const page = await read();
		const order = texts(page);
		expect(order.filter((one) => /^[ab]\d$/.test(one)).map((one) => one.slice(1))).toEqual([
			'0',
			'1',
			'2',
			'2',
			'3',
			'4',
		]);
		const trace = order.indexOf('a2');
		expect(order.slice(trace, trace + 4)).toEqual([
			'a2',
			'Traceback (most recent call last):',
			'  File "x.py", line 1',
			'ValueError: bad',
		]);
		expect(page.before).toBe(null);
		expect(page.lines.find((one) => one.text.endsWith('a0'))?.source).toBe('a.log');
		const errors = await read({ filter: ERRORS });
		expect(texts(errors)).toEqual([
			'a2',
			'Traceback (most recent call last):',
			'  File "x.py", line 1',
			'ValueError: bad',
		]);
		expect(errors.lines.map((one) => one.level)).toEqual(['error', 'unknown', 'unknown', 'unknown']);
	});

	test('pages in both directions hold every line once, over small blocks and two files', async () => {
		const all: string[] = [];
		let a = '';
		let b = '';
		for (let index = 0; index < 5000; index += 1) {
			all.push(`n${index}`);
			const text = line(index * 1000, index % 50 === 0 ? 'ERROR' : 'INFO', `n${index}`);
			if (index % 3 === 0) a += text;
			else b += text;
		}
		writeFileSync(path('a.log'), a);
		writeFileSync(path('b.log'), b);
		const back: string[] = [];
		let page = await read({ limit: 333 });
		back.unshift(...texts(page));
		while (page.before) {
			page = await read({ limit: 333, from: { before: page.before } });
			back.unshift(...texts(page));
		}
		expect(back).toEqual(all);
		const on: string[] = [...texts(page)];
		while (page.lines.length > 0) {
			page = await read({ limit: 333, from: { after: page.after! } });
			on.push(...texts(page));
		}
		expect(on).toEqual(all);
		const errors: string[] = [];
		for (let at: CommandInput<'logs.read'>['from'] = { at: 'end' }; ; ) {
			const found = await read({ filter: ERRORS, limit: 7, from: at });
			errors.unshift(...texts(found));
			if (!found.before) break;
			at = { before: found.before };
		}
		expect(errors).toEqual(all.filter((_, index) => index % 50 === 0));
	});

	test('50,000 lines: the end costs a bounded part of the file, a time is found by halving', async () => {
		let text = '';
		for (let index = 0; index < 50_000; index += 1)
			text += line(index * 1000, 'INFO', `request ${index} ${'x'.repeat(100)}`);
		writeFileSync(path('big.log'), text);
		const page = await read({ limit: 100 });
		expect(page.lines).toHaveLength(100);
		expect(page.lines.at(-1)?.text).toContain('request 49999 ');
		expect(world.bytesRead()).toBeLessThan(300_000);
		const before = world.bytesRead();
		const since = await read({ limit: 10, filter: { ...ALL, sinceAt: T0 + 49_995_000 } });
		expect(since.lines[0]?.text).toContain('request 49995 ');
		expect(since.lines).toHaveLength(5);
		expect(since.before).toBe(null);
		expect(since.errors).toBe(0);
		expect(world.bytesRead() - before).toBeLessThan(3_000_000);
	});

	test('the next and the previous error, from a cursor and from a line', async () => {
		let a = '';
		for (let index = 0; index < 3000; index += 1)
			a += line(index * 1000, index === 1000 || index === 2000 ? 'ERROR' : 'INFO', `n${index}`);
		writeFileSync(path('a.log'), a);
		writeFileSync(path('b.log'), line(1_500_500, 'INFO', 'other'));
		const last = await read({ limit: 20, untilError: true });
		expect(texts(last)[0]).toBe('n2000');
		const previous = await read({ limit: 20, untilError: true, from: { before: last.lines[0]!.key } });
		expect(texts(previous)[0]).toBe('n1000');
		const next = await read({ limit: 5, untilError: true, from: { after: previous.lines[0]!.key } });
		expect(texts(next)).toEqual(['n1996', 'n1997', 'n1998', 'n1999', 'n2000']);
		const none = await read({ limit: 5, untilError: true, from: { after: next.after! } });
		expect(none.lines).toEqual([]);
		const middle = await read({ limit: 3, from: { before: previous.lines[0]!.key } });
		expect(texts(middle)).toEqual(['n997', 'n998', 'n999']);
		const around = await read({ limit: 600, from: { after: previous.lines[0]!.key } });
		expect(texts(around)).toContain('other');
	});

	test('searches text in any case and any script, and never finds a secret', async () => {
		writeFileSync(
			path('a.log'),
			`${line(0, 'INFO', '客户列表 Timeout')}${line(1000, 'INFO', 'quiet')}${line(2000, 'ERROR', 'token hunter2! ÉTÉ')}`,
		);
		expect(texts(await read({ filter: { ...ALL, text: 'tIMEOUT' } }))).toEqual(['客户列表 Timeout']);
		expect(texts(await read({ filter: { ...ALL, text: '客户' } }))).toEqual(['客户列表 Timeout']);
		expect(texts(await read({ filter: { ...ALL, text: 'été' } }))).toEqual(['token *** ÉTÉ']);
		expect((await read({ filter: { ...ALL, text: 'hunter2!' } })).lines).toEqual([]);
		expect(texts(await read({ filter: { ...ERRORS, text: 'token' } }))).toEqual(['token *** ÉTÉ']);
	});

	test('hostile bytes arrive as visible cells', async () => {
		writeFileSync(
			path('a.log'),
			Buffer.concat([
				Buffer.from(line(0, 'ERROR', '\x1b]0;owned\x07\x1b[2J\u202Egpj\u0000').trimEnd()),
				Buffer.from([0xff, 0xfe, 10]),
			]),
		);
		const [found] = (await read()).lines;
		expect(found?.text).not.toMatch(/[\x00-\x1f\x7f\u0080-\u009f\u202e]/);
		expect(found?.text).toContain('␛');
	});

	test('a line of 10 MB is cut with its length said, and its neighbours are there', async () => {
		const long = `[${stamp(1000)}] [ERROR] ${'y'.repeat(10 * 1024 * 1024)}\n`;
		writeFileSync(path('a.log'), `${line(0, 'INFO', 'first')}${long}${line(2000, 'INFO', 'last')}`);
		const page = await read();
		expect(page.lines).toHaveLength(3);
		expect(page.lines[1]!.text.length).toBeLessThanOrEqual(4096);
		expect(page.lines[1]!.text).toMatch(/… \[10,485,79\d B\]$/);
		expect(page.lines[1]!.at).toBe(T0 + 1000);
		expect((await read({ filter: ERRORS })).lines).toHaveLength(1);
		const on = await read({ from: { after: page.lines[0]!.key }, limit: 1 });
		expect(on.lines[0]!.text).toBe(page.lines[1]!.text);
		expect(world.bytesRead()).toBeLessThan(150 * 1024 * 1024);
	});
});

describe('files that are none', () => {
	test('each says what is wrong, the others are read', async () => {
		writeFileSync(path('good.log'), line(0, 'INFO', 'good'));
		writeFileSync(path('bin.log'), Buffer.alloc(20_000, 'a\0b\n'));
		mkdirSync(path('dir.log'));
		execFileSync('mkfifo', [path('pipe.log')]);
		symlinkSync('/dev/zero', path('zero.log'));
		writeFileSync(path('closed.log'), 'x\n');
		chmodSync(path('closed.log'), 0);
		await world.logs.close();
		world = makeWorld([
			{
				id: 'flask',
				globs: [join(folder, '*.log'), ...['gone.txt', 'dir.log', 'pipe.log', 'zero.log'].map(path)],
			},
		]);
		const page = await read();
		expect(texts(page).filter((one) => one === 'good')).toEqual(['good']);
		const faults = Object.fromEntries(page.sources.map((one) => [one.name, one.fault]));
		expect(faults).toMatchObject({
			'good.log': null,
			'bin.log': 'file-malformed',
			'dir.log': 'not-a-file',
			'pipe.log': 'not-a-file',
			'zero.log': 'not-a-file',
			'gone.txt': 'file-missing',
		});
		// root may read everything.
		if (process.getuid?.() !== 0) expect(faults['closed.log']).toBe('no-permission');
	});

	test('a glob that matches nothing is reported by its pattern; an unknown source is a fault', async () => {
		const page = await read();
		expect(page.sources.map((one) => [one.path, one.fault])).toEqual([
			[join(folder, '*.log'), 'file-missing'],
		]);
		expect(page.lines).toEqual([]);
		expect(
			await world.logs.read({ source: 'nobody', filter: ALL, from: { at: 'end' }, limit: 5 }),
		).toMatchObject({ ok: false, error: { code: 'file-missing' } });
	});
});

describe('following', () => {
	test('growth, a new file and a rotation are noticed, and nothing is lost or said twice', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		world.logs.follow();
		const first = await read();
		await world.tick(500);
		appendFileSync(path('a.log'), line(1000, 'INFO', 'two'));
		await world.tick(500);
		expect(world.events).toEqual([['flask']]);
		const second = await read({ from: { after: first.after! } });
		expect(texts(second)).toEqual(['two']);
		appendFileSync(path('a.log'), line(2000, 'INFO', 'rest'));
		renameSync(path('a.log'), path('a.log.1'));
		writeFileSync(path('a.log'), line(3000, 'INFO', 'new'));
		writeFileSync(path('b.log'), line(4000, 'INFO', 'other'));
		await world.tick(500);
		expect(world.events).toHaveLength(2);
		const third = await read({ from: { after: second.after! } });
		expect(texts(third)).toEqual(['rest', 'new', 'other']);
		expect((await read({ from: { after: third.after! } })).lines).toEqual([]);
	});

	test('what was left in a removed log is still read while it is open', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		const first = await read();
		appendFileSync(path('a.log'), line(1000, 'INFO', 'rest'));
		unlinkSync(path('a.log'));
		writeFileSync(path('a.log'), line(3000, 'INFO', 'new'));
		expect(texts(await read({ from: { after: first.after! } }))).toEqual(['rest', 'new']);
	});

	test('a log emptied in place is read from its start, even when it has grown past the old place', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		let page = await read();
		truncateSync(path('a.log'), 0);
		page = await read({ from: { after: page.after! } });
		appendFileSync(path('a.log'), line(1000, 'INFO', 'two'));
		page = await read({ from: { after: page.after! } });
		expect(texts(page)).toEqual(['two']);
		truncateSync(path('a.log'), 0);
		appendFileSync(path('a.log'), `${line(2000, 'INFO', 'three')}${line(3000, 'INFO', 'four')}`);
		page = await read({ from: { after: page.after! } });
		expect(texts(page)).toEqual(['three', 'four']);
	});

	test('half a line waits until it is whole', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		const first = await read();
		appendFileSync(path('a.log'), `[${stamp(1000)}] [ERROR] ha`);
		const soon = new Date(Date.now() + 60_000);
		utimesSync(path('a.log'), soon, soon);
		const half = await read({ from: { after: first.after! } });
		expect(half.lines).toEqual([]);
		appendFileSync(path('a.log'), 'lf\n');
		expect(texts(await read({ from: { after: half.after! } }))).toEqual(['half']);
	});

	test('half a minute without a reader closes the files; the rest of a rotated one is then found by its inode', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		world.logs.follow();
		const first = await read();
		await world.tick(500);
		await world.tick(40_000);
		appendFileSync(path('a.log'), line(1000, 'INFO', 'rest'));
		renameSync(path('a.log'), path('a.log.1'));
		writeFileSync(path('a.log'), line(2000, 'INFO', 'new'));
		await world.tick(500);
		expect(world.opened()).toBe(0);
		expect(world.events).toEqual([]);
		expect(texts(await read({ from: { after: first.after! } }))).toEqual(['rest', 'new']);
	});

	test('nobody reads: nothing is looked at any more', async () => {
		writeFileSync(path('a.log'), line(0, 'INFO', 'one'));
		const stop = world.logs.follow();
		await read();
		stop();
		appendFileSync(path('a.log'), line(1000, 'INFO', 'two'));
		await world.tick(500);
		await world.tick(500);
		expect(world.events).toEqual([]);
	});
});

describe('counting errors', () => {
	const own = `[${stamp(9000)}] [ERROR] rounds: api-health ok -> critical {"by":"rounds","pid":7}\n`;
	test('since a time, ours left out, going on where it stopped', async () => {
		writeFileSync(
			path('a.log'),
			`${line(0, 'ERROR', 'old')}${line(5000, 'ERROR', 'new hunter2!')}  File "x.py" ERROR\n${line(6000, 'INFO', 'fine')}${own}`,
		);
		const count = async () => {
			const found = await world.logs.countErrors('flask', T0 + 3000);
			if (!found.ok) throw new Error(found.error.code);
			return found.value;
		};
		const first = await count();
		expect(first.count).toBe(1);
		expect(first.last.map((one) => one.text)).toEqual([`[${stamp(5000)}] [ERROR] new ***`]);
		const read1 = world.bytesRead();
		appendFileSync(path('a.log'), line(10_000, 'CRITICAL', 'again'));
		expect((await count()).count).toBe(2);
		expect(world.bytesRead() - read1).toBeLessThan(5000);
		expect((await read({ filter: { ...ALL, sinceAt: T0 + 3000 } })).errors).toBe(2);
		expect((await read()).lines.filter((one) => one.ours)).toHaveLength(1);
	});

	test('errors that were rotated away since then count too; a compressed part is named as unreadable', async () => {
		writeFileSync(
			path('a.log'),
			`${line(0, 'ERROR', 'old')}${line(5000, 'ERROR', 'new')}Error: boom\n    at x (y.js:1)\n`,
		);
		expect(await world.logs.countErrors('flask', T0 + 3000)).toMatchObject({ ok: true, value: { count: 1 } });
		renameSync(path('a.log'), path('a.log.1'));
		writeFileSync(path('a.log'), line(8000, 'ERROR', 'newest'));
		writeFileSync(path('a.log.2.gz'), gzipSync(randomBytes(5000)));
		writeFileSync(path('a.log.note'), line(8000, 'ERROR', 'of somebody else'));
		const found = await world.logs.countErrors('flask', T0 + 3000);
		expect(found).toMatchObject({
			ok: true,
			value: { count: 2, faults: [{ path: path('a.log.2.gz'), fault: 'file-malformed' }] },
		});
		const page = await read({ filter: { ...ERRORS, sinceAt: T0 + 3000 } });
		expect(texts(page)).toEqual(['new', 'Error: boom', '    at x (y.js:1)', 'newest']);
		expect(texts(await read())).toEqual(['newest']);
	});

	test('an error without a final newline counts; a file without times says so', async () => {
		writeFileSync(path('a.log'), 'ERROR: boom');
		const found = await world.logs.countErrors(null, T0);
		expect(found).toMatchObject({ ok: true, value: { count: 1, undated: 1 } });
	});
});
