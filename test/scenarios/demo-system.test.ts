import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder } from '../../src/demo/folder.ts';
import { ORIGINS } from '../../src/demo/origins.ts';
import { type DemoSystem, openSystem } from '../../src/demo/system.ts';
import { TROUBLES } from '../../src/demo/troubles.ts';
import { makeDir, readJson, removeDir, runBash } from './demo-world.ts';

const dir = makeDir();
let system: DemoSystem;
let token: string;

beforeAll(async () => {
	makeFolder(dir);
	system = await openSystem({ dir, idleMs: 600_000, onIdle: () => undefined });
	token = readFileSync(join(dir, 'secrets/accounting_token'), 'utf8').trim();
});

afterEach(async () => {
	expect(await trouble('all-well')).toMatchObject({ code: 0, out: 'all well: every trouble is off\n' });
});

afterAll(async () => {
	await system.end();
	removeDir(dir);
});

const flask = (path: string, init?: RequestInit): Promise<Response> =>
	fetch(`http://127.0.0.1:${system.ports.flask}${path}`, init);
const accounting = (path: string, init: RequestInit = { headers: { Authorization: `Bearer ${token}` } }) =>
	fetch(`http://127.0.0.1:${system.ports.accounting}${path}`, init);
const mcp = (path: string, init?: RequestInit): Promise<Response> =>
	fetch(`http://127.0.0.1:${system.ports.mcp}${path}`, init);
const trouble = (...words: string[]) => runBash(dir, ['trouble.sh', ...words]);

function testApi(env: Record<string, string> = {}) {
	const { ports } = system;
	const addresses = [ports.flask, ports.accounting, ports.mcp].map((port) => `127.0.0.1:${port}`);
	return runBash(dir, ['test_api_endpoints.sh', ...addresses], env);
}

/** What a console's own integrity check would read: another connection, read-only. */
function readBooks() {
	const database = new Database(join(dir, 'db/smart_loan_manager.db'), { readonly: true });
	try {
		return database
			.prepare(
				`select (select count(*) from customers) customers, (select count(*) from bills) bills,
				(select count(*) from credit_cards) cards, count(*) transactions,
				sum(expense_cents) expenses, sum(repayment_cents) repayments from transactions`,
			)
			.get();
	} finally {
		database.close();
	}
}

const WHOLE = {
	customers: 8,
	bills: 281,
	cards: 31,
	transactions: 48_609,
	expenses: 690_403_273,
	repayments: 663_755_132,
};
const WHOLE_SUMMARY =
	'{"customers":8,"expenses":6904032.73,"repayments":6637551.32,"net_balance":266481.41}\n';

describe('all well', () => {
	test('the database holds the documented books in 4.2 MB, for its owner only', () => {
		expect(readBooks()).toEqual(WHOLE);
		const { size, mode } = statSync(join(dir, 'db/smart_loan_manager.db'));
		expect((size / 1e6).toFixed(1)).toBe('4.2');
		expect(mode & 0o777).toBe(0o600);
	});

	test('Flask answers in the documented shapes, amounts exact', async () => {
		expect(await (await flask('/api/health')).json()).toEqual({ status: 'healthy' });
		const customers = await readJson<{ count: number; customers: { name: string }[] }>(
			flask('/api/customers'),
		);
		expect(customers.count).toBe(8);
		expect(customers.customers.map((row) => row.name)).toEqual(
			Array.from({ length: 8 }, (_, index) => `Customer ${index + 1}`),
		);
		expect((await readJson<{ customer_count: number }>(flask('/api/dashboard/stats'))).customer_count).toBe(
			8,
		);
		expect(await (await flask('/api/dashboard/summary')).text()).toBe(WHOLE_SUMMARY);
		for (const method of ['GET', 'POST']) {
			expect((await readJson<{ status: string }>(flask('/api/bill/ocr-status', { method }))).status).toBe(
				'ready',
			);
		}
	});

	test.each(['/api/bill/upload', '/api/customer/create'])(
		'%s accepts a test and keeps nothing',
		async (path) => {
			expect((await flask(path)).status).toBe(405);
			expect((await flask(path, { method: 'POST', body: '{}' })).status).toBe(403);
			const reply = await flask(path, { method: 'POST', body: 'a,b', headers: { 'X-Test-Run': '1' } });
			expect([reply.status, await reply.json()]).toEqual([202, { accepted: true, stored: false }]);
			const large = { method: 'POST', body: 'x'.repeat(1_100_000), headers: { 'X-Test-Run': '1' } };
			expect((await flask(path, large)).status).toBe(413);
			expect(readBooks()).toEqual(WHOLE);
		},
	);

	test('unknown paths and methods are refused', async () => {
		expect((await flask('/nothing')).status).toBe(404);
		const reply = await flask('/api/health', { method: 'DELETE' });
		expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET']);
	});

	test.each(ORIGINS)('CORS allows %s with credentials, asked before and while', async (origin) => {
		for (const method of ['OPTIONS', 'GET', 'HEAD']) {
			const { status, headers } = await flask('/api/customers', { method, headers: { Origin: origin } });
			expect([status, headers.get('access-control-allow-origin')]).toEqual([
				method === 'OPTIONS' ? 204 : 200,
				origin,
			]);
			expect([headers.get('access-control-allow-credentials'), headers.get('vary')]).toEqual([
				'true',
				'Origin',
			]);
			expect(headers.get('access-control-allow-methods') !== null).toBe(method === 'OPTIONS');
		}
	});

	test.each([
		'https://evil.example',
		'https://creditpilot.digital.evil.example',
		'null',
		'http://localhost:3001',
	])('CORS refuses %s', async (origin) => {
		for (const method of ['OPTIONS', 'GET']) {
			const { headers } = await flask('/api/customers', { method, headers: { Origin: origin } });
			expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
			expect(headers.get('vary')).toBe('Origin');
		}
	});

	test('the Accounting API wants its token', async () => {
		expect(await (await accounting('/health')).json()).toEqual({ status: 'healthy' });
		expect((await readJson<{ net_balance: number }>(accounting('/accounting/balance'))).net_balance).toBe(
			266481.41,
		);
		for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: token }]) {
			const reply = await accounting('/health', { headers });
			expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
		}
	});

	test('the MCP server answers', async () => {
		expect(await (await mcp('/health')).json()).toEqual({ status: 'healthy' });
		expect((await readJson<{ jsonrpc: string }>(mcp('/mcp', { method: 'POST', body: '{}' }))).jsonrpc).toBe(
			'2.0',
		);
	});

	test('the test script passes 8/8, with the token from its file or from the environment', async () => {
		const plain = await testApi();
		expect([plain.code, plain.out.trim().split('\n').at(-1)]).toEqual([0, '8/8 tests passed']);
		expect(plain.out.match(/^PASS /gm)?.length).toBe(8);
		expect(/(?<passed>\d+)\/(?<total>\d+)/.exec(plain.out)?.groups).toEqual({ passed: '8', total: '8' });
		const wrong = await testApi({ ACCOUNTING_TOKEN: 'wrong' });
		expect([wrong.code, wrong.out.match(/^FAIL .*$/gm)]).toEqual([
			1,
			['FAIL  accounting        GET /health with the token: HTTP status 401'],
		]);
	});

	test('logs begin with a past in both documented formats', () => {
		const server = readFileSync(join(dir, 'tmp-logs/Server_1.log'), 'utf8').trimEnd().split('\n');
		expect(server.length).toBeGreaterThan(80);
		expect(
			server.every((line) => /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[(INFO|WARNING|ERROR)\] /.test(line)),
		).toBe(true);
		const api = readFileSync(join(dir, 'tmp-logs/Accounting_API_1.log'), 'utf8').trimEnd().split('\n');
		expect(api.every((line) => /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[\w+\] /.test(line))).toBe(true);
		expect(server.some((line) => line.includes('GET /api/health 200'))).toBe(true);
		expect(readFileSync(join(dir, 'logs/error.log'), 'utf8')).toMatch(
			/^\[.{19}\] \[ERROR\] Traceback .*\n {2}File /,
		);
	});
});

describe('troubles', () => {
	test('slow accounting falls behind the slowest endpoint of its neighbour, which it was ahead of', async () => {
		const order = async (): Promise<string[]> => {
			const came: string[] = [];
			await Promise.all([
				accounting('/health').then(() => came.push('accounting')),
				flask('/api/dashboard/summary').then(() => came.push('summary')),
			]);
			return came;
		};
		expect(await order()).toEqual(['accounting', 'summary']);
		await trouble('slow-accounting', 'on');
		expect(await order()).toEqual(['summary', 'accounting']);
		await trouble('slow-accounting', 'off');
		expect(await order()).toEqual(['accounting', 'summary']);
	});

	test('a stopped MCP refuses connections and comes back on its port', async () => {
		expect((await trouble('stop-mcp', 'toggle')).out).toBe(
			'stop-mcp is on: nothing listens on the MCP port any more: connection refused\n',
		);
		const error = await mcp('/health').catch((reason: Error) => reason);
		expect((error as { cause?: { code?: string } }).cause?.code).toBe('ECONNREFUSED');
		const { code, out } = await testApi();
		expect([code, out.trim().split('\n').slice(-2)]).toEqual([
			1,
			['FAIL  MCP               GET /health: connection refused', '7/8 tests passed'],
		]);
		expect((await trouble('stop-mcp', 'toggle')).out).toBe('stop-mcp is off\n');
		expect((await mcp('/health')).status).toBe(200);
	});

	test('lost transactions: 001 instead of 000, still consistent, and back again', async () => {
		await trouble('lose-transactions', 'on');
		expect(readBooks()).toEqual({ ...WHOLE, transactions: 1_960, repayments: 105_656_275 });
		const summary = await (await flask('/api/dashboard/summary')).text();
		expect(summary).toBe(
			'{"customers":8,"expenses":6904032.73,"repayments":1056562.75,"net_balance":5847469.98}\n',
		);
		expect((await testApi()).code).toBe(0);
		await trouble('lose-transactions', 'on');
		expect(readBooks()).toMatchObject({ transactions: 1_960 });
		await trouble('lose-transactions', 'off');
		expect(readBooks()).toEqual(WHOLE);
		expect(await (await flask('/api/dashboard/summary')).text()).toBe(WHOLE_SUMMARY);
	});

	test("the summary's net is the ledger's, not the difference of the two sums", async () => {
		const database = new Database(join(dir, 'db/smart_loan_manager.db'));
		database.exec('update transactions set repayment_cents = repayment_cents + 1 where id = 48609');
		const summary = await (await flask('/api/dashboard/summary')).json();
		database.exec('update transactions set repayment_cents = repayment_cents - 1 where id = 48609');
		database.close();
		expect(summary).toMatchObject({ repayments: 6637551.33, net_balance: 266481.41 });
	});

	test('rows are lost while somebody is reading, who goes on seeing what was there', async () => {
		const database = new Database(join(dir, 'db/smart_loan_manager.db'), { readonly: true });
		database.exec('begin');
		const count = database.prepare('select count(*) from transactions').pluck();
		expect(count.get()).toBe(48_609);
		expect((await trouble('lose-transactions', 'on')).code).toBe(0);
		expect(count.get()).toBe(48_609);
		database.exec('commit');
		expect(count.get()).toBe(1_960);
		database.close();
	});

	test('a dropped origin is refused and gone from the file', async () => {
		const origin = 'https://creditpilot.digital';
		const allowed = async (): Promise<string | null> =>
			(await flask('/api/health', { headers: { Origin: origin } })).headers.get(
				'access-control-allow-origin',
			);
		const named = (): boolean => readFileSync(join(dir, 'cors_config.py'), 'utf8').includes(`"${origin}"`);
		await trouble('cors-dropped', 'on');
		expect([await allowed(), named()]).toEqual([null, false]);
		expect((await testApi()).out).toContain(`refused: origin ${origin} is not allowed`);
		await trouble('cors-dropped', 'off');
		expect([await allowed(), named()]).toEqual([origin, true]);
	});

	test('an error burst adds stack traces to both logs', async () => {
		const traces = (file: string): number =>
			readFileSync(join(dir, file), 'utf8').split('[ERROR] Traceback').length - 1;
		const before = [traces('logs/error.log'), traces('tmp-logs/Server_1.log')] as const;
		await trouble('error-burst', 'on');
		await trouble('error-burst', 'off');
		expect(traces('logs/error.log')).toBeGreaterThanOrEqual(before[0] + 5);
		expect(traces('tmp-logs/Server_1.log')).toBeGreaterThanOrEqual(before[1] + 5);
		const last = readFileSync(join(dir, 'logs/error.log'), 'utf8')
			.split(/^(?=\[)/m)
			.at(-1)!;
		expect(last).toMatch(
			/^\[.{19}\] \[ERROR\] Traceback .*\n( {2}File .*\n)+\w[\w.]*: .* method=\w+ path=\S+ request=\S+\n$/,
		);
	});

	test('Flask answers 500 everywhere, and the log says so', async () => {
		await trouble('flask-500', 'on');
		for (const path of ['/api/health', '/api/customers', '/api/dashboard/summary']) {
			expect((await flask(path)).status).toBe(500);
		}
		expect(readFileSync(join(dir, 'tmp-logs/Server_1.log'), 'utf8')).toContain(
			'[ERROR] GET /api/customers 500',
		);
		expect((await testApi()).out).toContain('\n2/8 tests passed');
		await trouble('flask-500', 'off');
		expect((await flask('/api/health')).status).toBe(200);
	});

	test('hanging Accounting accepts and says nothing until the trouble is over', async () => {
		await trouble('hang', 'on');
		const pending = accounting('/health').then(
			() => 'answered',
			() => 'cut',
		);
		expect((await testApi()).out).toContain('GET /health with the token: no answer within 5 s');
		await trouble('hang', 'off');
		expect(await pending).toBe('cut');
		expect((await accounting('/health')).status).toBe(200);
	});

	test('broken JSON comes with 200 and cannot be read', async () => {
		await trouble('bad-json', 'on');
		const reply = await flask('/api/dashboard/summary');
		expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json']);
		await expect(reply.json()).rejects.toThrow(SyntaxError);
		expect((await testApi()).out).toContain(
			'GET /api/dashboard/summary: the body is not a whole JSON object',
		);
		await trouble('bad-json', 'off');
		expect(await (await flask('/api/dashboard/summary')).text()).toBe(WHOLE_SUMMARY);
	});

	test('all well switches everything off at once', async () => {
		for (const { name } of TROUBLES) expect((await trouble(name, 'on')).code).toBe(0);
		await trouble('all-well');
		for (const { name } of TROUBLES) expect((await trouble(name, 'state')).out).toBe(`${name} is off\n`);
		expect(readBooks()).toEqual(WHOLE);
		expect((await testApi()).code).toBe(0);
	});

	test('all well ends the rest when one cannot be ended, and says which', async () => {
		await trouble('stop-mcp', 'on');
		await trouble('flask-500', 'on');
		const stranger = createServer();
		await new Promise<void>((resolve) => stranger.listen(system.ports.mcp, '127.0.0.1', resolve));
		const { code, out } = await trouble('all-well');
		expect([code, out]).toEqual([
			1,
			expect.stringMatching(/^could not be switched off: stop-mcp \(.*EADDRINUSE.*\)\n$/),
		]);
		expect((await trouble('stop-mcp', 'state')).out).toContain('stop-mcp is on');
		expect((await flask('/api/health')).status).toBe(200);
		await new Promise((resolve) => stranger.close(resolve));
		expect((await trouble('stop-mcp', 'off')).code).toBe(0);
		expect((await mcp('/health')).status).toBe(200);
	});

	test('a wrong name, a wrong order and a wrong token change nothing and say why', async () => {
		expect(await trouble('lose-everything')).toMatchObject({
			code: 1,
			out: expect.stringContaining('there are slow-acc'),
		});
		expect(await trouble('hang', 'perhaps')).toMatchObject({
			code: 1,
			out: 'say on, off, toggle or state\n',
		});
		const forged =
			'exec 3<>/dev/tcp/127.0.0.1/$1; echo "wrong trouble hang on" >&3; read -r answer <&3; echo "$answer"';
		const { out } = await runBash(dir, ['-c', forged, 'forged', String(system.ports.control)]);
		expect(out).toBe('no wrong token\n');
		expect((await trouble('hang', 'state')).out).toBe('hang is off\n');
	});
});
