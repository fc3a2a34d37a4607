import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { S3Place } from '../../src/domain/backup-ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { createCountingClock } from '../support/counting-clock.ts';
import { type S3Server, serveS3 } from '../support/s3-server.ts';

const clock = createCountingClock();
const s3 = createS3(clock);
const LARGE = Buffer.alloc(20 * 1024 * 1024 + 7, 'rounds\0');
const done = { ok: true, value: undefined };
const failed = (code: string) => ({ ok: false, error: { code } });

let server: S3Server;
let place: S3Place;
let folder: string;
beforeEach(async () => {
	server = await serveS3();
	folder = mkdtempSync(join(tmpdir(), 'rounds-s3-'));
	place = {
		endpoint: server.url,
		region: 'us-east-1',
		bucket: server.bucket,
		accessKey: server.accessKey,
		secretKey: new Secret(server.secretKey, 'env:S3_KEY'),
		pathStyle: true,
	};
});
afterEach(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
	expect(clock.armed()).toBe(0);
});

const limits = (limitMs = 30_000, signal = new AbortController().signal) => ({
	deadline: clock.monotonic() + limitMs,
	signal,
});
const file = (bytes: Buffer) => {
	writeFileSync(join(folder, 'from'), bytes);
	return { file: join(folder, 'from') };
};
const put = (body: { file: string } | { text: string }, run = limits(), replace = false) =>
	s3.put(place, 'p/copy', body, { replace }, run);
const shownOf = (answer: unknown) => `${JSON.stringify(answer)}${inspect(answer, { depth: 9 })}`;

test('what became larger than it was listed is not taken, and leaves nothing here', async () => {
	server.objects.set('p/copy', Buffer.alloc(1000, 'x'));
	const to = join(folder, 'to');
	expect(await s3.get(place, 'p/copy', to, limits(), undefined, 999)).toMatchObject(failed('body-too-large'));
	expect(existsSync(to)).toBe(false);
	expect(await s3.get(place, 'p/copy', to, limits(), undefined, 1000)).toEqual(done);
});

describe('a list', () => {
	test('that goes round in circles comes to an end', async () => {
		for (const name of ['a', 'b']) server.objects.set(`p/${name}`, Buffer.from('x'));
		server.mood.circles = true;
		expect(await s3.list(place, 'p/', limits())).toMatchObject(failed('bad-protocol'));
		expect(server.requests.filter((one) => one.includes('list-type')).length).toBeLessThan(4);
	});
});

describe('large files', () => {
	test('go in parts and are one object in the end, with how far it is', async () => {
		const told: number[] = [];
		const answer = await s3.put(place, 'p/copy', file(LARGE), { replace: false }, limits(), (n) =>
			told.push(n),
		);
		expect(answer).toEqual(done);
		expect(server.objects.get('p/copy')?.equals(LARGE)).toBe(true);
		expect(server.pending.size).toBe(0);
		expect(server.requests.filter((one) => one.includes('partNumber'))).toHaveLength(3);
		expect(told.at(-1)).toBe(LARGE.length);
		const to = join(folder, 'back');
		expect(await s3.get(place, 'p/copy', to, limits())).toEqual(done);
		expect(readFileSync(to).equals(LARGE)).toBe(true);
	});

	test('cut off at any request, no object and no part is left', async () => {
		const from = file(LARGE);
		for (const at of [/^HEAD/, /uploads/, /partNumber=2/, /^POST .*uploadId/]) {
			server.mood.stalls = at;
			const controller = new AbortController();
			const answer = put(from, limits(30_000, controller.signal));
			while (!server.requests.some((one) => at.test(one))) await new Promise((r) => setImmediate(r));
			controller.abort();
			expect(await answer).toMatchObject(failed('cancelled'));
			expect([...server.objects.keys()]).toEqual([]);
			expect(server.pending.size).toBe(0);
			server.requests.length = 0;
		}
	});

	test('taken meanwhile: the store is asked at the end, and parts are taken back', async () => {
		server.mood.stalls = null;
		const answer = put(file(LARGE));
		while (!server.requests.some((one) => one.includes('partNumber')))
			await new Promise((r) => setImmediate(r));
		server.objects.set('p/copy', Buffer.from('theirs'));
		expect(await answer).toMatchObject(failed('name-taken'));
		expect(server.objects.get('p/copy')?.toString()).toBe('theirs');
		expect(server.pending.size).toBe(0);
	});
});

describe('no name is written over', () => {
	test('a store that knows no conditions is asked before', async () => {
		server.mood.conditions = 'unknown';
		expect(await put(file(Buffer.from('one')))).toEqual(done);
		expect(await put(file(Buffer.from('two')))).toMatchObject(failed('name-taken'));
		expect(server.objects.get('p/copy')?.toString()).toBe('one');
		server.objects.clear();
		expect(await put(file(LARGE))).toEqual(done);
		expect(server.objects.get('p/copy')?.equals(LARGE)).toBe(true);
	});

	test('replaced only when that is said', async () => {
		expect(await put({ text: 'one' })).toEqual(done);
		expect(await put({ text: 'two' })).toMatchObject(failed('name-taken'));
		expect(await put({ text: '' }, limits(), true)).toEqual(done);
		expect(await s3.readText(place, 'p/copy', 10, limits())).toEqual({ ok: true, value: '' });
	});

	test('an answer that got lost: what was sent again and found taken is our own', async () => {
		server.mood.loses = /^PUT/;
		expect(await put({ text: 'one' })).toEqual(done);
		expect(server.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(2);
		expect(server.objects.get('p/copy')?.toString()).toBe('one');
	});
});

test('where the library is not installed it is said what to install', async () => {
	const support = join(import.meta.dirname, '../support');
	const program = `
		import { createClock } from '${join(import.meta.dirname, '../../src/platform/clock.ts')}';
		import { createS3 } from '${join(import.meta.dirname, '../../src/platform/s3.ts')}';
		const clock = createClock();
		const run = { deadline: clock.monotonic() + 1000, signal: new AbortController().signal };
		console.log(JSON.stringify(await createS3(clock).list({}, 'p/', run)));
	`;
	const given = ['--import', join(support, 'without-packages.mjs'), '--input-type=module', '-e', program];
	const { stdout } = await promisify(execFile)(process.execPath, given);
	expect(JSON.parse(stdout)).toEqual({
		ok: false,
		error: { code: 'not-supported', detail: { install: '@aws-sdk/client-s3 @aws-sdk/lib-storage' } },
	});
});

test('a list is read to its last page, itself only', async () => {
	const names = Array.from({ length: 10 }, (_, at) => `p/copy-${at} & <"é">`);
	for (const name of [...names, 'p/deeper/x', 'other']) server.objects.set(name, Buffer.from('x'));
	const listed = await s3.list(place, 'p/', limits());
	expect(listed.ok && listed.value.map(({ name }) => name)).toEqual(names);
	expect(server.requests.length).toBe(4);
	expect(await s3.list(place, 'none/', limits())).toEqual({ ok: true, value: [] });
});

describe('what comes back is whole or a fault', () => {
	test('cut off in the middle', async () => {
		server.objects.set('p/copy', LARGE);
		server.mood.cutAt = 1_000_000;
		const to = join(folder, 'back');
		const answer = await s3.get(place, 'p/copy', to, limits());
		expect(answer.ok).toBe(false);
		if (!answer.ok) expect(['reset', 'closed-early', 'copy-incomplete']).toContain(answer.error.code);
		expect(existsSync(to)).toBe(false);
	});

	test('a flipped bit is found by the store’s own sum', async () => {
		server.objects.set('p/copy', Buffer.alloc(100_000, 'x'));
		server.mood.flips = true;
		const to = join(folder, 'back');
		expect(await s3.get(place, 'p/copy', to, limits())).toMatchObject({
			ok: false,
			error: { code: 'copy-damaged', detail: { what: 'hash' } },
		});
		expect(existsSync(to)).toBe(false);
	});

	test('larger than allowed, or no text', async () => {
		server.objects.set('p/copy', Buffer.alloc(100_000, 0xff));
		expect(await s3.readText(place, 'p/copy', 1000, limits())).toMatchObject(failed('body-too-large'));
		expect(await s3.readText(place, 'p/copy', 200_000, limits())).toMatchObject(failed('bad-encoding'));
		expect(await s3.readText(place, 'p/none', 1000, limits())).toMatchObject(failed('file-missing'));
	});
});

describe('what stores say no with', () => {
	const answers = async (run = limits()) => [
		await put(file(Buffer.from('x')), run),
		await put({ text: 'x' }, run),
		await s3.list(place, 'p/', run),
		await s3.get(place, 'p/copy', join(folder, 'back'), run),
		await s3.readText(place, 'p/copy', 10, run),
		await s3.remove(place, 'p/copy', run),
	];
	const expectAll = async (...codes: string[]) => {
		for (const answer of await answers()) {
			expect(answer.ok).toBe(false);
			if (!answer.ok) expect(codes).toContain(answer.error.code);
			expect(shownOf(answer)).not.toContain(server.secretKey);
		}
		expect(readdirSync(folder)).toEqual(['from']);
	};

	test('a wrong key', async () => {
		place = { ...place, secretKey: new Secret('other', 'env:S3_KEY') };
		await expectAll('access-denied', 'no-permission');
	});

	test('a bucket that is not there', async () => {
		place = { ...place, bucket: 'nobody' };
		await expectAll('file-missing');
	});

	test('nobody answers at all', async () => {
		await server.stop();
		await expectAll('refused');
	});

	test('an answer that never comes: the deadline holds', async () => {
		server.mood.stalls = /./;
		const answer = await s3.list(place, 'p/', limits(200));
		expect(answer).toMatchObject(failed('timeout'));
		const controller = new AbortController();
		controller.abort();
		for (const cancelled of await answers(limits(1000, controller.signal)))
			expect(cancelled).toMatchObject(failed('cancelled'));
	});

	test('a file of ours that is a link, none, or in the way', async () => {
		expect(await put({ file: join(folder, 'none') })).toMatchObject(failed('file-missing'));
		expect(await put({ file: folder })).toMatchObject(failed('not-a-file'));
		server.objects.set('p/copy', Buffer.from('x'));
		writeFileSync(join(folder, 'back'), 'old');
		expect(await s3.get(place, 'p/copy', join(folder, 'back'), limits())).toMatchObject(failed('name-taken'));
		expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('old');
	});
});
