import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/storage/migrations/index.ts';

/** A migration that ran somewhere must never change: add a new one, and its hash here. */
const FROZEN: readonly string[] = [
	'5ac6869058b599a2efa20be0f9ca6c3c53c653450184fd2e0c476b455cf87844',
	'6415f3a456eca64042dffcceb20805b3ad7acea4196425817238e9d92d2db2d0',
	'14432e5086d61c927eb9457037ac9600f08da2cdadf3e5cda433240b3326cbc0',
	'2d491bae492dcf78762b97579b7fde8e2b348e90b20b8ef2be2175b052ed5853',
];

test('migrations are frozen', () => {
	expect(MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex'))).toEqual(FROZEN);
});

test('migrations are numbered without gaps', () => {
	expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});
