import { dirname, join } from 'node:path';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { lastLine, runTool, type ToolCall } from './run-tool.ts';

export const POSTGRES = { schemes: ['postgresql', 'postgres'], port: 5432 } as const;

/** Where packages put a version's programs; what is on the PATH is often a wrapper that chooses for itself. */
const PLACES = [
	'/usr/lib/postgresql/*/bin',
	'/usr/pgsql-*/bin',
	'/usr/local/pgsql*/bin',
	'/opt/homebrew/opt/postgresql@*/bin',
	'/usr/local/opt/postgresql@*/bin',
];
/** Where systems keep the certificates they trust: libpq has no list of its own. */
const AUTHORITIES = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/cert.pem',
];

export interface PostgresTools {
	readonly major: number;
	/** `15.18`. */
	readonly version: string;
	path(name: string): string;
}

export function majorOf(version: string): number {
	return Number(/\d+/.exec(version)?.[0] ?? 0);
}

/**
 * The programs of the wanted major version, else the next newer; `exact` takes no other. Faults `command-missing`,
 * `version-mismatch` {tool, toolVersion, serverVersion} when only older ones are installed.
 */
export async function findTools(
	ports: SourcePorts,
	run: Run,
	wanted: {
		readonly bin: string | undefined;
		readonly program: string;
		readonly server: string;
		readonly exact?: boolean;
	},
): Promise<Result<PostgresTools, Fault>> {
	const { bin, program, server, exact = false } = wanted;
	const programs: string[] = [];
	for (const place of bin === undefined ? PLACES : []) {
		const found = await ports.files.glob(join(place, program), 50);
		if (found.ok) programs.push(...found.value);
	}
	if (bin !== undefined) programs.push(join(bin, program));
	else if (programs.length === 0) programs.push(program);
	const known: PostgresTools[] = [];
	for (const one of programs) {
		const said = await ports.processes.run(
			{ argv: [one, '--version'], cwd: '/', env: { LC_ALL: 'C' }, outputLimit: 4096 },
			run,
		);
		if (!said.ok && (said.error.code === 'cancelled' || said.error.code === 'timeout')) return said;
		const version = said.ok ? /\(PostgreSQL\) (\d+[\w.]*)/.exec(said.value.stdout)?.[1] : undefined;
		if (version === undefined) continue;
		const folder = dirname(one);
		const path = (name: string) => (one.includes('/') ? join(folder, name) : name);
		known.push({ major: majorOf(version), version, path });
	}
	const major = majorOf(server);
	const sorted = known.toSorted((a, b) => a.major - b.major);
	const fitting = sorted.find((one) => (exact ? one.major === major : one.major >= major));
	if (fitting !== undefined) return ok(fitting);
	const nearest = sorted.at(-1);
	if (nearest === undefined)
		return err(
			fault('command-missing', {
				command: bin === undefined ? program : clean(programs[0] ?? program, { max: 200 }),
			}),
		);
	return err(
		fault('version-mismatch', {
			tool: program,
			toolVersion: nearest.version,
			serverVersion: clean(server, { max: 40 }),
		}),
	);
}

/** How libpq learns where to go: never by arguments, which everybody on the machine can read. */
export async function libpqVariables(
	place: DatabasePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Readonly<Record<string, Text>>> {
	const nothing = join(run.folder, 'no-such-file');
	const variables: Record<string, Text> = {
		...quiet(run),
		PGHOST: place.host,
		PGPORT: String(place.port),
		PGUSER: place.user,
		PGSSLMODE: { off: 'disable', unverified: 'require', verify: 'verify-full' }[place.tls],
		PGSSLROOTCERT: nothing,
	};
	if (place.database !== '') variables['PGDATABASE'] = place.database;
	if (place.password !== null) variables['PGPASSWORD'] = place.password;
	if (place.tls !== 'verify') return variables;
	const named = ports.environment.get('PGSSLROOTCERT');
	for (const file of named === undefined ? AUTHORITIES : [named])
		if ((await ports.files.facts(file)).ok) {
			variables['PGSSLROOTCERT'] = file;
			break;
		}
	return variables;
}

/** Nothing of the account that runs us (passwords, services, settings) plays a part, and messages are in English. */
function quiet(run: Run): Record<string, string> {
	const nothing = join(run.folder, 'no-such-file');
	return {
		LC_ALL: 'C',
		PGPASSFILE: nothing,
		PGSERVICEFILE: nothing,
		PGSYSCONFDIR: nothing,
		PGSSLCERT: nothing,
		PGSSLKEY: nothing,
		PGGSSENCMODE: 'disable',
		PGCLIENTENCODING: 'UTF8',
		PGAPPNAME: 'rounds',
		PGCONNECT_TIMEOUT: '20',
		PSQL_HISTORY: '/dev/null',
	};
}

/** For `-d`, where a bare name with "=" in it would be read as more than a name. */
export function databaseArgument(name: string): string {
	return `dbname='${name.replace(/[\\']/g, '\\$&')}'`;
}

export function addressOf({ host, port }: DatabasePlace): string {
	if (host.startsWith('/')) return clean(host, { max: 200 });
	return clean(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, { max: 200 });
}

const CODES: readonly (readonly [RegExp, Fault['code']])[] = [
	[/No space left on device|53100/, 'disk-full'],
	[/server version mismatch/, 'version-mismatch'],
	[/password authentication failed|no pg_hba\.conf entry|no password supplied|\b28\w{3}:/, 'access-denied'],
	[/\b42501:|permission denied|must be (?:superuser|owner|a superuser)|replication role/i, 'no-permission'],
	[/\b3D000:/, 'database-missing'],
	[
		/server closed the connection|terminating connection|connection to server was lost|lost synchronization|could not receive data|could not send|connection (?:reset|not open)|no connection to the server/i,
		'closed-early',
	],
	[/Connection refused|No such file or directory\s+Is the server running/i, 'refused'],
	[/too many (?:clients|connections)|remaining connection slots|\b53300:/, 'not-accepting'],
	[/\b57P03:|is starting up/, 'not-accepting'],
];

/** What one of its tools said when it failed. The servers' own sentences may be in any language; codes and its own are not. */
export function toolFault(name: string, { exit, stderr }: CommandAnswer, place: DatabasePlace | null): Fault {
	const code = CODES.find(([words]) => words.test(stderr))?.[1] ?? 'command-failed';
	const message = lastLine(stderr);
	const address = place === null ? {} : { address: addressOf(place) };
	if (code === 'disk-full') return fault(code);
	if (code === 'version-mismatch') {
		const [, serverVersion = '', toolVersion = ''] =
			/server version: ([\w.]+).*?pg_dump version: ([\w.]+)/s.exec(stderr) ?? [];
		return fault(code, { tool: name, toolVersion, serverVersion });
	}
	if (code === 'database-missing')
		return fault(code, { path: `${address.address}/${clean(place?.database ?? '')}` });
	if (code === 'not-accepting')
		return fault(code, { ...address, reason: /starting up|57P03/.test(stderr) ? 'starting' : 'full' });
	if (code === 'command-failed') return fault(code, { command: name, exit: exit ?? 0, message });
	return fault(code, { ...address, message });
}

/** Runs one of the tools as this place's user; exit 0 or a fault. */
export async function runPostgresTool(
	ports: SourcePorts,
	run: Run,
	tools: PostgresTools,
	name: string,
	args: readonly string[],
	place: DatabasePlace | null,
	more: Omit<ToolCall, 'argv' | 'secret'> = {},
): Promise<Result<CommandAnswer, Fault>> {
	const env = place === null ? quiet(run) : await libpqVariables(place, ports, run);
	const answer = await runTool(ports, run, {
		...more,
		argv: [tools.path(name), ...args],
		env: { ...env, ...more.env },
		secret: place?.password ?? null,
	});
	if (!answer.ok || answer.value.exit === 0) return answer;
	return err(toolFault(name, answer.value, place));
}
