import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Leftovers } from '../domain/ports.ts';
import { birthOf } from './process-birth.ts';

/** Which run of the system this is: after a restart every number and time of birth is given out anew. */
function bootOf(): string | null {
	try {
		return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
	} catch {
		return null;
	}
}

/**
 * One small file for each command that runs, so that after a `kill -9` of the console the next one can end what it left. Where
 * the system does not say when a process began, nothing is ended: a number alone may be a stranger's by then.
 */
export function createLeftovers(folder: string): Leftovers {
	const fileOf = (id: number) => join(folder, `${id}.json`);
	const forget = (id: number) => {
		try {
			unlinkSync(fileOf(id));
		} catch {
			// It was never written, or somebody was faster.
		}
	};
	return {
		note(id, pid) {
			try {
				mkdirSync(folder, { mode: 0o700, recursive: false });
			} catch {
				// It is there, or the next step fails too.
			}
			try {
				const text = JSON.stringify({ pid, born: birthOf(pid), boot: bootOf() });
				writeFileSync(fileOf(id), `${text}\n`, { mode: 0o600 });
			} catch {
				// Without it a killed console leaves the command behind, as it would have before.
			}
		},
		forget,
		end(id) {
			try {
				const { pid, born, boot } = JSON.parse(readFileSync(fileOf(id), 'utf8')) as Record<string, unknown>;
				if (!Number.isSafeInteger(pid) || Number(pid) <= 1) return false;
				if (typeof born !== 'string' || typeof boot !== 'string') return false;
				if (boot !== bootOf() || born !== birthOf(Number(pid))) return false;
				process.kill(-Number(pid), 'SIGKILL');
				return true;
			} catch {
				return false;
			} finally {
				forget(id);
			}
		},
	};
}
