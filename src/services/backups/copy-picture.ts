import type { Copy } from '../../domain/backup.ts';
import type { CopyPicture } from '../../domain/backup-picture.ts';

/** A copy as the screen shows it. */
export function copyPicture(copy: Copy): CopyPicture {
	const { manifest, name, target, at, bytes, state, pinned, verifiedAt, provenAt } = copy;
	const rows =
		manifest.rows === null ? null : Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
	return {
		name,
		target,
		at,
		bytes,
		state,
		pinned,
		verifiedAt,
		provenAt,
		method: manifest.method,
		encrypted: manifest.encrypted !== 'no',
		durationMs: manifest.durationMs,
		rows,
		by: manifest.by,
	};
}
