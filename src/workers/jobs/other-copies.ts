import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MANIFEST_END, MANIFEST_LIMIT, parseManifest } from '../../domain/manifest.ts';
import type { Walked } from '../../platform/walk.ts';

/**
 * Backups that lie in a folder which is packed or restored, whatever plan made them and whatever they are called: they are known
 * by their manifests. They are no part of what is packed, and a restore never sets them aside.
 */
export function withoutCopies(found: readonly Walked[]): readonly Walked[] {
	const files = new Set(found.filter(({ kind }) => kind === 'file').map(({ path }) => path));
	const copies = new Set<string>();
	for (const path of files) {
		const copy = path.slice(0, -MANIFEST_END.length);
		if (!path.endsWith(MANIFEST_END) || !files.has(copy) || !isManifestOf(path, basename(copy))) continue;
		copies.add(copy);
		copies.add(path);
	}
	return copies.size === 0 ? found : found.filter(({ path }) => !copies.has(path));
}

function isManifestOf(path: string, name: string): boolean {
	let file: number | null = null;
	try {
		file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		const stats = fstatSync(file);
		if (!stats.isFile() || stats.size > MANIFEST_LIMIT) return false;
		const manifest = parseManifest(readFileSync(file, 'utf8'), name);
		return manifest.ok && manifest.value.name === name;
	} catch {
		// Whatever cannot be read here is told when it is packed.
		return false;
	} finally {
		if (file !== null) closeSync(file);
	}
}
