import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/storage/migrations/index.ts';

/** A migration that ran somewhere must never change: add a new one, and its hash here. */
const FROZEN: readonly string[] = ['b6fedd0701050f29ea41256bf6bbb1152b7c18ae028806ea5e65705f8107bcd8'];

test('migrations are frozen', () => {
	expect(MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex'))).toEqual(FROZEN);
});

test('migrations are numbered without gaps', () => {
	expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});
