import { randomBytes } from 'node:crypto';
import {
	appendFileSync,
	mkdtempSync,
	renameSync,
	rmSync,
	truncateSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
