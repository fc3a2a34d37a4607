import net from 'node:net';
import type { DatabasePlace, DatabasePort } from '../domain/database-port.ts';
import { fault } from '../domain/fault.ts';
import type { Clock } from '../domain/ports.ts';
import { err } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { readQuantity, type SampleValue } from '../domain/value.ts';
import { type Answered, type Client, type Session, visit } from './database-session.ts';
import { faultOfMysql } from './mysql-fault.ts';

type Library = typeof import('mysql2');

/** Characters kept of a text cell. */
const TEXT_LIMIT = 10_000;
const BINARY = 63;
const BIT = 16;
const TIMESTAMP = 7;
const DATETIME = 12;
/** decimal, tiny, short, long, float, double, longlong, int24, year, newdecimal. */
const NUMBERS = new Set([0, 1, 2, 3, 4, 5, 8, 9, 13, 246]);
/** varchar, bit, the blobs, var_string, string, geometry: bytes when they have no character set. */
const TEXTS = new Set([15, 249, 250, 251, 252, 253, 254, 255]);
const UNKNOWN_VARIABLE = 1193;

/** MySQL and MariaDB by `mysql2`, an optional dependency that is loaded when the first check asks. */
export function createMysql(clock: Clock): DatabasePort {
	return {
		async read(request, limits) {
			const library = await load();
			if (library === null) return err(fault('not-supported', { install: 'mysql2' }));
			return visit(clock, clientOf(library), request, limits);
		},
	};
}

async function load(): Promise<Library | null> {
	try {
		return (await import('mysql2')).default as unknown as Library;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
		throw error;
	}
}

const clientOf = (library: Library): Client => ({
	open: (socket, place) => open(library, socket, place),
	faultOf: faultOfMysql,
	objection,
});

/** A transaction that may only read still writes files for `into outfile`, and locks rows when asked to. */
function objection(statement: string): string | null {
	if (/\/\*M?!/i.test(statement)) return 'a comment that is run';
	const bare = statement.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(?:--\s|#)[^\n]*/g, ' ');
	if (!/^[\s(]*(?:select|with|values|table|show)\b/i.test(bare)) return 'not a read-only statement';
	if (/\binto\s+(?:outfile|dumpfile)\b/i.test(bare)) return 'it writes a file';
	return /\bfor\s+(?:update|share)\b|\block\s+in\s+share\s+mode\b/i.test(bare) ? 'it locks rows' : null;
}

function open(library: Library, socket: net.Socket, place: DatabasePlace): Session {
	socket.setNoDelay(true);
	if (place.host.startsWith('/')) socket.connect({ path: place.host });
	else socket.connect({ host: place.host, port: place.port });
	const connection = library.createConnection({
		host: place.host,
		port: place.port,
		user: place.user,
		password: place.password === null ? '' : reveal(place.password),
		database: place.database === '' ? undefined : place.database,
		stream: socket,
		ssl: place.tls === 'off' ? undefined : sslOf(place),
		rowsAsArray: true,
		supportBigNumbers: true,
		bigNumberStrings: true,
		// Never a file of this host, whatever the server asks for.
		flags: ['-LOCAL_FILES'],
		connectTimeout: 0,
		connectAttributes: { program_name: 'rounds' },
		typeCast: (field: { buffer(): Buffer | null }) => field.buffer(),
	} as never);
	connection.on('error', () => {});
	const ask = (sql: string): Promise<Answered> =>
		new Promise((resolve, reject) => {
			const query = connection.query(sql);
			let fields: readonly Field[] = [];
			let rows = 0;
			let columns: Answered['columns'] = [];
			// With listeners and no callback the library keeps no row.
			query.on('error', reject);
			query.on('fields', (found: unknown) => {
				fields = (found ?? []) as readonly Field[];
			});
			query.on('result', (cells: unknown) => {
				if (!Array.isArray(cells)) return;
				if (rows++ === 0)
					columns = fields.map((field, at) => ({ name: field.name, value: toValue(cells[at], field) }));
			});
			query.on('end', () => resolve({ rows, columns }));
		});
	return {
		async begin(limitMs) {
			await new Promise<void>((resolve, reject) => {
				connection.connect((error: unknown) => (error ? reject(error) : resolve()));
			});
			await ask("set time_zone = '+00:00'");
			await limitStatements(ask, limitMs);
			await ask('set transaction isolation level repeatable read');
			await ask('start transaction with consistent snapshot, read only');
		},
		ask,
		tryAsk: ask,
		end: () => connection.end(() => {}),
	};
}

/** MySQL counts milliseconds, MariaDB seconds, under another name. */
async function limitStatements(ask: (sql: string) => Promise<unknown>, limitMs: number): Promise<void> {
	try {
		await ask(`set session max_execution_time = ${limitMs}`);
	} catch (error) {
		if ((error as { errno?: number }).errno !== UNKNOWN_VARIABLE) throw error;
		await ask(`set session max_statement_time = ${limitMs / 1000}`);
	}
}

interface Field {
	readonly name: string;
	readonly columnType?: number;
	readonly type?: number;
	readonly characterSet?: number;
}

function sslOf({ host, tls }: DatabasePlace) {
	const servername = net.isIP(host) === 0 ? { servername: host } : {};
	return { rejectUnauthorized: tls === 'verify', verifyIdentity: tls === 'verify', ...servername };
}

function toValue(cell: unknown, field: Field): SampleValue | 'blob' {
	if (!Buffer.isBuffer(cell)) return null;
	const type = field.columnType ?? field.type ?? -1;
	if (type === BIT) return readQuantity(BigInt(`0x${cell.toString('hex') || '0'}`).toString());
	if (NUMBERS.has(type)) return readQuantity(cell.toString('latin1')) ?? cell.toString('latin1');
	if (TEXTS.has(type) && field.characterSet === BINARY) return 'blob';
	const text = cell.toString('utf8').slice(0, TEXT_LIMIT);
	if (type === TIMESTAMP) return `${text.replace(' ', 'T')}Z`;
	return type === DATETIME ? text.replace(' ', 'T') : text;
}
