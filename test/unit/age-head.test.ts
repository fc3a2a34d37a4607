import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { decryptAge, encryptAge } from '../../src/workers/jobs/age.ts';

const BLOCK = Buffer.alloc(64 * 1024, 'x');
const secret = await generateIdentity();
const by = { identity: secret, passphrase: null };

async function* inPieces(bytes: Uint8Array, size: number) {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const found: Uint8Array[] = [];
	for await (const chunk of chunks) found.push(chunk);
	return Buffer.concat(found);
}

describe('the head of what is encrypted', () => {
	test.each(['age-encryption.org/v1\n-> ', 'age-encryption.org/v1\n-> X25519 a\naa\n--- '])(
		'that has no end is given up soon: %j',
		async (begin) => {
			let read = 0;
			async function* endless() {
				yield Buffer.from(begin);
				for (;;) {
					read += BLOCK.length;
					yield BLOCK;
				}
			}
			await expect(whole(decryptAge(endless(), by, 'recipients'))).rejects.toMatchObject({
				fault: { code: 'copy-damaged', detail: { what: 'encryption' } },
			});
			expect(read).toBeLessThan(4 * 1024 * 1024);
		},
	);

	test.each([1, 7, 300, 100_000])('comes in pieces of %i bytes as in one', async (size) => {
		const recipients = [await identityToRecipient(secret)];
		const plain = Buffer.from('rounds\n--- '.repeat(500));
		const sealed = await whole(encryptAge(inPieces(plain, 1000), { recipients, passphrase: null }));
		expect(await whole(decryptAge(inPieces(sealed, size), by, 'recipients'))).toEqual(plain);
	});
});
