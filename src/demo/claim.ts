import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { askControl, type DemoRecord, readRecord } from './ask-control.ts';
import { LAYOUT } from './layout.ts';

export type Claim =
	| { kind: 'won'; release(): void }
	/** A demo on this folder is alive and has answered with its token. */
	| { kind: 'joined'; record: DemoRecord }
	/** Somebody holds the folder and does not answer. */
	| { kind: 'stuck' };

const RETRY_MS = 50;

/**
 * Decides which of several starts on one folder becomes the demo. The lock is SQLite's own on an empty file: the system
 * frees it the moment its holder dies, however that happens, so there is no stale lock to judge and none to steal.
 */
export async function claimFolder(dir: string, waitMs: number): Promise<Claim> {
	const until = Date.now() + waitMs;
	for (;;) {
		const joined = await findRunning(dir);
		if (joined) return { kind: 'joined', record: joined };
		const release = tryLock(join(dir, LAYOUT.claim));
		if (release) return { kind: 'won', release };
		if (Date.now() >= until) return { kind: 'stuck' };
		await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
	}
}

async function findRunning(dir: string): Promise<DemoRecord | undefined> {
	const record = readRecord(join(dir, LAYOUT.record));
	if (!record) return undefined;
	const answer = await askControl(record, 'hello');
	answer?.socket.destroy();
	// A process id is used again and a port too; only the demo of this folder knows its token.
	return answer?.text === String(record.pid) ? record : undefined;
}

function tryLock(path: string): (() => void) | undefined {
	const database = new Database(path, { timeout: 0 });
	try {
		chmodSync(path, 0o600);
		database.exec('begin exclusive');
		return () => database.close();
	} catch (error) {
		database.close();
		if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined;
		throw error;
	}
}
