import { join, normalize, relative, resolve } from 'node:path';
import type { Restored } from '../domain/backup-ports.ts';

/** What a glob takes for itself. */
const GLOB = /[\\*?[\]{}()!+@|]/;

/** Where a file of the live system lies in what was restored; null when it is not part of it. */
export function restoredPath(path: string, restored: Restored): string | null {
	if (restored.kind === 'database') return null;
	const inside = relative(resolve(restored.original), resolve(normalize(path)));
	if (restored.kind === 'file') return inside === '' ? restored.path : null;
	if (inside === '' || inside === '..' || inside.startsWith('../')) return null;
	return join(restored.path, inside);
}

/** The same for a glob: the part of it that names folders leads into what was restored. */
export function restoredGlob(pattern: string, restored: Restored): string | null {
	const found = restoredPath(pattern, restored);
	if (found === null || restored.kind === 'database') return null;
	// Signs in the name of the new place would be read as a glob.
	return GLOB.test(pattern) && GLOB.test(restored.path) ? null : found;
}
