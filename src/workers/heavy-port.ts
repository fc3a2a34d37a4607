import type { HeavyPort } from '../domain/backup-ports.ts';
import { createArchiveHeavy } from './heavy-archive.ts';
import { createSqliteHeavy } from './heavy-sqlite.ts';
import type { Pool } from './pool.ts';

/** All that backups leave to workers. */
export function createHeavyPort(pool: Pool): HeavyPort {
	return { ...createSqliteHeavy(pool), ...createArchiveHeavy(pool) };
}
