import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import { Secret } from '../../src/domain/secret.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { faultOfMysql } from '../../src/platform/mysql-fault.ts';
import { faultOfPostgres } from '../../src/platform/postgres-fault.ts';

const root = join(import.meta.dirname, '../..');

describe('where its client is not installed', () => {
	test.each([
		['postgres', 'createPostgres', 'pg'],
		['mysql', 'createMysql', 'mysql2'],
	])('a %s check says what to install', (name, create, install) => {
		// Asked for under a name that nobody has installed, the loader fails as it does for this one.
		const program = `
			const { registerHooks } = await import('node:module');
			registerHooks({ resolve: (name, context, next) => next(name === '${install}' ? 'no-such-package-here' : name, context) });
			const { ${create} } = await import('./src/platform/${name}.ts');
			const { createClock } = await import('./src/platform/clock.ts');
			const clock = createClock();
			const request = { place: { host: '127.0.0.1', port: 1, user: 'a', password: null, database: '', tls: 'off' }, queries: {}, facts: {} };
			const limits = { deadline: clock.monotonic() + 1000, signal: new AbortController().signal };
			process.stdout.write(JSON.stringify(await ${create}(clock).read(request, limits)));`;
		const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
		const answer = JSON.parse(said.toString());
		expect(answer).toEqual({ ok: false, error: { code: 'not-supported', detail: { install } } });
		expect(faultText(answer.error, 'en')).toContain(`npm install ${install}`);
		expect(faultText(answer.error, 'zh-CN')).toContain(`npm install ${install}`);
	});
});

describe('where it is', () => {
	const secret = (value: string, reference = 'env:URL') => new Secret(value, reference);
	const of = (name: string, written: object) => {
		const kind = findCheckKind(name) as RegisteredKind;
		return kind.target(kind.schema.parse({ read: { a: 'select 1' }, ...written }));
	};

	test('is shown without its secret part', () => {
		expect(of('postgres', { user: 'app', database: 'booking' })).toBe('localhost/booking');
		expect(of('mysql', { host: '[::1]', port: 3307, user: 'app' })).toBe('::1:3307');
		expect(of('postgres', { url: 'postgres://app@db.example/booking?sslmode=require' })).toBe(
			'db.example/booking',
		);
		expect(of('postgres', { url: secret('postgres://app:x@db/booking') })).toBe('***');
		const reference = 'postgresql://app:' + '${' + 'secret:pw}@db.example:6432/booking';
		expect(of('postgres', { url: secret('postgresql://app:x@db.example:6432/booking', reference) })).toBe(
			'db.example:6432/booking',
		);
	});

	test.each([
		[{}],
		[{ user: 'a', url: 'postgres://a@b/c' }],
		[{ url: 'postgres://app:password@db/booking' }],
		[{ url: 'mysql://app@db/booking' }],
		[{ url: 'postgres://db/booking' }],
		[{ user: 'a', password: 'plain' }],
		[{ user: 'a', read: { version: 'select 1' }, facts: true }],
		[{ user: 'a', read: { took: 'select 1' } }],
		[{ user: 'a', tls: 'maybe' }],
	])('is refused: %j', (written) => {
		const kind = findCheckKind('postgres') as RegisteredKind;
		expect(kind.schema.safeParse({ read: { a: 'select 1' }, ...written }).success).toBe(false);
	});

	test('the same can be asked by hand', () => {
		const kind = (name: string) => findCheckKind(name) as RegisteredKind;
		const written = {
			host: 'db',
			user: 'app',
			password: secret('x'),
			database: 'shop',
			read: { a: "select 'x'" },
		};
		const copy = (name: string) => kind(name).copyAs?.(kind(name).schema.parse(written));
		expect(copy('postgres')).toBe("psql -h db -p 5432 -U app -d shop -c 'select '\\''x'\\'''");
		expect(copy('mysql')).toBe("mysql -h db -P 3306 -u app -p -e 'select '\\''x'\\''' shop");
	});
});

// As these servers and their clients word it; the codes of the servers are tested against the servers.
test.each([
	[{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string' }, 'access-denied'],
	[{ message: 'The server does not support SSL connections' }, 'bad-protocol'],
	[{ message: 'Connection terminated unexpectedly' }, 'closed-early'],
	[{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'refused'],
	[{ code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'bad-certificate'],
	[{ severity: 'FATAL', code: '57P03', message: 'the database system is starting up' }, 'not-accepting'],
	[
		{ severity: 'ERROR', code: '40001', message: 'canceling statement due to conflict with recovery' },
		'database-locked',
	],
])('PostgreSQL: %j means %s', (error, code) => {
	expect(faultOfPostgres(error, 'db:5432', null).code).toBe(code);
});

test.each([
	[
		{ code: 'HANDSHAKE_NO_SSL_SUPPORT', message: 'Server does not support secure connection' },
		'bad-protocol',
	],
	[
		{ code: 'HANDSHAKE_SSL_ERROR', message: "Hostname/IP does not match certificate's altnames" },
		'bad-certificate',
	],
	[{ code: 'HANDSHAKE_SSL_ERROR', message: 'socket hang up' }, 'bad-protocol'],
	[{ code: 'PROTOCOL_CONNECTION_LOST', message: 'Connection lost', fatal: true }, 'closed-early'],
	[{ code: 'ECONNREFUSED', errno: -111, message: 'connect ECONNREFUSED' }, 'refused'],
	[
		{ code: 'ER_HOST_IS_BLOCKED', errno: 1129, sqlState: 'HY000', message: 'Host is blocked' },
		'access-denied',
	],
	[
		{ code: 'ER_SERVER_SHUTDOWN', errno: 1053, sqlState: '08S01', message: 'Server shutdown' },
		'not-accepting',
	],
	[
		{
			code: 'ER_QUERY_TIMEOUT',
			errno: 3024,
			sqlState: 'HY000',
			message: 'maximum statement execution time exceeded',
		},
		'timeout',
	],
	[
		{ code: 'ER_CRASHED_ON_USAGE', errno: 1194, sqlState: 'HY000', message: 'Table is marked as crashed' },
		'database-corrupt',
	],
	[{ message: 'Unexpected packet' }, 'bad-body'],
])('MySQL: %j means %s', (error, code) => {
	expect(faultOfMysql(error, 'db:3306', null).code).toBe(code);
});
