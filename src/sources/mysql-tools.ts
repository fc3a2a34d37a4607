import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { isQuantity, type SampleValue } from '../domain/value.ts';
import { lastLine, runTool, type ToolCall } from './run-tool.ts';

export const MYSQL = { schemes: ['mysql', 'mariadb'], port: 3306 } as const;

const OUTPUT_LIMIT = 16 * 1024 * 1024;
const NAMES = { dump: ['mariadb-dump', 'mysqldump'], client: ['mariadb', 'mysql'] } as const;
const AUTHORITIES = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/cert.pem',
];

export interface MysqlTool {
	readonly program: string;
	readonly vendor: 'MariaDB' | 'MySQL';
	readonly version: string;
}

export const vendorOf = (server: string): MysqlTool['vendor'] =>
	/mariadb/i.test(server) ? 'MariaDB' : 'MySQL';
const numbers = (version: string): readonly number[] =>
	version.split('.').map((part) => Number.parseInt(part, 10) || 0);

/** What a tool says of itself: the number of its distribution, not of the tool. */
export function readVersion(said: string): Pick<MysqlTool, 'vendor' | 'version'> | null {
	const maria = /(?:Distrib|from) (\d+\.\d+\.\d+)-MariaDB/.exec(said)?.[1];
	if (maria !== undefined) return { vendor: 'MariaDB', version: maria };
	const version = /(?:Distrib|Ver) (\d+\.\d+\.\d+)/.exec(said)?.[1];
	return version === undefined ? null : { vendor: 'MySQL', version };
}

/** The tool that fits this server best. Faults `command-missing`, `version-mismatch` {tool, toolVersion, serverVersion}. */
export async function findMysqlTool(
	ports: SourcePorts,
	run: Run,
	what: keyof typeof NAMES,
	wanted: { readonly bin: string | undefined; readonly server: string },
): Promise<Result<MysqlTool, Fault>> {
	const vendor = vendorOf(wanted.server);
	const names = vendor === 'MariaDB' ? NAMES[what] : NAMES[what].toReversed();
	const major = numbers(wanted.server)[0] ?? 0;
	let nearest: MysqlTool | null = null;
	for (const name of names) {
		const program = wanted.bin === undefined ? name : join(wanted.bin, name);
		const argv = [program, '--no-defaults', '--version'];
		const said = await ports.processes.run({ argv, cwd: '/', env: { LC_ALL: 'C' }, outputLimit: 4096 }, run);
		if (!said.ok && (said.error.code === 'cancelled' || said.error.code === 'timeout')) return said;
		const version = said.ok ? readVersion(said.value.stdout) : null;
		if (version === null) continue;
		const tool = { program, ...version };
		// MySQL's tools ask what MariaDB does not have; MariaDB's get along with either.
		const fits = version.vendor === vendor ? (numbers(version.version)[0] ?? 0) >= major : vendor === 'MySQL';
		if (fits) return ok(tool);
		nearest = tool;
	}
	if (nearest === null) return err(fault('command-missing', { command: names[0] ?? what }));
	const serverVersion = clean(wanted.server, { max: 60 });
	const toolVersion = `${nearest.version} (${nearest.vendor})`;
	return err(fault('version-mismatch', { tool: names[0] ?? what, toolVersion, serverVersion }));
}

/** How it gets there. Nothing of the account that runs us plays a part; the password is in no argument. */
async function reaching(
	tool: MysqlTool,
	place: DatabasePlace,
	ports: SourcePorts,
): Promise<readonly string[]> {
	const where = place.host.startsWith('/')
		? ['--protocol=socket', `--socket=${place.host}`]
		: ['--protocol=tcp', `--host=${place.host}`, `--port=${place.port}`];
	const maria = tool.vendor === 'MariaDB';
	const secured = {
		off: maria ? ['--skip-ssl'] : ['--ssl-mode=DISABLED'],
		unverified: maria ? ['--ssl', '--skip-ssl-verify-server-cert'] : ['--ssl-mode=REQUIRED'],
		verify: maria ? ['--ssl', '--ssl-verify-server-cert'] : ['--ssl-mode=VERIFY_IDENTITY'],
	}[place.tls];
	const authority: string[] = [];
	for (const file of place.tls === 'verify' ? AUTHORITIES : [])
		if (authority.length === 0 && (await ports.files.facts(file)).ok) authority.push(`--ssl-ca=${file}`);
	return [
		'--no-defaults',
		...where,
		`--user=${place.user}`,
		'--default-character-set=utf8mb4',
		...secured,
		...authority,
	];
}

const CODES: Readonly<Record<string, Fault['code']>> = {
	1044: 'no-permission',
	1045: 'access-denied',
	1142: 'no-permission',
	1143: 'no-permission',
	1227: 'no-permission',
	1370: 'no-permission',
	1419: 'no-permission',
	1698: 'access-denied',
	1049: 'database-missing',
	1040: 'not-accepting',
	1053: 'closed-early',
	1205: 'database-locked',
	1412: 'source-changed',
	2002: 'refused',
	2003: 'refused',
	2006: 'closed-early',
	2013: 'closed-early',
	2055: 'closed-early',
};

/** What a tool said when it failed, by the server's numbers: its sentences may be in any language. */
export function mysqlToolFault(name: string, { exit, stderr }: CommandAnswer, place: DatabasePlace): Fault {
	const address = clean(place.host.startsWith('/') ? place.host : `${place.host}:${place.port}`, {
		max: 200,
	});
	if (/errno:? 28\b|Errcode: 28\b|No space left on device/i.test(stderr)) return fault('disk-full');
	const number = /ERROR (\d{4})|[Ee]rror:? (\d{4})|\((\d{4})\)/.exec(stderr)?.slice(1).find(Boolean) ?? '';
	const message = lastLine(stderr);
	const code = CODES[number];
	if (code === 'database-missing')
		return fault(code, { path: `${address}/${clean(place.database, { max: 100 })}` });
	if (code === 'not-accepting') return fault(code, { address, reason: 'full' });
	if (code === 'source-changed') return fault(code, { name: message });
	if (code === 'database-locked') return fault(code, { path: address });
	if (code !== undefined) return fault(code, { address, message });
	if (number !== '' && name !== 'dump')
		return fault('bad-query', { message: message.replace(/^ERROR[^:]*:\s*/, '') });
	return fault('command-failed', {
		command: name === 'dump' ? 'mysqldump' : 'mysql',
		exit: exit ?? 0,
		message,
	});
}

/** Runs one of the tools; exit 0 or a fault. */
export async function runMysqlTool(
	ports: SourcePorts,
	run: Run,
	tool: MysqlTool,
	what: keyof typeof NAMES,
	args: readonly string[],
	place: DatabasePlace,
	more: Omit<ToolCall, 'argv' | 'secret' | 'env'> & { readonly through?: readonly string[] } = {},
): Promise<Result<CommandAnswer, Fault>> {
	const { through = [], ...call } = more;
	const answer = await runTool(ports, run, {
		...call,
		argv: [...through, tool.program, ...(await reaching(tool, place, ports)), ...args],
		env: { LC_ALL: 'C', ...(place.password === null ? {} : { MYSQL_PWD: place.password }) },
		secret: place.password,
	});
	if (!answer.ok || answer.value.exit === 0) return answer;
	return err(mysqlToolFault(what, answer.value, place));
}

/** Arguments of a client that takes no orders but SQL: nothing in what it reads can make it run a command. */
export const CLIENT = [
	'--batch',
	'--skip-column-names',
	'--raw',
	'--binary-mode',
	'--local-infile=0',
] as const;

/** Runs a script in the client, which stops at the first mistake. */
export async function runMysqlScript(
	ports: SourcePorts,
	run: Run,
	tool: MysqlTool,
	place: DatabasePlace,
	script: string,
): Promise<Result<string, Fault>> {
	const file = join(run.folder, `script-${randomBytes(6).toString('hex')}.sql`);
	const written = await ports.folders.write(file, script);
	if (!written.ok) return written;
	const into = place.database === '' ? [] : ['--', place.database];
	const answer = await runMysqlTool(ports, run, tool, 'client', [...CLIENT, ...into], place, {
		stdinFile: file,
		outputLimit: OUTPUT_LIMIT,
	});
	await ports.folders.remove(file);
	if (!answer.ok) return answer;
	if (answer.value.truncated) return err(fault('body-too-large', { limitBytes: OUTPUT_LIMIT }));
	return ok(answer.value.stdout);
}

export type Told = Readonly<Record<string, string>>;

/** Single values by the server's own protocol, as text. */
export async function askMysql(
	ports: SourcePorts,
	run: Run,
	place: DatabasePlace,
	queries: Readonly<Record<string, string>>,
): Promise<Result<Told, Fault>> {
	const answer = await ports.mysql.read({ place, queries, facts: {} }, run);
	if (!answer.ok) return answer;
	return ok(
		Object.fromEntries(Object.entries(answer.value.values).map(([name, { value }]) => [name, textOf(value)])),
	);
}

/** As the server wrote it. */
export function textOf(value: SampleValue | undefined): string {
	if (value === undefined || value === null) return '';
	return isQuantity(value) ? value.number : String(value);
}

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
/** Whatever the server takes for an escape. */
export const hexText = (text: string): string => `x'${Buffer.from(text, 'utf8').toString('hex')}'`;
