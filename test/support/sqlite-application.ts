import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export type JournalMode = 'wal' | 'delete' | 'truncate' | 'persist';

/** A database as `sqlite-writer.ts` writes to it, with some filling so that a copy takes a while. Closed. */
export function makeLedger(file: string, mode: JournalMode, bytes = 200_000): void {
	const db = new Database(file);
	db.pragma(`journal_mode = ${mode}`);
	db.pragma('synchronous = OFF');
	db.exec(`CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
		CREATE TABLE ledger (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
		CREATE TABLE counted (lines INTEGER NOT NULL);
		CREATE TABLE filling (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
		CREATE INDEX ledger_body ON ledger (body);
		INSERT INTO counted VALUES (0)`);
	const account = db.prepare('INSERT INTO account (amount) VALUES (0)');
	const filling = db.prepare('INSERT INTO filling (body) VALUES (randomblob(900))');
	db.transaction(() => {
		for (let count = 0; count < 100; count++) account.run();
		for (let count = 0; count < bytes / 1000; count++) filling.run();
	})();
	db.close();
}

export const LEDGER_SUMS = {
	balance: 'SELECT sum(amount) FROM account',
	lines: 'SELECT lines FROM counted',
} as const;

export interface Writing {
	readonly process: ChildProcess;
	/** What was waited from here on counts. */
	reset(): void;
	stop(): Promise<{ readonly writes: number; readonly longestMs: number }>;
	kill(): void;
}

/** Another process that writes all the time; begun when it has written. */
export async function startWriting(
	file: string,
	mode: JournalMode,
	pauseMs = 0,
	synchronous: 'NORMAL' | 'OFF' = 'NORMAL',
): Promise<Writing> {
	const script = fileURLToPath(new URL('./sqlite-writer.ts', import.meta.url));
	const child = fork(script, [file, mode, String(pauseMs), synchronous]);
	await once(child, 'message');
	return {
		process: child,
		reset: () => void child.send('reset'),
		async stop() {
			child.send('stop');
			const [said] = await once(child, 'message');
			return said as { writes: number; longestMs: number };
		},
		kill: () => void child.kill('SIGKILL'),
	};
}
