import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandInput } from '../../src/domain/engine.ts';
import { ALL, ERRORS, type LogWorld, line, stamp, T0, texts, watchFolder } from '../support/log-world.ts';

let folder: string;
let world: LogWorld;
const path = (name: string) => join(folder, name);
const read: LogWorld['read'] = (input) => world.read(input);

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'logs-'));
	world = watchFolder(folder);
});
afterEach(async () => {
	await world.logs.close();
	rmSync(folder, { recursive: true, force: true });
});

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
		const turned = await read({ from: { after: page.lines[0]!.key } });
		expect(turned.lines).toEqual(page.lines.slice(1));
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
		world = watchFolder(folder, ['gone.txt', 'dir.log', 'pipe.log', 'zero.log'].map(path));
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
