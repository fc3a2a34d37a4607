import { describe, expect, it } from 'vitest';
import { HEAD, loadGood, loadText } from '../support/config-sources.ts';

const CHECKS = `checks:
  integrity: {kind: sqlite, file: db/app.db, read: {n: select count(*) from customers}, must: [n > 0]}
  other: {kind: sqlite, file: db/other.db, read: {n: select count(*) from x}, must: [n > 0]}
  api: {kind: http, url: "http://localhost:1/"}
`;
const plan = (keys: string) =>
	`${HEAD}${CHECKS}backups:\n  database: {source: sqlite, file: db/app.db, ${keys}}\n`;

async function complaintsOf(text: string): Promise<readonly string[]> {
	const loaded = await loadText(text);
	return loaded.ok ? [] : loaded.error.map(({ message }) => message);
}

describe('a backup plan', () => {
	it('is read as written, its paths resolved beside the file', async () => {
		const { system } = await loadGood(
			plan('to: backups/, at: "02:00", keep: {days: 7, copies: 3}, prove: [integrity], drill: 90d'),
		);
		expect(system.backups).toHaveLength(1);
		const [read] = system.backups;
		expect(read).toMatchObject({
			id: 'database',
			source: 'sqlite',
			options: { file: '/etc/app/db/app.db' },
			targets: [{ kind: 'directory', options: { path: '/etc/app/backups' } }],
			names: { plain: 'app.db.backup.YYYYMMDD', pinned: 'app.db.backup.YYYYMMDD_HHMMSS' },
			schedule: { kind: 'at', minutes: [120], days: [] },
			keep: { ageMs: 7 * 86_400_000, count: 3 },
			prove: ['integrity'],
			drill: { everyMs: 90 * 86_400_000, mask: [] },
			nothing: null,
		});
	});

	it('runs at times of some days, or again after a time', async () => {
		const at = async (keys: string) => (await loadGood(plan(`to: b/, ${keys}`))).system.backups[0]?.schedule;
		expect(await at('at: ["02:00", "14:30"]')).toEqual({ kind: 'at', minutes: [120, 870], days: [] });
		expect(await at('at: "sun 03:00"')).toEqual({ kind: 'at', minutes: [180], days: [0] });
		expect(await at('every: 15m')).toEqual({ kind: 'every', everyMs: 900_000 });
	});

	it('has the time of day in its names where it runs again within a day', async () => {
		const names = async (keys: string) => (await loadGood(plan(`to: b/, ${keys}`))).system.backups[0]?.names;
		expect(await names('every: 15m')).toEqual({
			plain: 'app.db.backup.YYYYMMDD_HHMMSS',
			pinned: 'app.db.backup.YYYYMMDD_HHMMSS.pinned',
		});
		expect(await names('every: 7d')).toEqual({
			plain: 'app.db.backup.YYYYMMDD',
			pinned: 'app.db.backup.YYYYMMDD_HHMMSS',
		});
		expect(await names('at: ["02:00", "14:00"], name: app.YYYYMMDD')).toMatchObject({
			plain: 'app.YYYYMMDD',
		});
	});

	it('goes to a named place, and to several', async () => {
		const { system } = await loadGood(
			`${HEAD}${CHECKS}targets:\n  disk: {kind: directory, path: far/}\nbackups:\n  database: {source: sqlite, file: db/app.db, to: [near/, disk]}\n`,
		);
		expect(system.backups[0]?.targets.map(({ name, options }) => [name, options])).toEqual([
			['near/', { path: '/etc/app/near' }],
			['disk', { path: '/etc/app/far' }],
		]);
	});

	it('says plainly where there is nothing to copy', async () => {
		const { system } = await loadGood(
			`${HEAD}${CHECKS}backups:\n  trades: {nothing: data lives in memory only}\n`,
		);
		expect(system.backups[0]).toMatchObject({ nothing: 'data lives in memory only', targets: [] });
	});

	it('takes its statements as they stand', async () => {
		const { system } = await loadGood(
			plan(
				'to: b/, sums: {a: "select \'${x}\'"}, drill: {every: 90d, mask: ["update customers set name = \'${x}\'"]}',
			),
		);
		expect(system.backups[0]?.drill.mask).toEqual(["update customers set name = '${x}'"]);
		expect(system.backups[0]?.options).toMatchObject({ sums: { a: "select '${x}'" } });
	});

	it('may be launched by a step of a round, a restore may not', async () => {
		const rounds = (run: string) => `${plan('to: b/')}rounds:\n  evening:\n    steps: [{run: ${run}}]\n`;
		expect(await complaintsOf(rounds('backup.database'))).toEqual([]);
		expect(await complaintsOf(rounds('drill.database'))).toEqual([]);
		expect(await complaintsOf(rounds('pinned.database'))).toEqual([]);
		expect((await complaintsOf(rounds('restore.database')))[0]).toContain('restore.database');
	});

	it('is restored by no sequence, and by no other restore', async () => {
		const action = (parts: string) => `${plan('to: b/')}actions:\n  all: {sequence: [${parts}]}\n`;
		expect(await complaintsOf(action('backup.database, drill.database'))).toEqual([]);
		expect((await complaintsOf(action('restore.database')))[0]).toContain('restore.database');
		expect((await complaintsOf(action('{action: restore.database}')))[0]).toContain('restore.database');
		for (const key of ['stop', 'start'])
			expect((await complaintsOf(plan(`to: b/, restore: {${key}: [restore.database]}`)))[0]).toContain(
				'restore.database',
			);
	});
});

describe('what is wrong with a plan', () => {
	const cases: readonly (readonly [string, string, string])[] = [
		['a check of something else', 'to: b/, prove: [other]', 'does not look at what this plan copies'],
		['a check that cannot look at a copy', 'to: b/, prove: [api]', 'does not look at what this plan copies'],
		['a check that is not there', 'to: b/, prove: [integritty]', 'no check is called "integritty"'],
		['no place', 'at: "02:00"', '"to" is missing in backups.database'],
		['a place nobody named', 'to: offsite', 'no target is called "offsite"'],
		['two schedules', 'to: b/, at: "02:00", every: 1h', 'either "at" or "every"'],
		['no time', 'to: b/, at: "2 am"', 'expected a time such as "02:00"'],
		['times on other days', 'to: b/, at: ["sun 02:00", "mon 02:00"]', 'on the same days'],
		['a name without a day', 'to: b/, name: app.db.backup', 'YYYYMMDD'],
		['a name that leads elsewhere', 'to: b/, name: ../app.YYYYMMDD', 'YYYYMMDD'],
		[
			'a name without the time of day',
			'to: b/, every: 15m, name: app.YYYYMMDD',
			'needs the time in its name',
		],
		['too often', 'to: b/, every: 10s', 'may not run more often'],
		['an action that is not there', 'to: b/, restore: {stop: [stop-it]}', 'no action is called "stop-it"'],
		['both keys and a passphrase', 'to: b/, encrypt: {}', '"recipients" or "passphrase"'],
		['a base it does not need', 'to: b/, base: other', 'stands by itself'],
		['a key it does not know', 'to: b/, keeep: {days: 7}', 'unknown key "keeep"'],
		[
			'a wrong unit in a condition',
			'to: b/, drill: {every: 90d, must: ["rto < 5MB"]}',
			'a duration does not go with a size',
		],
	];
	it.each(cases)('%s', async (_, keys, said) => {
		const complaints = await complaintsOf(plan(keys));
		expect(complaints.join('\n')).toContain(said);
	});

	it('says the key of a secret that is written out', async () => {
		const complaints = await complaintsOf(plan('to: b/, encrypt: {passphrase: hunter2}'));
		expect(complaints.join('\n')).toContain('never the value');
		expect(complaints.join('\n')).not.toContain('hunter2');
	});

	it('says when two plans would write the same names', async () => {
		const twice = `${HEAD}${CHECKS}backups:\n  a: {source: sqlite, file: db/app.db, to: b/}\n  b: {source: sqlite, file: db/app.db, to: b/}\n`;
		expect((await complaintsOf(twice)).join('\n')).toContain('plan "a" writes backups of the same name');
	});

	it('says what sources there are', async () => {
		const complaints = await complaintsOf(
			`${HEAD}${CHECKS}backups:\n  a: {source: sqlit, file: x, to: b/}\n`,
		);
		expect(complaints.join('\n')).toContain('unknown kind "sqlit"');
	});
});
