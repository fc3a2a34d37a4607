import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flow } from '../../src/checks/flow.ts';
import { multipart } from '../../src/checks/flow-send.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createAsking } from '../support/asking-kinds.ts';
import { loadGood, loadText } from '../support/config-sources.ts';
import { serve } from '../support/servers.ts';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: a reference is written so
const TOKEN = 'tok-9f8e7d6c5b4a';
const PASSWORD = 'correct horse';
const asking = createAsking();
afterAll(() => asking.close());

/** A small shop: log in, look, and write; and what can go wrong on the way. */
interface Shop {
	readonly url: string;
	/** Method and path of every request, in order. */
	readonly seen: string[];
	readonly bodies: string[];
	readonly customers: Map<string, string>;
	/** Paths that are never answered. */
	readonly deaf: Set<string>;
	/** What the demo token gets. */
	demo: number;
	close(): Promise<void>;
}

async function openShop(): Promise<Shop> {
	const state = {
		seen: [] as string[],
		bodies: [] as string[],
		customers: new Map<string, string>(),
		deaf: new Set<string>(),
	};
	const shop = { ...state, demo: 401, url: '', close: async () => {} };
	const answer = (request: http.IncomingMessage, body: string, response: http.ServerResponse) => {
		const path = (request.url ?? '').split('?')[0] ?? '';
		const said = (status: number, value: unknown, headers: Record<string, string | string[]> = {}) =>
			response
				.writeHead(status, { 'content-type': 'application/json', ...headers })
				.end(JSON.stringify(value));
		if (path === '/login') {
			const form = new URLSearchParams(body);
			if (form.get('password') !== PASSWORD) return said(401, { error: 'no' });
			const cookies = [
				'theme=dark; Expires=Wed, 21 Oct 2037 07:28:00 GMT',
				'session=s3ss10n-value; HttpOnly',
			];
			return said(
				200,
				{ access_token: TOKEN, user: { id: 7 } },
				{ 'set-cookie': cookies, 'x-role': 'viewer' },
			);
		}
		const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
		if (bearer === 'demo_token_2025') return said(shop.demo, {});
		if (bearer !== TOKEN && !/session=s3ss10n-value/.test(request.headers.cookie ?? '')) return said(401, {});
		if (path.startsWith('/admin')) return said(403, { said: `not for ${bearer}` });
		if (path === '/customers' && request.method === 'POST') {
			const { name } = JSON.parse(body) as { name: string };
			shop.customers.set('17', name);
			return said(201, { id: 17 }, { location: '/customers/17' });
		}
		if (request.method === 'DELETE') {
			const id = path.split('/').at(-1) ?? '';
			return shop.customers.delete(id) ? response.writeHead(204).end() : said(404, {});
		}
		return said(200, { orders: [1, 2], token: TOKEN });
	};
	const server = await serve((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString('latin1');
			shop.seen.push(`${request.method} ${request.url}`);
			shop.bodies.push(body);
			if (!shop.deaf.has((request.url ?? '').split('?')[0] ?? '')) answer(request, body, response);
		});
	});
	shop.url = server.url;
	shop.close = server.close;
	return shop;
}

let shop: Shop;
beforeEach(async () => {
	shop = await openShop();
});
afterEach(() => shop.close());

const logIn = (more: object = {}) => ({
	name: 'log-in',
	url: `${shop.url}/login`,
	form: { user: 'probe', password: new Secret(PASSWORD, 'env:PROBE') },
	changes: false,
	capture: { token: '$.access_token' },
	...more,
});
const withToken = (name: string, path: string, more: object = {}) => ({
	name,
	url: `${shop.url}${path}`,
	headers: { Authorization: 'Bearer ${captured.token}' },
	...more,
});
const samples = async (written: object) => {
	const answer = await asking.ask('flow', written);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return answer.value.samples;
};
const writing = (more: object = {}) => ({
	writes: true,
	testData: { customer: 'rounds-probe' },
	steps: [
		logIn(),
		withToken('create', '/customers', {
			body: { name: '${test.customer}' },
			expect: 201,
			capture: { id: { json: '$.id', secret: false } },
		}),
		withToken('read', '/customers/${captured.id}'),
	],
	cleanup: [withToken('remove', '/customers/${captured.id}', { method: 'DELETE', expect: 204 })],
	...more,
});

describe('what one request brings, the next one sends', () => {
	test('a token; a role is refused, and one without a token', async () => {
		const found = await samples({
			steps: [
				logIn(),
				withToken('orders', '/orders'),
				withToken('admin', '/admin', { expect: 403 }),
				{ name: 'no-token', url: `${shop.url}/orders`, expect: 401 },
			],
		});
		expect(found).toMatchObject({
			failed: '',
			steps: { number: '4' },
			'orders.status': { number: '200' },
			'admin.status': { number: '403' },
			'no-token.status': { number: '401' },
		});
		expect(found).not.toHaveProperty('uncleaned');
	});

	test('a cookie and a header; what is no secret is a sample', async () => {
		const capture = {
			session: { cookie: 'session' },
			role: { header: 'X-Role', secret: false },
			user: { json: '$.user.id', secret: false },
		};
		const found = await samples({
			steps: [
				logIn({ capture }),
				{ name: 'orders', url: `${shop.url}/orders`, headers: { Cookie: 'session=${captured.session}' } },
			],
		});
		expect(found).toMatchObject({ failed: '', 'captured.role': 'viewer', 'captured.user': { number: '7' } });
		expect(found).not.toHaveProperty('captured.session');
	});

	test('in an address it stays one part of it', async () => {
		const capture = { token: { json: '$.access_token' }, id: { json: '$.user.id' } };
		await samples({
			testData: { odd: 'a/b?c=1&d' },
			steps: [logIn({ capture }), withToken('one', '/x/${captured.id}/${test.odd}')],
		});
		expect(shop.seen.at(-1)).toBe('GET /x/7/a%2Fb%3Fc%3D1%26d');
	});

	test('a shipped token that is let in is found', async () => {
		const written = {
			steps: [
				{
					name: 'demo',
					url: `${shop.url}/orders`,
					headers: { Authorization: 'Bearer demo_token_2025' },
					expect: [401, 403],
				},
			],
		};
		expect(await samples(written)).toMatchObject({ failed: '' });
		shop.demo = 200;
		expect(await samples(written)).toMatchObject({ failed: 'demo: 200 instead of 401 or 403' });
	});

	test('what was not brought is not made up: those that need it are not asked', async () => {
		const found = await samples({
			steps: [
				logIn({ form: { user: 'probe', password: 'wrong' } }),
				withToken('orders', '/orders'),
				{ name: 'no-token', url: `${shop.url}/orders`, expect: 401 },
			],
		});
		expect(found).toMatchObject({
			failed: 'log-in: 401 instead of < 400; orders: not asked',
			'no-token.status': { number: '401' },
		});
		expect(found).not.toHaveProperty('orders.status');
		expect(await samples({ steps: [logIn({ capture: { token: '$.none' } })] })).toMatchObject({
			failed: 'log-in: no token',
		});
	});

	test('a token that is refreshed: the new one is sent, and the old one is hidden all the same', async () => {
		const refreshed = { json: '$.orders[1]' };
		const again = withToken('refresh', '/orders', { capture: { token: refreshed } });
		const last = withToken('echo', '/login', { body: 'none', changes: false, expect: 401 });
		const answer = await asking.ask('flow', {
			steps: [logIn(), again, { ...last, url: `${shop.url}/x?old=${TOKEN}`, expect: 401 }],
		});
		expect(shop.seen.at(-1)).toBe(`POST /x?old=${TOKEN}`);
		expect(answer).toMatchObject({ ok: true, value: { samples: { failed: '' } } });
		expect(JSON.stringify(answer)).not.toContain(TOKEN);
	});

	test('beside a secret that was looked for in vain nothing is shown either', async () => {
		const answer = await asking.ask('flow', { steps: [logIn({ capture: { token: '$.none' } })] });
		expect(answer).toMatchObject({ ok: true, value: { transcript: { body: '' } } });
		if (answer.ok) expect(JSON.stringify(answer.value.transcript)).not.toContain(TOKEN);
	});

	test('what was captured is shown nowhere, wherever it comes back', async () => {
		const answer = await asking.ask('flow', {
			steps: [logIn(), withToken('orders', '/orders?t=${captured.token}')],
		});
		expect(shop.seen.at(-1)).toContain(TOKEN);
		expect(JSON.stringify(answer)).not.toContain(TOKEN);
		expect(JSON.stringify(answer)).not.toContain('correct');
		expect(answer).toMatchObject({ ok: true, value: { document: { token: '***' } } });
	});
});

describe('writing', () => {
	test('what is written is taken away again', async () => {
		expect(await samples(writing())).toMatchObject({
			failed: '',
			uncleaned: { number: '0' },
			'captured.id': { number: '17' },
		});
		expect(shop.seen).toEqual([
			'POST /login',
			'POST /customers',
			'GET /customers/17',
			'DELETE /customers/17',
		]);
		expect(shop.bodies[1]).toBe('{"name":"rounds-probe"}');
		expect(shop.customers.size).toBe(0);
	});

	test('also when a later step never answers: the clean-up has time of its own', async () => {
		shop.deaf.add('/customers/17');
		const wish = writing({
			cleanup: [withToken('remove', '/trash/${captured.id}', { method: 'DELETE', expect: 204 })],
		});
		const answer = await asking.ask('flow', wish, { limitMs: 600 });
		expect(answer).toMatchObject({ ok: false, error: { code: 'timeout', detail: { limitMs: 600 } } });
		expect(shop.customers.size).toBe(0);
	});

	test('also when it is no longer wanted', async () => {
		shop.deaf.add('/customers/17');
		const wish = writing({
			cleanup: [withToken('remove', '/trash/${captured.id}', { method: 'DELETE', expect: 204 })],
		});
		const controller = new AbortController();
		const answer = asking.ask('flow', wish, { signal: controller.signal });
		await expect.poll(() => shop.seen.at(-1)).toBe('GET /customers/17');
		controller.abort();
		expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		expect(shop.customers.size).toBe(0);
	});

	test('once something is wrong nothing more is written, and nothing taken away that was never there', async () => {
		const [, create] = writing().steps;
		const steps = [logIn(), withToken('admin', '/admin'), create];
		expect(await samples(writing({ steps }))).toMatchObject({
			failed: 'admin: 403 instead of < 400; create: not asked',
			uncleaned: { number: '0' },
		});
		expect(shop.seen).toEqual(['POST /login', 'GET /admin']);
	});

	test('what could not be taken away is counted', async () => {
		const cleanup = [withToken('remove', '/customers/99', { method: 'DELETE', expect: 204 })];
		expect(await samples(writing({ cleanup }))).toMatchObject({ failed: '', uncleaned: { number: '1' } });
	});

	test('nobody there: nothing was written, nothing is taken away', async () => {
		await shop.close();
		expect(await asking.ask('flow', writing())).toMatchObject({ ok: false, error: { code: 'refused' } });
	});

	test('a file goes up byte for byte, beside fields', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'rounds-flow-'));
		const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 0xff, 0xfe, 13, 10]);
		writeFileSync(join(folder, 'bill.pdf'), bytes);
		const upload = withToken('upload', '/bills', {
			upload: { file: 'bill' },
			form: { kind: 'test' },
			changes: false,
		});
		const found = await samples({ files: { bill: join(folder, 'bill.pdf') }, steps: [logIn(), upload] });
		rmSync(folder, { recursive: true });
		expect(found).toMatchObject({ failed: '' });
		expect(shop.bodies.at(-1)).toBe(
			[
				'--rounds-boundary',
				'Content-Disposition: form-data; name="kind"',
				'',
				'test',
				'--rounds-boundary',
				'Content-Disposition: form-data; name="file"; filename="bill.pdf"',
				'Content-Type: application/pdf',
				'',
				bytes.toString('latin1'),
				'--rounds-boundary--',
				'',
			].join('\r\n'),
		);
	});

	test('a boundary is never one that a part holds', () => {
		const { boundary, bytes } = multipart([
			{ name: 'a', bytes: Buffer.from('rounds-boundary rounds-boundary-0') },
		]);
		expect(Buffer.from(bytes).toString().split(`--${boundary}`)).toHaveLength(3);
	});
});

describe('what may not be written', () => {
	const refusals = (written: object) => {
		const parsed = flow.schema.safeParse(written);
		return parsed.success
			? []
			: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
	};
	const at = 'http://127.0.0.1:1';
	const step = { name: 'one', url: `${at}/` };
	const post = { name: 'one', url: `${at}/`, body: { name: '${test.name}' } };
	const [testData, cleanup] = [{ name: 'rounds' }, [{ name: 'undo', url: `${at}/`, method: 'DELETE' }]];

	test.each<readonly [string, object, string | null]>([
		['a plain flow', { steps: [step] }, null],
		['a written one', { steps: [post], writes: true, testData, cleanup }, null],
		['a POST without writes', { steps: [post], testData }, 'steps.0: expected "writes: true"'],
		[
			'one without test data',
			{ steps: [{ ...post, body: {} }], writes: true, cleanup },
			': expected "testData" or "files"',
		],
		['one without a clean-up', { steps: [post], writes: true, testData }, ': expected "cleanup"'],
		[
			'real data',
			{ steps: [{ ...post, body: { name: 'Li' } }], writes: true, testData, cleanup },
			'steps.0: expected a step that writes',
		],
		['a name twice', { steps: [step, step] }, 'steps.1.name: expected a name that no other step has'],
		[
			'a reference to nothing',
			{ steps: [{ ...step, url: `${at}/\${captured.id}` }] },
			'steps.0: expected a step before',
		],
		[
			'a captured host',
			{
				steps: [
					{ ...step, capture: { h: '$.h' } },
					{ name: 'two', url: 'http://a${captured.h}/' },
				],
			},
			'steps.1.url: expected a fixed host',
		],
		[
			'a file nobody named',
			{ steps: [{ ...step, upload: { file: 'bill' }, changes: false }] },
			'steps.0.upload: expected the name of one of "files"',
		],
		[
			'a capture from nowhere',
			{ steps: [{ ...step, capture: { id: 'id' } }] },
			'steps.0.capture: expected names with where',
		],
	])('%s', (_what, written, message) => {
		const found = refusals(written);
		if (message === null) expect(found).toEqual([]);
		else expect(found.join('\n')).toContain(message);
	});

	const config = (guard: string, allowIn: string) =>
		[
			'version: 1',
			'system: Shop',
			`environments: {production: {guard: ${guard}, vars: {base: "http://shop.example"}}}`,
			'checks:',
			'  create:',
			'    kind: flow',
			'    writes: true',
			allowIn,
			'    testData: {customer: rounds-probe}',
			'    steps:',
			'      - {name: create, url: "${base}/customers", body: {name: "${test.customer}"}, capture: {id: $.id}}',
			'    cleanup:',
			'      - {name: remove, url: "${base}/customers/${captured.id}", method: DELETE}',
		]
			.filter((line) => line !== '')
			.join('\n');

	test('a guarded environment keeps it from writing, unless it is named', async () => {
		const refused = await loadText(config('typed', ''));
		expect(refused.ok ? [] : refused.error.map(({ line, message }) => `${line} ${message}`)).toEqual([
			'7 expected this environment in "allowIn": it has a guard, and the flow writes',
		]);
		expect((await loadText(config('typed', '    allowIn: [production]'))).ok).toBe(true);
		expect((await loadText(config('typed', '    allowIn: [staging]'))).ok).toBe(false);
		expect((await loadText(config('none', ''))).ok).toBe(true);
	});

	test('a single request that writes is refused there too, and so is a POST that is not said to be a question', async () => {
		const one = async (guard: string, keys: string) => {
			const loaded = await loadText(
				`version: 1\nsystem: Shop\nenvironments: {production: {guard: ${guard}}}\nchecks:\n  one:\n    kind: http\n    url: "http://shop.example/"\n    ${keys}\n`,
			);
			return loaded.ok ? [] : loaded.error.map(({ line, message }) => `${line} ${message}`);
		};
		const post =
			'8 expected "reads: true" for a POST that changes nothing, or a flow that writes: this environment has a guard';
		expect(await one('none', 'method: DELETE')).toEqual([]);
		expect(await one('none', 'body: {query: all}')).toEqual([]);
		expect(await one('confirm', 'method: HEAD')).toEqual([]);
		expect(await one('confirm', 'method: POST')).toEqual([post]);
		expect(await one('typed', 'body: {query: all}')).toEqual([post]);
		expect(await one('typed', 'body: {query: all}\n    reads: false')).toEqual([post]);
		expect(await one('typed', 'body: {query: all}\n    reads: true')).toEqual([]);
		for (const method of ['PUT', 'PATCH', 'DELETE'])
			expect(await one('confirm', `method: ${method}\n    reads: true`)).toEqual([
				'8 expected a flow for a method that writes: this environment has a guard',
			]);
	});

	test('files to upload lie beside the configuration', async () => {
		const loaded = await loadGood(
			[
				'version: 1',
				'system: Shop',
				'checks:',
				'  bill:',
				'    kind: flow',
				'    files: {bill: fixtures/bill.pdf}',
				'    steps:',
				'      - {name: upload, url: "http://shop.example/", upload: {file: bill}, changes: false}',
			].join('\n'),
		);
		expect(loaded.system.checks[0]?.options).toMatchObject({ files: { bill: '/etc/app/fixtures/bill.pdf' } });
	});

	test('references of its own mean nothing elsewhere', async () => {
		const text =
			'version: 1\nsystem: Shop\nchecks:\n  one: {kind: http, url: "http://127.0.0.1/${captured.id}"}\n';
		const loaded = await loadText(text);
		expect(loaded.ok).toBe(false);
	});
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: a reference is written so
