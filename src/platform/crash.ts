import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clean, createRedactor } from '../domain/text.ts';
import { ownFolder } from './own-folder.ts';

const secrets = new Set<string>();
let known = createRedactor([]);

/** What this thread knows must stand in no crash file, together with all that it was told before. */
export function hideInCrashes(values: readonly string[]): void {
	for (const value of values) secrets.add(value);
	known = createRedactor([...secrets]);
}

/** Writes what a bug left behind and returns where; null when it cannot be written. */
export function writeCrash(
	thrown: unknown,
	version: string,
	redactor: (text: string) => string = known,
	folder = ownFolder(),
): string | null {
	if (folder === null) return null;
	const text = redactor(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
	const path = join(folder, `crash-${new Date().toISOString().replace(/[:.]/g, '-')}.txt`);
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

/** One sentence for who was surprised by it, and the file with the rest. */
export function describeCrash(
	thrown: unknown,
	version: string,
	redactor = known,
	folder = ownFolder(),
): string {
	const file = writeCrash(thrown, version, redactor, folder);
	const message = redactor(thrown instanceof Error ? thrown.message : String(thrown));
	const where = file === null ? '' : ` · details in ${file}`;
	return `a mistake of this program: ${clean(message, { max: 160 })}${where}`;
}

/** What was thrown where secrets are known, for a thread that knows none: message and stack alone. */
export function redactThrown(thrown: unknown, redactor = known): Error {
	const isError = thrown instanceof Error;
	const safe = new Error(redactor(isError ? thrown.message : String(thrown)));
	if (isError) {
		safe.name = thrown.name;
		safe.stack = redactor(thrown.stack ?? `${thrown.name}: ${thrown.message}`);
	}
	return safe;
}
