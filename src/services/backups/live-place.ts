import { resolve } from 'node:path';
import type { RestorePlace } from '../../domain/backup-ports.ts';

/**
 * Whether a place is the live thing itself, whatever its source took it for: nothing is ever rehearsed, masked or cleared away
 * there. A cluster's own name is no database: it stands for all of them.
 */
export function isLivePlace({ restored }: RestorePlace): boolean {
	if (restored.kind !== 'database') return resolve(restored.path) === resolve(restored.original);
	const { place, original } = restored;
	return (
		place.host.toLowerCase() === original.host.toLowerCase() &&
		place.port === original.port &&
		(original.database === '' || place.database === original.database)
	);
}
