import type { Activity, ActivityStore } from '../domain/storage-port.ts';
import type { Connection } from './connection.ts';

interface Row {
	readonly at: number;
	readonly by: string;
	readonly code: string;
	readonly detail: string;
}

export function createActivityStore(connection: Connection): ActivityStore {
	const { db, environment } = connection;
	const insert = db.prepare(
		'INSERT INTO activity (environment_id, at, by, code, detail) VALUES (?, ?, ?, ?, ?)',
	);
	const newest = db.prepare<[number, number, number], Row>(
		'SELECT at, by, code, detail FROM activity WHERE environment_id = ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?',
	);
	const told = db.prepare<[number], Row>(
		`SELECT max(at) AS at, by, code, detail FROM activity WHERE environment_id = ? AND code = 'event.told'
		GROUP BY json_extract(detail, '$.event')`,
	);
	const asActivity = (row: Row): Activity => ({
		...row,
		detail: JSON.parse(row.detail) as Activity['detail'],
	});
	return {
		append: ({ at, by, code, detail }) =>
			connection.write(() => void insert.run(environment, at, by, code, JSON.stringify(detail))),
		list: (limit, beforeAt) =>
			connection.read(() =>
				newest.all(environment, beforeAt ?? Number.MAX_SAFE_INTEGER, limit).map(asActivity),
			),
		told: () => connection.read(() => told.all(environment).map(asActivity)),
	};
}
