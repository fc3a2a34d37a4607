import { resolve } from 'node:path';
import type { RestorePlace } from '../../domain/backup-ports.ts';
import type { DatabasePlace } from '../../domain/database-port.ts';

/** One name for the host we are on. */
const hostOf = ({ host }: DatabasePlace): string =>
	host === '::1' || /^127\./.test(host) ? 'localhost' : host.toLowerCase();

/**
 * Whether a place is the live thing itself, whatever its source took it for: nothing is ever rehearsed, masked or cleared away
 * there. A cluster's own name is no database: it stands for all of them.
 */
export function isLivePlace({ restored }: RestorePlace): boolean {
	if (restored.kind !== 'database') return resolve(restored.path) === resolve(restored.original);
	const { place, original } = restored;
	return (
		hostOf(place) === hostOf(original) &&
		place.port === original.port &&
		(original.database === '' || place.database === original.database)
	);
}
