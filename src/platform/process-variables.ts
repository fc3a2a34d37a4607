import { readFile } from 'node:fs/promises';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { fileFault } from './file-fault.ts';

/** The variables a process was started with, from /proc; what it has set itself since is not seen. */
export async function environmentOf(pid: number): Promise<Result<ReadonlyMap<string, string>, Fault>> {
	if (process.platform !== 'linux')
		return err(fault('not-supported', { what: '/proc', path: `/proc/${pid}/environ` }));
	try {
		return ok(readVariables(await readFile(`/proc/${pid}/environ`, 'utf8')));
	} catch (error) {
		const why = fileFault(error, `/proc/${pid}/environ`);
		// Between finding and reading it, a process may end; ESRCH is what /proc says then.
		const gone = why.code === 'file-missing' || why.detail['reason'] === 'ESRCH';
		return err(gone ? fault('object-missing', { what: 'process', name: String(pid) }) : why);
	}
}

/** Exported for its test: NAME=value, each ended by a zero byte. */
export function readVariables(text: string): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	for (const entry of text.split('\0')) {
		const equals = entry.indexOf('=');
		// The first of one name is the one that getenv finds.
		if (equals > 0 && !found.has(entry.slice(0, equals)))
			found.set(entry.slice(0, equals), entry.slice(equals + 1));
	}
	return found;
}
