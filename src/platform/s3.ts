import type { S3Port } from '../domain/backup-ports.ts';
import { fault } from '../domain/fault.ts';
import { err } from '../domain/result.ts';

/** No store of this kind can be reached yet. */
export function noS3(): S3Port {
	const none = async () => err(fault('not-supported', { what: 's3' }));
	return { list: none, put: none, get: none, readText: none, remove: none };
}
