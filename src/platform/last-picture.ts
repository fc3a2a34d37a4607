import {
	chmodSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineEvent } from '../domain/engine.ts';
import { areEvents } from './picture-shape.ts';

/** So many systems are remembered per operator. */
const KEPT = 20;
/** What is true later too, once it is drawn with its age. Who polls and what could not be stored is not. */
const KINDS: ReadonlySet<EngineEvent['kind']> = new Set(['system', 'picture', 'baseline', 'plan', 'round']);

/** Whose picture it is; another version or build of the program does not read it. */
export interface PictureKey {
	readonly config: string;
	readonly environment: string | null;
	readonly version: string;
	/** Tells builds of one version apart. */
	readonly build: string;
}

export interface LastPicture {
	/** null: nothing can be kept here. */
	readonly path: string | null;
	readonly key: PictureKey;
}

/** Tells builds apart by one file of theirs: all are put in place together. */
export function buildMark(file: string): string {
	const { mtimeMs, size } = statSync(new URL(file));
	return `${mtimeMs}-${size}`;
}

/** Where the last picture of one system in one environment is kept. */
export function lastPicture(folder: string | null, key: PictureKey): LastPicture {
	const text = JSON.stringify(key);
	// FNV-1a: a cryptographic hash takes longer to load than the picture to read. Two systems with one name read nothing.
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	const name = `${key.config.replace(/[^\w-]+/g, '_').slice(-60)}-${(hash >>> 0).toString(16)}.json`;
	return { path: folder === null ? null : join(folder, 'pictures', name), key };
}

/** What was known when the console was left; none when there is nothing to be read. What cannot be drawn is removed. */
export function readPicture(picture: LastPicture): readonly EngineEvent[] {
	const { path, key } = picture;
	if (path === null) return [];
	try {
		const kept = JSON.parse(readFileSync(path, 'utf8')) as { key: PictureKey; events: EngineEvent[] };
		if (JSON.stringify(kept.key) !== JSON.stringify(key)) return [];
		if (areEvents(kept.events)) return kept.events.filter((event) => KINDS.has(event.kind));
	} catch {
		// Read as if there were none.
	}
	forgetPicture(picture);
	return [];
}

/** After a bug in drawing: what was drawn must not end the next start too. */
export function forgetPicture({ path }: LastPicture): void {
	if (path === null) return;
	try {
		rmSync(path, { force: true });
	} catch {
		// It is not ours to remove, or no file.
	}
}

/** Only saves time at the next start: what cannot be written is left out. */
export function writePicture({ path, key }: LastPicture, events: readonly EngineEvent[]): void {
	if (path === null) return;
	const folder = dirname(path);
	const fresh = `${path}.${process.pid}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
		rmSync(fresh, { force: true });
		const kept = { key, events: events.filter((event) => KINDS.has(event.kind)) };
		writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600, flag: 'wx' });
		renameSync(fresh, path);
		const known = readdirSync(folder).map((name) => join(folder, name));
		const byAge = known.map((file) => ({ file, at: statSync(file).mtimeMs })).sort((a, b) => b.at - a.at);
		for (const { file } of byAge.slice(KEPT)) rmSync(file, { force: true });
	} catch {
		try {
			rmSync(fresh, { force: true });
		} catch {
			// Where nothing can be written nothing was left.
		}
	}
}
