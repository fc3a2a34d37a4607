import type { SqlPort } from '../domain/ports.ts';
import type { Pool } from './pool.ts';

/** The `sqlite` check's way to a database: always in a worker, so that somebody's slow query delays no other check. */
export function createSqlPort(pool: Pool): SqlPort {
	return { read: (request, limits) => pool.run('sql.read', request, limits) };
}
