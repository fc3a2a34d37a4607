// Needs the Debian package `tar`.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fieldWords } from '../../src/config/field-words.ts';
import { Secret } from '../../src/domain/secret.ts';
import { command } from '../../src/sources/command.ts';
import { manifestOf, opened, openSourcePorts, SourceWorld } from '../support/source-world.ts';

const { ports, close } = openSourcePorts();
let world: SourceWorld;
beforeEach(() => {
	world = new SourceWorld(ports);
});
afterEach(() => world.close());
afterAll(close);

const HIDDEN = 'a-hidden-token-value';
const around = { previous: null, base: null };

async function make(written: Record<string, unknown>) {
	const run = world.run();
	const options = command.schema.parse({ cwd: world.folder, ...written });
	const to = join(run.folder, 'copy');
	const copied = await command.copy(options, to, ports, run, around);
	expect(readdirSync(run.folder)).toEqual(copied.ok ? ['copy'] : []);
	return { run, options, to, copied };
}

async function answering(handler: RequestListener): Promise<string> {
	const server = createServer(handler).listen(0, '127.0.0.1');
	world.later(() => void server.close());
	await new Promise((resolve) => server.once('listening', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/export`;
}

describe('a command', () => {
	test('that prints, and one that makes a file', async () => {
		const printed = await make({ run: ['sh', '-c', 'printf "one\\ntwo\\n"; echo note >&2'] });
		expect(printed.copied).toMatchObject({ ok: true, value: { method: 'command', facts: { bytes: 8 } } });
		expect(readFileSync(printed.to, 'utf8')).toBe('one\ntwo\n');
		expect(printed.run.lines).toEqual(['note']);
		const made = await make({ run: 'sh -c \'echo made > "$1"; echo done\' sh {file}' });
		expect(readFileSync(made.to, 'utf8')).toBe('made\n');
		expect(made.run.lines).toEqual(['done']);
	});

	test.each([
		['that makes nothing', ['true'], 'nothing-to-copy'],
		['that makes no file', ['true', '{file}'], 'nothing-to-copy'],
		['that makes an empty one', ['touch', '{file}'], 'nothing-to-copy'],
		['that makes a link', ['ln', '-s', '/etc/passwd', '{file}'], 'not-a-file'],
		['that makes a folder', ['mkdir', '{file}'], 'not-a-file'],
		[
			'that fails after half of it',
			['sh', '-c', 'echo half > "$1"; exit 3', 'sh', '{file}'],
			'command-failed',
		],
		['that fails while it prints', ['sh', '-c', 'echo half; exit 3'], 'command-failed'],
		['that is killed', ['sh', '-c', 'echo half; kill -9 $$'], 'exit-by-signal'],
		['that is not there', ['no-such-program-here'], 'command-missing'],
	])('%s', async (_, run, code) => {
		expect((await make({ run })).copied).toMatchObject({ ok: false, error: { code } });
	});

	test('that tells its secret tells nobody', async () => {
		const env = { TOKEN: new Secret(HIDDEN, 'env:TOKEN') };
		const good = await make({ run: ['sh', '-c', 'echo "$TOKEN" >&2; echo x'], env });
		const bad = await make({ run: ['sh', '-c', 'echo "$TOKEN" >&2; exit 1'], env });
		expect(JSON.stringify([good.run.lines, good.copied, bad.run.lines, bad.copied])).not.toContain(HIDDEN);
		expect(bad.copied).toMatchObject({ error: { code: 'command-failed', detail: { message: '***' } } });
	});

	test('looks at a copy, and its word is taken', async () => {
		const { options, to, copied } = await make({ run: ['echo', 'x'], check: ['grep', '-q', 'x', '{file}'] });
		if (!copied.ok) throw new Error('no copy');
		const copy = opened(to, manifestOf('command', to, copied.value));
		expect(await command.verify(options, copy, ports, world.run())).toMatchObject({ ok: true });
		const no = command.schema.parse({ run: ['echo', 'x'], check: ['grep', '-q', 'y', '{file}'] });
		expect(await command.verify(no, copy, ports, world.run())).toMatchObject({
			error: { code: 'copy-damaged' },
		});
		const none = command.schema.parse({ run: ['echo', 'x'], check: ['no-such-program-here', '{file}'] });
		expect(await command.verify(none, copy, ports, world.run())).toMatchObject({
			error: { code: 'command-missing' },
		});
	});

	test('puts back what it made, beside what it did not make', async () => {
		const place = join(world.folder, 'place');
		mkdirSync(place);
		writeFileSync(join(place, 'a'), 'first');
		const { options, to, copied } = await make({
			run: ['tar', '-cf', '{file}', '-C', place, 'a'],
			putBack: ['tar', '-xf', '{file}', '-C', '{place}'],
			place,
		});
		if (!copied.ok) throw new Error('no copy');
		const restoring = command.restoring!;
		expect(restoring.possible?.(options)).toBe(true);
		expect(restoring.possible?.(command.schema.parse({ run: ['echo', 'x'] }))).toBe(false);
		const copy = opened(to, manifestOf('command', to, copied.value));
		writeFileSync(join(place, 'a'), 'second');
		writeFileSync(join(place, 'b'), 'mine');
		const replaced = await restoring.replace(options, copy, ports, world.run());
		if (!replaced.ok) throw new Error(JSON.stringify(replaced.error));
		expect([readFileSync(join(place, 'a'), 'utf8'), readFileSync(join(place, 'b'), 'utf8')]).toEqual([
			'first',
			'mine',
		]);
		expect(await restoring.putBack(options, replaced.value.aside!, ports, world.run())).toMatchObject({
			ok: true,
		});
		expect(readFileSync(join(place, 'a'), 'utf8')).toBe('second');
		expect(readdirSync(place).sort()).toEqual(['a', 'b']);
	});

	test('that fails to put it back changes nothing', async () => {
		const place = join(world.folder, 'place');
		mkdirSync(place);
		writeFileSync(join(place, 'a'), 'mine');
		const { options, to, copied } = await make({
			run: ['echo', 'x'],
			putBack: ['sh', '-c', 'echo half > "$2/a"; exit 1', 'sh', '{file}', '{place}'],
			place,
		});
		if (!copied.ok) throw new Error('no copy');
		const copy = opened(to, manifestOf('command', to, copied.value));
		expect(await command.restoring!.replace(options, copy, ports, world.run())).toMatchObject({
			error: { code: 'command-failed' },
		});
		expect(readdirSync(place)).toEqual(['a']);
		expect(readFileSync(join(place, 'a'), 'utf8')).toBe('mine');
	});
});

describe('an export', () => {
	test('is kept as it was answered', async () => {
		const heard: (string | undefined)[] = [];
		const url = await answering((request, response) => {
			heard.push(request.headers.authorization);
			response.end('{"orders": ["€"]}');
		});
		const { to, copied, options } = await make({
			url,
			headers: { Authorization: new Secret(HIDDEN, 'env:TOKEN') },
			suffix: '.json',
		});
		expect(copied).toMatchObject({ ok: true, value: { method: 'export' } });
		expect(readFileSync(to, 'utf8')).toBe('{"orders": ["€"]}');
		expect(heard).toEqual([HIDDEN]);
		expect(command.names(options).plain).toBe('127.0.0.1.YYYYMMDD.json');
	});

	test.each<[string, RequestListener, string]>([
		['an empty answer', (_, response) => void response.end(), 'nothing-to-copy'],
		['a refusal', (_, response) => void response.writeHead(401).end('no'), 'access-denied'],
		['an error page', (_, response) => void response.writeHead(500).end('<h1>no'), 'command-failed'],
		['more than it may be', (_, response) => void response.end('x'.repeat(3000)), 'body-too-large'],
		[
			'half an answer',
			(_, response) => {
				response.writeHead(200, { 'content-length': '100' });
				response.write('half');
				setImmediate(() => response.destroy());
			},
			'closed-early',
		],
	])('%s is no copy', async (_, handler, code) => {
		const url = await answering(handler);
		const { copied, to } = await make({ url, limit: 2000 });
		expect(copied).toMatchObject({ ok: false, error: { code } });
		expect(existsSync(to)).toBe(false);
	});
});

test('what is written wrong is said in both languages', () => {
	for (const written of [
		{},
		{ run: ['a'], url: 'http://x' },
		{ run: ['a'], headers: { A: 'b' } },
		{ run: ['a'], check: ['b'] },
		{ run: ['a'], putBack: ['b', '{file}', '{place}'] },
		{ run: ['a'], putBack: ['b', '{file}'], place: '/x' },
		{ run: ['a'], putBack: ['b', '{place}'], place: '/x' },
		{ run: 'a | b' },
		{ run: ['a'], suffix: '../x' },
	]) {
		const parsed = command.schema.safeParse(written);
		expect([written, parsed.success]).toEqual([written, false]);
		for (const { message } of parsed.error?.issues ?? [])
			expect(fieldWords(message, 'zh-CN')).toMatch(/\p{Script=Han}/u);
	}
});
