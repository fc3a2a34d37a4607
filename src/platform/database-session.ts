import net from 'node:net';
import type { DatabaseAnswer, DatabasePlace, DatabaseRequest } from '../domain/database-port.ts';
import { type Fault, fault, timeoutFault } from '../domain/fault.ts';
import type { Clock, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { SampleValue } from '../domain/value.ts';
import { createLeash } from './leash.ts';

/** More than this from a database is no answer to a question of one value. */
const ANSWER_BYTES = 32 * 1024 * 1024;
const LOOK_EVERY_MS = 50;
/** The server is told to give up a moment before we do, so that it says so itself. */
const MARGIN_MS = 25;
const FAREWELL_MS = 250;

/** What one statement brought. `columns` are the first row's names with its cells; `rows` counts all of them. */
export interface Answered {
	readonly rows: number;
	readonly columns: readonly { readonly name: string; readonly value: SampleValue | 'blob' }[];
}

/** A library's connection, reduced to what is asked of it. Each call rejects with the library's error. */
export interface Session {
	/** Logs in and begins a transaction that may only read, whose statements end after `limitMs`. */
	begin(limitMs: number): Promise<void>;
	ask(statement: string): Promise<Answered>;
	/** The same, and the transaction is as before when it fails. */
	tryAsk(statement: string): Promise<Answered>;
	/** Takes its leave: a server logs every client that merely hangs up. */
	end(): void;
}

export interface Client {
	/** Makes a session over this socket, which is not connected yet. */
	open(socket: net.Socket, place: DatabasePlace): Session;
	/** What its error means; `query` is the name of the query it was about. */
	faultOf(error: unknown, address: string, query: string | null): Fault;
	/** Why this statement is not one that only reads, or null. */
	objection(statement: string): string | null;
}

export function addressOf({ host, port }: DatabasePlace): string {
	if (host.startsWith('/')) return host;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One visit to a database: deadline, cap and order of the questions are the same whatever library speaks. */
export async function visit(
	clock: Clock,
	client: Client,
	request: DatabaseRequest,
	limits: Limits,
): Promise<Result<DatabaseAnswer, Fault>> {
	for (const [name, statement] of Object.entries(request.queries)) {
		const message = client.objection(statement);
		if (message !== null) return err(fault('bad-query', { query: name, reason: 'not-read-only', message }));
	}
	const address = addressOf(request.place);
	const leash = createLeash(clock, limits);
	if (leash.ended !== null) return err(leash.ended);
	const limitMs = limits.deadline - clock.monotonic();
	const socket = new net.Socket();
	// Stays for the socket's whole life: an error after a destroy must not end the process.
	socket.on('error', () => {});
	let tooLarge = false;
	let takeBack = () => {};
	const cut = new Promise<never>((_resolve, reject) => {
		const give = () => {
			reject(new Error('ended'));
			socket.destroy();
		};
		leash.onEnd = give;
		const look = () => {
			tooLarge = socket.bytesRead > ANSWER_BYTES;
			if (tooLarge) give();
			else takeBack = clock.after(LOOK_EVERY_MS, look);
		};
		takeBack = clock.after(LOOK_EVERY_MS, look);
	});
	cut.catch(() => {});
	let asking: string | null = null;
	let session: Session | null = null;
	try {
		session = client.open(socket, request.place);
		const work = converse(clock, session, request, limits.deadline, (name) => {
			asking = name;
		});
		// Whoever loses the race may still fail, later, with nobody listening.
		work.catch(() => {});
		return ok(await Promise.race([work, cut]));
	} catch (error) {
		if (leash.ended !== null) return err(leash.ended);
		if (tooLarge) return err(fault('body-too-large', { limitBytes: ANSWER_BYTES }));
		if (error instanceof BlobError)
			return err(fault('bad-query', { query: error.message, reason: 'blob', message: 'a BLOB is no value' }));
		const said = client.faultOf(error, address, asking);
		if (said.code === 'database-missing')
			return err(fault(said.code, { path: `${address}/${request.place.database}` }));
		// It may also have been ended by its administrator, long before.
		const late = said.code === 'timeout' && limits.deadline - clock.monotonic() < 2 * MARGIN_MS;
		return err(late ? timeoutFault(limitMs) : said);
	} finally {
		takeBack();
		leash.release();
		leash.onEnd = null;
		if (session !== null) await leave(clock, session, socket);
		socket.destroy();
	}
}

/** Until the server has closed the connection, or does not. */
async function leave(clock: Clock, session: Session, socket: net.Socket): Promise<void> {
	session.end();
	if (socket.destroyed || socket.connecting) return;
	await new Promise<void>((resolve) => {
		const takeBack = clock.after(FAREWELL_MS, resolve);
		socket.once('close', () => {
			takeBack();
			resolve();
		});
	});
}

class BlobError extends Error {}

async function converse(
	clock: Clock,
	session: Session,
	{ queries, facts }: DatabaseRequest,
	deadline: number,
	asking: (name: string | null) => void,
): Promise<DatabaseAnswer> {
	const began = clock.monotonic();
	await session.begin(Math.max(1, Math.floor(deadline - began - MARGIN_MS)));
	const connectMs = clock.monotonic() - began;
	const values: [string, DatabaseAnswer['values'][string]][] = [];
	for (const [name, statement] of Object.entries(queries)) {
		asking(name);
		const from = clock.monotonic();
		const { rows, columns } = await session.ask(statement);
		const value = rows === 1 && columns.length === 1 ? columns[0]?.value : undefined;
		if (value === 'blob') throw new BlobError(name);
		values.push([name, { value, rows, tookMs: clock.monotonic() - from }]);
	}
	asking(null);
	const told: [string, SampleValue][] = [];
	for (const [name, { ask, column }] of Object.entries(facts)) {
		for (const statement of ask) {
			const answer = await session.tryAsk(statement).catch((error: unknown) => {
				// What ended the connection is no missing fact.
				if (isAnswer(error)) return null;
				throw error;
			});
			if (answer === null) continue;
			const cell = answer.columns.find((one) => column?.includes(one.name) ?? true);
			if (cell !== undefined && cell.value !== null && cell.value !== 'blob') told.push([name, cell.value]);
			break;
		}
	}
	return { connectMs, values: Object.fromEntries(values), facts: Object.fromEntries(told) };
}

/** The server itself said no to a statement: PostgreSQL gives every such error a severity, MySQL a state. */
function isAnswer(error: unknown): boolean {
	const { severity, sqlState, fatal, code } = error as Record<string, unknown>;
	if (fatal === true || code === '57014') return false;
	return severity === 'ERROR' || typeof sqlState === 'string';
}
