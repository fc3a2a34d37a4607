import { z } from 'zod';
import { connectionKeys, connectionMistake, placeOf } from '../fields/database-options.ts';
import { path, secretText, text } from '../fields/fields.ts';
import { POSTGRES } from './postgres-tools.ts';
import { sumQueries } from './sum-queries.ts';

/** Keys that all of its sources have. */
export const postgresKeys = {
	...connectionKeys(POSTGRES),
	bin: path()
		.optional()
		.describe(
			"Folder of the programs of PostgreSQL to use. When left out, those of the server's version are looked for where packages put them, then on the PATH.",
		),
	scratch: path()
		.optional()
		.describe(
			'Folder in which a drill may build a cluster of its own. The folder of the run when left out; where rounds runs as root, the folder for temporary files.',
		),
};

export const postgresSchema = z
	.strictObject({
		...postgresKeys,
		sums: sumQueries(
			'Name → a SELECT of one value, read from the same snapshot as the copy and kept in its manifest; a drill asks them again.',
		),
	})
	.superRefine((options, context) => {
		const mistake = connectionMistake(options, POSTGRES);
		const place = placeOf(options, POSTGRES);
		if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
		else if (place.ok && place.value.database === '')
			context.addIssue({ code: 'custom', message: 'expected "database"' });
	});

export type PostgresOptions = z.output<typeof postgresSchema>;

/** Where a drill restores to when it is not a scratch database beside the live one. */
export const postgresInto = z
	.strictObject({
		database: text().optional().describe('An empty database of the same server: the named staging place.'),
		url: secretText().optional().describe('An empty database elsewhere, by reference to a secret.'),
		cluster: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('A cluster of its own, made for the drill: on this host, without TCP.'),
	})
	.refine(
		({ database, url, cluster }) =>
			[database !== undefined, url !== undefined, cluster].filter(Boolean).length === 1,
		{ error: 'expected exactly one of database, url and cluster' },
	);

export type PostgresInto = z.output<typeof postgresInto>;
