import { describe, expect, it } from 'vitest';
import { isNameTemplate, looksLikeCopy, nameOfCopy, sealedSuffix } from '../../src/domain/backup-name.ts';

const AT = Date.parse('2026-02-23T18:05:09Z');

describe('the name of a copy', () => {
	it.each([
		['database.db.backup.YYYYMMDD', '', 'database.db.backup.20260223'],
		['database.db.backup.YYYYMMDD_HHMMSS', '', 'database.db.backup.20260223_180509'],
		['logs.YYYYMMDD.tar', '.gz', 'logs.20260223.tar.gz'],
		['logs.YYYYMMDD.tar.gz', '.gz', 'logs.20260223.tar.gz'],
		['logs/env_backup_YYYYMMDD_HHMMSS.json'.slice(5), '.zst.age', 'env_backup_20260223_180509.json.zst.age'],
		['d-YYYY-MM-DDTHH-MM', '', 'd-2026-02-23T18-05'],
	])('fills %s%s in', (template, suffix, name) => {
		expect(nameOfCopy(template, suffix, AT, 'UTC')).toBe(name);
		expect(looksLikeCopy(name, template, suffix)).toBe(true);
	});

	it('is that of the day where the system is, with the clock of summer and winter', () => {
		expect(nameOfCopy('d.YYYYMMDD_HHMM', '', AT, 'Asia/Shanghai')).toBe('d.20260224_0205');
		const name = (at: string) => nameOfCopy('d.YYYYMMDD_HHMMSS', '', Date.parse(at), 'Europe/Berlin');
		expect(name('2025-03-30T00:59:59Z')).toBe('d.20250330_015959');
		expect(name('2025-03-30T01:00:00Z')).toBe('d.20250330_030000');
		// The hour that comes twice gives the same name twice: a turn tells them apart.
		expect(name('2025-10-26T00:30:00Z')).toBe(name('2025-10-26T01:30:00Z'));
		expect(nameOfCopy('d.YYYYMMDD.tar', '.gz', AT, 'UTC', 3)).toBe('d.20260223-3.tar.gz');
	});

	it('adds what compressing and encrypting add', () => {
		expect(sealedSuffix('none', false)).toBe('');
		expect(sealedSuffix('gzip', true)).toBe('.gz.age');
		expect(sealedSuffix('zstd', false)).toBe('.zst');
	});

	it('is no path, nothing hidden, nothing that cannot be seen, and tells days apart', () => {
		for (const good of ['a.YYYYMMDD', '数据库.YYYY-MM-DD_HHMMSS']) expect(isNameTemplate(good)).toBe(true);
		for (const bad of [
			'a',
			'a.YYYYMM',
			'../a.YYYYMMDD',
			'a/b.YYYYMMDD',
			'.a.YYYYMMDD',
			'-a.YYYYMMDD',
			'a\n.YYYYMMDD',
			'a\u202e.YYYYMMDD',
			'a\u0000.YYYYMMDD',
			`${'a'.repeat(200)}.YYYYMMDD`,
		])
			expect([bad, isNameTemplate(bad)]).toEqual([bad, false]);
	});

	it('is known again, whatever its day and turn, and nothing else is', () => {
		const looks = (name: string) => looksLikeCopy(name, 'db.backup.YYYYMMDD', '.gz');
		expect(
			['db.backup.20200101.gz', 'db.backup.20200101-2.gz', 'db.backup.20200101-50.gz'].map(looks),
		).toEqual([true, true, true]);
		for (const other of [
			'db.backup.20200101',
			'db.backup.gz',
			'db.backup.2020010x.gz',
			'x.20200101.gz',
			'db.backup.20200101_120000.gz',
		])
			expect([other, looks(other)]).toEqual([other, false]);
	});
});
