import { z } from 'zod';
import type { DatabasePlace, DatabaseTls } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { port, secretText, text, written } from './fields.ts';
import { isQueries } from './queries.ts';

const word = () =>
	written<string>((value) => typeof value === 'string' && value.trim() !== '' && !/[\n\0]/.test(value), {
		json: { type: 'string', minLength: 1 },
		error: 'expected text',
	});

/** A server's own way of writing addresses, and its habits. */
export interface Family {
	readonly schemes: readonly string[];
	readonly port: number;
}

/** The keys that say where a server is and who we are there. */
export function connectionKeys(family: Family) {
	return {
		url: text()
			.optional()
			.describe(
				`Where it is, as "${family.schemes[0]}://user:password@host:port/database", by reference to a secret. Instead of the next five keys.`,
			),
		host: word()
			.optional()
			.describe('Host name, IP address, or the absolute path of its socket. "localhost" when left out.'),
		port: port().optional().describe(`Port; ${family.port} when left out.`),
		user: word().optional().describe('Who to be there: best a role that may only read.'),
		password: secretText().optional().describe('Its password, by reference to a secret.'),
		database: word().optional().describe('The database to be in.'),
		tls: z
			.enum(['verify', 'unverified', 'off'], { error: 'expected verify, unverified or off' })
			.optional()
			.describe(
				'"verify": encrypted, with a valid certificate. "unverified": encrypted, any certificate. "off": plain. When left out: "off" on this host, "verify" elsewhere.',
			),
	};
}

/** What is wrong with them together: a sentence, or null. */
export function connectionMistake(
	{ url, host, port: at, user, password, database }: Connection,
	family: Family,
): string | null {
	if (url === undefined && user === undefined) return 'expected "url" or "user"';
	if (url !== undefined && [host, at, user, password, database].some((part) => part !== undefined))
		return 'expected "url" alone, or its parts, not both';
	if (typeof url === 'string' && !placeOf({ url }, family).ok)
		return `expected an address such as ${family.schemes[0]}://user@host/database`;
	if (typeof url === 'string' && /^[^/]*\/\/[^/]*:[^/]*@/.test(url))
		return 'expected a reference to a secret, such as "secret:api_token", never the value itself';
	return null;
}

/** The keys that both servers share; `taken` are the samples that `facts` bring. */
export function databaseSchema(family: Family, taken: Readonly<Record<string, unknown>>) {
	return z
		.strictObject({
			...connectionKeys(family),
			read: queries(
				'Name → a SELECT of one value. All are read from one snapshot. `<name>.took` is its duration, `<name>.rows` its rows.',
			),
			facts: z
				.boolean({ error: 'expected true or false' })
				.prefault(false)
				.describe(
					'Whether to ask the server about itself too. What this user may not see, or does not apply, is left out.',
				),
		})
		.superRefine((options, context) => {
			const wrong = (message: string) => context.addIssue({ code: 'custom', message });
			const mistake = connectionMistake(options, family);
			if (mistake !== null) return wrong(mistake);
			const { read, facts } = options;
			if (read === undefined && !facts) return wrong('expected "read", "facts: true", or both');
			const twice = facts ? Object.keys(read ?? {}).find((name) => Object.hasOwn(taken, name)) : undefined;
			if (twice !== undefined) wrong(`the sample "${twice}" is taken`);
		});
}

/** Names with a SELECT each. */
export function queries(description: string) {
	return written<Readonly<Record<string, string>>>(isQueries, {
		json: { type: 'object', minProperties: 1, additionalProperties: { type: 'string', minLength: 1 } },
		error:
			'expected names with a query each, such as {customers: "select count(*) from customers"}; "took" is taken',
	})
		.optional()
		.describe(description);
}

/** As the keys say it. */
export interface Connection {
	readonly url?: Text | undefined;
	readonly host?: string | undefined;
	readonly port?: number | undefined;
	readonly user?: string | undefined;
	readonly password?: Secret | undefined;
	readonly database?: string | undefined;
	readonly tls?: DatabaseTls | undefined;
}

export type DatabaseOptions = z.output<ReturnType<typeof databaseSchema>>;

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
const isHere = (host: string): boolean =>
	host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host);
const SSL_MODES: Readonly<Record<string, DatabaseTls>> = {
	disable: 'off',
	disabled: 'off',
	require: 'unverified',
	required: 'unverified',
	'verify-ca': 'verify',
	verify_ca: 'verify',
	'verify-full': 'verify',
	verify_identity: 'verify',
};

/** Where these options lead; the fault when a secret address is none. */
export function placeOf(options: Connection, family: Family): Result<DatabasePlace, Fault> {
	const { url } = options;
	if (url === undefined) {
		const host = bare(options.host ?? 'localhost');
		return ok({
			host,
			port: options.port ?? family.port,
			user: options.user ?? '',
			password: options.password ?? null,
			database: options.database ?? '',
			tls: options.tls ?? (isHere(host) ? 'off' : 'verify'),
		});
	}
	const read = URL.parse(reveal(url));
	// Drivers are named in it by some: postgresql+asyncpg, mysql+pymysql.
	const scheme = read?.protocol.replace(/(\+\w+)?:$/, '') ?? '';
	if (read === null || !family.schemes.includes(scheme) || read.username === '')
		return err(fault('not-supported', { what: 'url' }));
	try {
		const host = bare(decodeURIComponent(read.searchParams.get('host') ?? read.hostname)) || 'localhost';
		const password = decodeURIComponent(read.password);
		const mode = read.searchParams.get('sslmode') ?? read.searchParams.get('ssl-mode') ?? '';
		return ok({
			host,
			port: read.port === '' ? family.port : Number(read.port),
			user: decodeURIComponent(read.username),
			password: password === '' ? null : new Secret(password, url instanceof Secret ? url.reference : 'url'),
			database: decodeURIComponent(read.pathname.slice(1)),
			tls: options.tls ?? SSL_MODES[mode.toLowerCase()] ?? (isHere(host) ? 'off' : 'verify'),
		});
	} catch {
		return err(fault('not-supported', { what: 'url' }));
	}
}

/** Which database on which host; of an address that is secret, only what its reference shows. */
export function databaseTarget(options: Connection, family: Family): string {
	const { url } = options;
	const shown = url instanceof Secret ? { url: url.reference.replace(/\$\{[^}]*\}/g, '***') } : options;
	const place = placeOf(shown, family);
	if (!place.ok) return '***';
	const { host, port: at, database } = place.value;
	const where = host.startsWith('/') ? host : at === family.port ? host : `${host}:${at}`;
	return clean(database === '' ? where : `${where}/${database}`, { max: 200 });
}
