import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { findCheckKind } from '../../src/checks/index.ts';
import { Secret } from '../../src/domain/secret.ts';

test('a secret that another bundle has read is one here too', async () => {
	const copy = '../../src/domain/secret.ts?copy';
	const { Secret: Other } = (await import(copy)) as { Secret: typeof Secret };
	expect(Other).not.toBe(Secret);
	const foreign = new Other('http://127.0.0.1/hidden', 'env:URL');
	expect(foreign).toBeInstanceOf(Secret);
	expect(findCheckKind('http')?.schema.safeParse({ url: foreign })).toMatchObject({ success: true });
	expect(`${foreign} ${JSON.stringify(foreign)} ${inspect(foreign)}`).toBe('*** "***" ***');
});

test('what only looks like one is none', () => {
	for (const value of [null, 'x', {}, { reveal: () => 'x', reference: 'env:X' }])
		expect(value).not.toBeInstanceOf(Secret);
});
