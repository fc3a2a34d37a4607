import { z } from 'zod';
import type { RestorePlace } from '../domain/backup-ports.ts';
import { ok } from '../domain/result.ts';
import { type Connection, connectionMistake, databaseTarget, placeOf } from '../fields/database-options.ts';
import { path } from '../fields/fields.ts';
import { fileWord } from './file-word.ts';
import { postgresKeys } from './postgres-options.ts';
import { POSTGRES } from './postgres-tools.ts';

export const baseSchema = z
	.strictObject({
		...postgresKeys,
		data: path()
			.optional()
			.describe(
				"Folder of the live cluster's files on this host. Needed only to restore for real: it is set aside and the restored one put there, while no server runs on it.",
			),
	})
	.superRefine((options, context) => {
		const mistake = connectionMistake(options, POSTGRES);
		if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
	});

export type BaseOptions = z.output<typeof baseSchema>;

/** Where it connects to; a cluster has no database of its own, so one that every cluster has. */
export function basePlace(options: Connection) {
	const place = placeOf(options, POSTGRES);
	if (!place.ok || place.value.database !== '') return place;
	return ok({ ...place.value, database: 'postgres' });
}

export function clusterName(options: Connection): string {
	const place = placeOf(options, POSTGRES);
	return fileWord(place.ok && place.value.database !== '' ? place.value.database : 'cluster');
}

/** Stands for every database of the server: `database` is empty. */
export function liveCluster(options: BaseOptions): RestorePlace {
	const found = basePlace(options);
	const place = found.ok
		? found.value
		: { host: '', port: 0, user: '', password: null, database: '', tls: 'off' as const };
	const original = { ...place, database: '' };
	return {
		shown: databaseTarget(options, POSTGRES),
		restored: { kind: 'database', engine: 'postgres', original, place },
		own: { way: 'live' },
	};
}
