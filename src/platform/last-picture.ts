import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineEvent } from '../domain/engine.ts';

/** So many systems are remembered per operator. */
const KEPT = 20;
/** What is true later too, once it is drawn with its age. Who polls and what could not be stored is not. */
const KINDS: ReadonlySet<EngineEvent['kind']> = new Set(['system', 'picture', 'baseline', 'plan', 'round']);

/** Where the last picture of one system in one environment is kept; another version of the program does not read it. */
export function picturePath(
	folder: string,
	of: { readonly config: string; readonly environment: string | undefined; readonly version: string },
): string {
	const name = createHash('sha256').update(JSON.stringify([of.config, of.environment, of.version]));
	return join(folder, 'pictures', `${name.digest('hex').slice(0, 32)}.json`);
}

/** What was known when the console was left; none when there is nothing to be read. */
export function readPicture(path: string): readonly EngineEvent[] {
	try {
		const events = JSON.parse(readFileSync(path, 'utf8')) as readonly EngineEvent[];
		return Array.isArray(events) ? events.filter((event) => KINDS.has(event.kind)) : [];
	} catch {
		return [];
	}
}

/** Only saves time at the next start: what cannot be written is left out. */
export function writePicture(path: string, events: readonly EngineEvent[]): void {
	const folder = dirname(path);
	const fresh = `${path}.${process.pid}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(fresh, JSON.stringify(events.filter((event) => KINDS.has(event.kind))), { mode: 0o600 });
		renameSync(fresh, path);
		const known = readdirSync(folder).map((name) => join(folder, name));
		const byAge = known.map((file) => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => b.at - a.at);
		for (const { file } of byAge.slice(KEPT)) rmSync(file, { force: true });
	} catch {
		rmSync(fresh, { force: true });
	}
}
