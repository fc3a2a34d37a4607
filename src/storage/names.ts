import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';

/** Names kept once, rows refer to them by number. Another process may add names at any time; none is ever removed. */
export interface Names {
	/** Adds the name when it is new: only inside a write transaction. */
	idOf(name: string): number;
	find(name: string): number | null;
	nameOf(id: number): string;
}

export function createNames(connection: Connection, table: 'check_name' | 'sample_name'): Names {
	const { db } = connection;
	const ids = new Map<string, number>();
	const names = new Map<number, string>();
	const byName = db.prepare<[string], number>(`SELECT id FROM ${table} WHERE name = ?`).pluck();
	const byId = db.prepare<[number], string>(`SELECT name FROM ${table} WHERE id = ?`).pluck();
	const insert = db.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
	// A number given in a transaction that was rolled back may be given to another name later.
	connection.onRollback(() => {
		ids.clear();
		names.clear();
	});
	const remember = (name: string, id: number): number => {
		ids.set(name, id);
		names.set(id, name);
		return id;
	};
	const find = (name: string): number | null => {
		const known = ids.get(name);
		if (known !== undefined) return known;
		const stored = byName.get(name);
		return stored === undefined ? null : remember(name, stored);
	};
	return {
		find,
		idOf: (name) => find(name) ?? remember(name, Number(insert.run(name).lastInsertRowid)),
		nameOf(id) {
			const known = names.get(id);
			if (known !== undefined) return known;
			const stored = byId.get(id);
			if (stored === undefined) throw new DamagedRow(`${table} has no ${id}`);
			remember(stored, id);
			return stored;
		},
	};
}
