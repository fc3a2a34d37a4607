import type { Fault } from './fault.ts';
import type { Limits } from './ports.ts';
import type { Result } from './result.ts';
import type { Text } from './secret.ts';
import type { SampleValue } from './value.ts';

/** `verify`: the certificate must be valid for this name. `unverified`: encrypted, whoever answers. `off`: not encrypted. */
export type DatabaseTls = 'verify' | 'unverified' | 'off';

/** Where a database server is and who we are there. */
export interface DatabasePlace {
	/** Name, address (IPv6 without brackets), or the absolute path of a socket (MySQL) or of its folder (PostgreSQL). */
	readonly host: string;
	readonly port: number;
	readonly user: string;
	/** null: none is sent. */
	readonly password: Text | null;
	/** Empty: none is chosen, or the one of the user's name. */
	readonly database: string;
	readonly tls: DatabaseTls;
}

/** Something the server says of itself; left out where this user or this server cannot tell it. */
export interface DatabaseFact {
	/** Asked in turn until one is understood: servers of one family word the same thing differently. */
	readonly ask: readonly string[];
	/** Which column of the one row, by any of its names; the first when absent. */
	readonly column?: readonly string[];
}

export interface DatabaseRequest {
	readonly place: DatabasePlace;
	/** Sample name → one statement that only reads. */
	readonly queries: Readonly<Record<string, string>>;
	readonly facts: Readonly<Record<string, DatabaseFact>>;
}

export interface DatabaseCell {
	/** undefined unless it was one row of one value. Numbers are exact, moments are ISO text in UTC. */
	readonly value: SampleValue | undefined;
	readonly rows: number;
	readonly tookMs: number;
}

export interface DatabaseAnswer {
	/** From the first byte to being let in. */
	readonly connectMs: number;
	readonly values: Readonly<Record<string, DatabaseCell>>;
	/** Those that could be told. */
	readonly facts: Readonly<Record<string, SampleValue>>;
}

export interface DatabasePort {
	/**
	 * Connects, runs everything in one transaction that may only read, and closes. The server is told to give up by the
	 * deadline, and the connection is closed then in any case. Faults: those of the network, `access-denied` {address, user},
	 * `not-accepting` {reason}, `database-missing` {path}, `database-locked`, `database-corrupt`, `bad-query` {query, message},
	 * `no-permission` {address, query}, `body-too-large` {limitBytes}, `not-supported` {install} where its client is not installed.
	 */
	read(request: DatabaseRequest, limits: Limits): Promise<Result<DatabaseAnswer, Fault>>;
}
