import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is, or null when the host has none: a test that needs it is skipped and counted. */
export function findProgram(name: string, ...more: readonly string[]): string | null {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
	for (const folder of folders) {
		const at = join(folder, name);
		try {
			accessSync(at, constants.X_OK);
			return at;
		} catch {}
	}
	return null;
}
