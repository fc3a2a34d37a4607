// Behind a real nginx too (Debian: apt-get install nginx-light; nothing has to run): skipped where there is none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { upstreams } from '../../src/checks/upstreams.ts';
import { createAsking } from '../support/asking-kinds.ts';
import { findProgram } from '../support/programs.ts';
import { closedPort, serve } from '../support/servers.ts';

const NGINX = findProgram('nginx', '/usr/sbin');
const asking = createAsking();
const servers: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(() => asking.close());

const open = async (handler: http.RequestListener) => {
	const server = await serve(handler);
	servers.push(server);
	return server;
};
const worker = (count: () => number) =>
	open((_request, response) =>
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ count: count() })),
	);
const samples = async (written: object) => {
	const answer = await asking.ask('upstreams', written);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return answer.value.samples;
};

describe('several upstreams', () => {
	test('they agree: one value, and each was asked under the common name', async () => {
		const hosts: (string | undefined)[] = [];
		const one = await open((request, response) => {
			hosts.push(request.headers.host);
			response.end('{"count": 3}');
		});
		const two = await worker(() => 3);
		const found = await samples({
			url: 'http://fund.example/orders?all=1',
			upstreams: [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`],
			compare: { orders: '$.count', status: 'status' },
		});
		expect(found).toMatchObject({
			asked: { number: '2' },
			answered: { number: '2' },
			missing: '',
			disagree: '',
			orders: { number: '3' },
			status: { number: '200' },
		});
		expect(hosts).toEqual(['fund.example']);
	});

	test('they disagree: who says what, and no value', async () => {
		const [one, two] = [await worker(() => 3), await worker(() => 5)];
		const [a, b] = [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`];
		const found = await samples({
			url: 'http://fund.example/',
			upstreams: [a, b],
			compare: { orders: '$.count' },
		});
		expect(found).toMatchObject({ disagree: `orders: 3 (${a}) ≠ 5 (${b})`, missing: '' });
		expect(found).not.toHaveProperty('orders');
	});

	test('one is gone: it is named, and the others are compared all the same', async () => {
		const [one, gone] = [await worker(() => 3), await closedPort()];
		const found = await samples({
			url: 'http://fund.example/',
			upstreams: [`127.0.0.1:${one.port}`, `127.0.0.1:${gone}`],
			compare: { orders: '$.count' },
		});
		expect(found).toMatchObject({
			missing: `127.0.0.1:${gone} (refused)`,
			answered: { number: '1' },
			disagree: '',
		});
	});

	test('what nobody says is no agreement', async () => {
		const one = await worker(() => 3);
		const written = { url: one.url, times: 2, compare: { orders: '$.none' } };
		expect(await samples(written)).toMatchObject({ disagree: 'orders: nothing' });
	});

	test('several workers behind one port take turns', async () => {
		let turn = 0;
		const one = await worker(() => (turn++ % 2 === 0 ? 3 : 5));
		expect(await samples({ url: one.url, times: 3, compare: { orders: '$.count' } })).toMatchObject({
			asked: { number: '3' },
			disagree: expect.stringMatching(/^orders: .*3 \(.*≠ 5 \(|^orders: .*5 \(.*≠ 3 \(/),
		});
	});

	test('a single answer can be compared with nothing', () => {
		expect(upstreams.schema.safeParse({ url: 'http://fund.example/' }).success).toBe(false);
		expect(upstreams.schema.safeParse({ url: 'http://fund.example/', times: 2 }).success).toBe(true);
	});
});

test.skipIf(NGINX === null)('nginx hands turns to workers that hold their data in memory', async () => {
	const [one, two] = [await worker(() => 3), await worker(() => 5)];
	const front = await closedPort();
	const folder = mkdtempSync(join(tmpdir(), 'rounds-nginx-'));
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((name) => `${name}_temp_path ${join(folder, name)};`)
		.join(' ');
	const workers = `upstream app { server 127.0.0.1:${one.port}; server 127.0.0.1:${two.port}; }`;
	const server = `server { listen 127.0.0.1:${front}; location / { proxy_pass http://app; } }`;
	writeFileSync(
		join(folder, 'nginx.conf'),
		`daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr;\nevents {}\nhttp { access_log off; ${temporary} ${workers} ${server} }\n`,
	);
	const nginx = spawn(NGINX as string, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
		stdio: 'ignore',
	});
	try {
		const written = { url: `http://127.0.0.1:${front}/`, times: 4, compare: { orders: '$.count' } };
		await expect
			.poll(async () => (await asking.ask('upstreams', written)).ok, { timeout: 10_000 })
			.toBe(true);
		expect(await samples(written)).toMatchObject({
			answered: { number: '4' },
			missing: '',
			disagree: expect.stringContaining('≠'),
		});
	} finally {
		nginx.kill('SIGTERM');
		if (nginx.exitCode === null) await once(nginx, 'exit');
		rmSync(folder, { recursive: true, force: true });
	}
});
