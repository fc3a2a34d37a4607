import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clean } from '../domain/text.ts';

/** Where what belongs to this user and to no system lies: the demo, crash files. */
export function ownFolder(): string {
	const base = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
	for (const folder of [join(base, 'rounds'), join(tmpdir(), `rounds-${process.getuid?.() ?? 0}`)]) {
		try {
			makeFolders(folder);
			return folder;
		} catch {
			// A home that cannot be written to is no reason not to run.
		}
	}
	return tmpdir();
}

/** One by one: Node's own recursive mkdir never returns where a folder that exists takes none (/proc). */
function makeFolders(path: string): void {
	if (existsSync(path)) return;
	makeFolders(dirname(path));
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		// Another console made it at the same moment.
		if ((error as { code?: string }).code !== 'EEXIST') throw error;
	}
}

/** Writes what a bug left behind and returns where. */
export function writeCrash(thrown: unknown, version: string): string | null {
	const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
	const path = join(ownFolder(), `crash-${new Date().toISOString().replace(/[:.]/g, '-')}.txt`);
	try {
		writeFileSync(
			path,
			`rounds ${version}, Node ${process.versions.node}, ${process.platform}\n\n${clean(text, { newlines: 'keep' })}\n`,
			{ mode: 0o600, flag: 'wx' },
		);
		return path;
	} catch {
		return null;
	}
}
