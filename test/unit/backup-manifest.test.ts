import { describe, expect, it } from 'vitest';
import { manifestText, parseManifest } from '../../src/domain/manifest.ts';
import { manifest } from '../support/copies.ts';

const NAME = manifest().name;
const read = (text: string, name = NAME) => {
	const found = parseManifest(text, name);
	return found.ok ? 'ok' : String(found.error.detail['reason']);
};
const changed = (extra: Readonly<Record<string, unknown>>) =>
	read(JSON.stringify({ ...manifest(), ...extra }));

describe('a manifest', () => {
	it('comes back as it was written, and what a newer program added is left out', () => {
		expect(parseManifest(manifestText(manifest()), NAME)).toEqual({ ok: true, value: manifest() });
		const newer = { ...manifest(), added: { deep: ['thing'] } };
		expect(parseManifest(JSON.stringify(newer), NAME)).toEqual({ ok: true, value: manifest() });
		expect(read(`\ufeff${manifestText(manifest())}`)).toBe('ok');
		expect(read(`\ufeff\ufeff${manifestText(manifest())}`)).not.toBe('ok');
	});

	it.each([
		['', 'empty'],
		['[]', 'object'],
		['null', 'object'],
		['"text"', 'object'],
		['{', 'truncated'],
		['{}', 'format'],
		[manifestText(manifest()).slice(0, -20), 'truncated'],
		['['.repeat(100_000), 'too-deep'],
		[manifestText(manifest()).replace('{', '{"name": "other",'), 'duplicate-key'],
	])('that is none is said to be malformed: %.20s', (text, reason) => {
		expect(read(text)).toBe(reason);
	});

	it.each([
		['format', 2],
		['name', 'another.backup.20251122'],
		['name', '../../etc/passwd'],
		['bytes', -1],
		['bytes', '1000'],
		['bytes', 1.5],
		['bytes', 1e300],
		['sha256', 'A'.repeat(64)],
		['sha256', `${'a'.repeat(64)}\n`],
		['asOf', 'yesterday'],
		['asOf', null],
		['startedAt', 20251122],
		['compress', 'bzip2'],
		['encrypted', true],
		['rows', []],
		['rows', { sale: '3' }],
		['rows', { sale: -3 }],
		['sums', { balance: 3 }],
		['facts', { deep: {} }],
		['versions', 'many'],
		['pinned', 7],
		['base', '../up'],
		['proof', {}],
		['proof', 'yes'],
		['proof', { at: 'never', by: 'x', rtoMs: 1, rpoMs: 1, checks: [] }],
		['verifiedAt', 'soon'],
		['subject', 'x'.repeat(5_000)],
		['by', { toString: 1 }],
	])('with a wrong %s (%j) is none', (key, value) => {
		expect(changed({ [key]: value })).toBe(key);
	});

	it('never bears a name that a reader could not see', () => {
		for (const name of [
			'a\u001b[2J',
			'a\nb',
			'a\u202eb',
			'a\u200bb',
			'a\u0085b',
			'a/b',
			'',
			'.',
			'..',
			'x'.repeat(256),
		])
			expect([name, read(JSON.stringify(manifest({ name })), name)]).toEqual([name, 'name']);
		expect(read(JSON.stringify(manifest({ name: '数据库.20251122' })), '数据库.20251122')).toBe('ok');
	});

	it('keeps tables called like what every object has', () => {
		const text = JSON.stringify({ ...manifest(), rows: null }).replace(
			'"rows":null',
			'"rows":{"__proto__":1,"constructor":2,"toString":3}',
		);
		const found = parseManifest(text, NAME);
		expect(found.ok && Object.entries(found.value.rows ?? {})).toEqual([
			['__proto__', 1],
			['constructor', 2],
			['toString', 3],
		]);
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	});
});
