import net from 'node:net';
import type { DatabasePlace, DatabasePort } from '../domain/database-port.ts';
import { fault } from '../domain/fault.ts';
import type { Clock } from '../domain/ports.ts';
import { err } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { readQuantity, type SampleValue } from '../domain/value.ts';
import { type Answered, type Client, type Session, visit } from './database-session.ts';
import { faultOfPostgres } from './postgres-fault.ts';

type Library = typeof import('pg')['default'];

/** Characters kept of a text cell. */
const TEXT_LIMIT = 10_000;

const BOOL = 16;
const BYTEA = 17;
const TIMESTAMPTZ = 1184;
/** int8, int2, int4, oid, float4, float8, numeric. */
const NUMBERS = new Set([20, 21, 23, 26, 700, 701, 1700]);

/** PostgreSQL by `pg`, an optional dependency that is loaded when the first check asks. */
export function createPostgres(clock: Clock): DatabasePort {
	return {
		async read(request, limits) {
			const library = await load();
			if (library === null) return err(fault('not-supported', { install: 'pg' }));
			return visit(clock, clientOf(library), request, limits);
		},
	};
}

async function load(): Promise<Library | null> {
	try {
		return (await import('pg')).default;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
		throw error;
	}
}

const clientOf = (library: Library): Client => ({
	open: (socket, place) => open(library, socket, place),
	faultOf: faultOfPostgres,
	objection: (statement) =>
		/^(?:select|with|values|table|show)\b/i.test(withoutComments(statement))
			? null
			: 'not a read-only statement',
});

/** What stands in front of the first word says nothing about it. */
function withoutComments(statement: string): string {
	return statement.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '');
}

function open(library: Library, socket: net.Socket, place: DatabasePlace): Session {
	const client = new library.Client({
		host: place.host,
		port: place.port,
		user: place.user,
		// A function, even for none: else the library looks for one in variables and files of whoever runs us.
		password: () => (place.password === null ? '' : reveal(place.password)),
		database: place.database === '' ? place.user : place.database,
		ssl: place.tls === 'off' ? false : sslOf(place),
		stream: () => socket,
		application_name: 'rounds',
		types: { getTypeParser: () => (text) => text },
	});
	client.on('error', () => {});
	const ask = (text: string): Promise<Answered> =>
		new Promise((resolve, reject) => {
			const query = new library.Query({ text, rowMode: 'array', queryMode: 'extended' });
			let rows = 0;
			let columns: Answered['columns'] = [];
			// With a listener of its own the library keeps no row.
			query.on('row', (cells: readonly (string | null)[], { fields }: { fields: readonly Field[] }) => {
				if (rows++ === 0)
					columns = fields.map(({ name, dataTypeID }, at) => ({
						name,
						value: toValue(cells[at] ?? null, dataTypeID),
					}));
			});
			query.on('error', reject);
			query.on('end', () => resolve({ rows, columns }));
			client.query(query);
		});
	return {
		async begin(limitMs) {
			await client.connect();
			// In the transaction and not at login: a pooler between us would refuse settings it does not know.
			await client.query(
				`begin transaction isolation level repeatable read read only; set local statement_timeout = ${limitMs}; set local timezone = 'UTC'; set local datestyle = 'ISO'; set local extra_float_digits = 1; set local bytea_output = 'hex'`,
			);
		},
		ask,
		async tryAsk(text) {
			await client.query('savepoint before');
			try {
				return await ask(text);
			} finally {
				await client.query('rollback to savepoint before');
			}
		},
		end: () => void client.end().catch(() => {}),
	};
}

interface Field {
	readonly name: string;
	readonly dataTypeID: number;
}

function sslOf({ host, tls }: DatabasePlace) {
	const servername = net.isIP(host) === 0 ? { servername: host } : {};
	return { rejectUnauthorized: tls === 'verify', ...servername };
}

function toValue(cell: string | null, type: number): SampleValue | 'blob' {
	if (cell === null) return null;
	if (type === BYTEA) return 'blob';
	if (type === BOOL) return cell === 't';
	if (NUMBERS.has(type)) return readQuantity(cell) ?? cell;
	if (type === TIMESTAMPTZ) return cell.replace(' ', 'T').replace(/\+00$/, 'Z');
	return cell.slice(0, TEXT_LIMIT);
}
