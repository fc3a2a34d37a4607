import { describe, expect, it } from 'vitest';
import type { RestorePlace } from '../../src/domain/backup-ports.ts';
import type { DatabasePlace } from '../../src/domain/database-port.ts';
import { isLivePlace } from '../../src/services/backups/live-place.ts';
import { postgres } from '../../src/sources/postgres.ts';
import { postgresBase } from '../../src/sources/postgres-base.ts';
import { sqlite } from '../../src/sources/sqlite.ts';

const at = (restored: RestorePlace['restored']): RestorePlace => ({ shown: '', restored, own: {} });
const live: DatabasePlace = {
	host: 'db.example',
	port: 5432,
	user: 'backup',
	password: null,
	database: 'booking',
	tls: 'off',
};
const database = (place: Partial<DatabasePlace>, original: Partial<DatabasePlace> = {}) =>
	at({
		kind: 'database',
		engine: 'postgres',
		original: { ...live, ...original },
		place: { ...live, ...place },
	});

describe('the live thing', () => {
	it('is known for itself however it is written', () => {
		expect(isLivePlace(at({ kind: 'file', original: '/srv/app.db', path: '/srv/./x/../app.db' }))).toBe(true);
		expect(isLivePlace(at({ kind: 'folder', original: '/srv/www', path: '/srv/www/' }))).toBe(true);
		expect(isLivePlace(database({}))).toBe(true);
		expect(isLivePlace(database({ host: 'DB.example', user: 'other' }))).toBe(true);
		expect(isLivePlace(database({ host: '127.0.0.1' }, { host: 'localhost' }))).toBe(true);
		// All databases of a cluster are live.
		expect(isLivePlace(database({ database: 'anything' }, { database: '' }))).toBe(true);
	});

	it('is nothing else', () => {
		expect(isLivePlace(at({ kind: 'file', original: '/srv/app.db', path: '/tmp/app.db' }))).toBe(false);
		expect(isLivePlace(database({ database: 'rounds_drill_1' }))).toBe(false);
		expect(isLivePlace(database({ host: '/tmp/rounds-1' }, { database: '' }))).toBe(false);
	});

	it('is what every source itself calls live', () => {
		const where = { host: 'db.example', user: 'backup', database: 'booking' };
		const places = [
			sqlite.restoring!.live(sqlite.schema.parse({ file: '/srv/app.db' })),
			postgres.restoring!.live(postgres.schema.parse(where)),
			postgresBase.restoring!.live(postgresBase.schema.parse(where)),
		];
		expect(places.map(isLivePlace)).toEqual([true, true, true]);
	});
});
