// Needs the Debian packages `age` and `zstd`; what compares with them is skipped without.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Compression } from '../../src/domain/backup.ts';
import type { Sealed } from '../../src/domain/backup-ports.ts';
import { createArchiveHeavy } from '../../src/workers/heavy-archive.ts';
import { heavyPool, scratchFolder, within } from '../support/heavy-world.ts';

const heavy = createArchiveHeavy(heavyPool());
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const PLAIN = Buffer.concat([randomBytes(70_000), Buffer.alloc(200_000, 65), randomBytes(3)]);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let identity = '';
let recipient = '';
let other = '';
beforeAll(async () => {
	identity = await generateIdentity();
	recipient = await identityToRecipient(identity);
	other = await generateIdentity();
});

type Encrypted = 'no' | 'recipients' | 'passphrase';
const PASSPHRASE = 'correct horse battery staple';
const encryptFor = (how: Encrypted) =>
	how === 'no'
		? null
		: {
				recipients: how === 'recipients' ? [recipient] : [],
				passphrase: how === 'passphrase' ? PASSPHRASE : null,
			};

interface SealedFile {
	readonly folder: string;
	readonly file: string;
	readonly manifest: Sealed & { readonly compress: Compression; readonly encrypted: Encrypted };
}

async function sealed(
	compress: Compression = 'gzip',
	encrypted: Encrypted = 'recipients',
	plain: Buffer = PLAIN,
): Promise<SealedFile> {
	const folder = scratchFolder();
	const [from, file] = [join(folder, 'raw'), join(folder, 'sealed')];
	writeFileSync(from, plain);
	const answer = await heavy.seal({ from, to: file, compress, encrypt: encryptFor(encrypted) }, within());
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return { folder, file, manifest: { ...answer.value, compress, encrypted } };
}

const keys = () => ({ identity, passphrase: PASSPHRASE });

async function opened(
	{ folder, file, manifest }: SealedFile,
	by: { identity: string | null; passphrase: string | null } = keys(),
) {
	const answer = await heavy.open({ from: file, to: join(folder, 'back'), manifest, ...by }, within());
	// What could not be opened whole is not there.
	expect(existsSync(join(folder, 'back'))).toBe(answer.ok);
	const looked = await heavy.open({ from: file, to: null, manifest, ...by }, within());
	expect(looked).toEqual(answer);
	return answer.ok
		? 'ok'
		: `${answer.error.code} ${answer.error.detail['what'] ?? answer.error.detail['reason'] ?? ''}`.trim();
}

describe('seal and open', () => {
	const ways = (['none', 'gzip', 'zstd'] as const).flatMap((compress) =>
		(['no', 'recipients', 'passphrase'] as const).map((encrypted) => [compress, encrypted] as const),
	);
	test.each(ways)('%s, %s: what goes in comes out', async (compress, encrypted) => {
		const one = await sealed(compress, encrypted);
		const bytes = readFileSync(one.file);
		expect(one.manifest).toMatchObject({
			bytes: bytes.length,
			sha256: sha(bytes),
			plainBytes: PLAIN.length,
			plainSha256: sha(PLAIN),
		});
		expect(statSync(one.file).mode & 0o777).toBe(0o600);
		expect(await opened(one)).toBe('ok');
		expect(readFileSync(join(one.folder, 'back')).equals(PLAIN)).toBe(true);
		expect(statSync(join(one.folder, 'back')).mode & 0o777).toBe(0o600);
		if (compress !== 'none') expect(bytes.length).toBeLessThan(PLAIN.length / 2);
		if (encrypted !== 'no') expect(bytes.indexOf(PLAIN.subarray(0, 32))).toBe(-1);
	});

	test('nothing at all can be sealed, and is nothing again', async () => {
		const one = await sealed('zstd', 'recipients', Buffer.alloc(0));
		expect(await opened(one)).toBe('ok');
		expect(readFileSync(join(one.folder, 'back'))).toHaveLength(0);
	});

	test('without a place it only hashes', async () => {
		const folder = scratchFolder();
		writeFileSync(join(folder, 'raw'), PLAIN);
		const answer = await heavy.seal(
			{ from: join(folder, 'raw'), to: null, compress: 'none', encrypt: null },
			within(),
		);
		expect(answer).toMatchObject({ ok: true, value: { sha256: sha(PLAIN), plainSha256: sha(PLAIN) } });
		expect(readdirSync(folder)).toEqual(['raw']);
	});

	test.skipIf(!has('age') || !has('zstd'))(
		'the commands read what we wrote, and we what they wrote',
		async () => {
			const one = await sealed('zstd', 'recipients');
			const key = join(one.folder, 'key');
			writeFileSync(key, `# made for a test\n${identity}\n`, { mode: 0o600 });
			execFileSync('sh', [
				'-c',
				'age -d -i "$1" "$2" | zstd -dqc > "$3"',
				'sh',
				key,
				one.file,
				join(one.folder, 'out'),
			]);
			expect(readFileSync(join(one.folder, 'out')).equals(PLAIN)).toBe(true);
			const theirs = join(one.folder, 'theirs');
			execFileSync('sh', [
				'-c',
				'gzip -c "$1" | age -r "$2" -o "$3"',
				'sh',
				join(one.folder, 'raw'),
				recipient,
				theirs,
			]);
			const bytes = readFileSync(theirs);
			const manifest = {
				...one.manifest,
				compress: 'gzip' as const,
				bytes: bytes.length,
				sha256: sha(bytes),
			};
			expect(
				await opened(
					{ ...one, file: theirs, manifest },
					{ identity: readFileSync(key, 'utf8'), passphrase: null },
				),
			).toBe('ok');
		},
	);

	test('a gzip copy is what gunzip opens', async () => {
		const one = await sealed('gzip', 'no');
		expect(gunzipSync(readFileSync(one.file)).equals(PLAIN)).toBe(true);
	});

	test('another key, none, and a malformed one', async () => {
		const byRecipient = await sealed('gzip', 'recipients');
		expect(await opened(byRecipient, { identity: other, passphrase: null })).toBe('wrong-key');
		expect(await opened(byRecipient, { identity: null, passphrase: PASSPHRASE })).toBe('wrong-key none');
		expect(await opened(byRecipient, { identity: 'AGE-SECRET-KEY-1NONSENSE', passphrase: null })).toBe(
			'wrong-key malformed',
		);
		expect(await opened(byRecipient, { identity: `${other}\n${identity}\n`, passphrase: null })).toBe('ok');
		const byPassphrase = await sealed('none', 'passphrase');
		expect(await opened(byPassphrase, { identity: null, passphrase: 'another' })).toBe('wrong-key');
		expect(await opened(byPassphrase, { identity, passphrase: null })).toBe('wrong-key none');
	});

	test('a recipient that is none makes no copy', async () => {
		const folder = scratchFolder();
		writeFileSync(join(folder, 'raw'), PLAIN);
		for (const recipients of [['age1nonsense'], ['nobody'], []]) {
			const answer = await heavy.seal(
				{
					from: join(folder, 'raw'),
					to: join(folder, 'out'),
					compress: 'none',
					encrypt: { recipients, passphrase: null },
				},
				within(),
			);
			expect(answer).toMatchObject({
				ok: false,
				error: { code: 'not-supported', detail: { what: 'recipient' } },
			});
		}
		expect(readdirSync(folder)).toEqual(['raw']);
	});
});

describe('a copy that is not what it was', () => {
	const small = Buffer.concat([randomBytes(300), Buffer.alloc(900, 66)]);
	const turn = (bytes: Buffer, at: number, by = 1) => {
		const turned = Buffer.from(bytes);
		turned[at] = (turned[at] as number) ^ by;
		return turned;
	};

	test.each([
		['none', 'no'],
		['gzip', 'recipients'],
		['zstd', 'no'],
	] as const)(
		'%s, %s: a turned bit is found wherever it is',
		async (compress, encrypted) => {
			const one = await sealed(compress, encrypted, small);
			const bytes = readFileSync(one.file);
			for (let at = 0; at < bytes.length; at += 13) {
				writeFileSync(one.file, turn(bytes, at, 1 << (at % 8)));
				expect(await opened(one)).toBe('copy-damaged hash');
			}
		},
		60_000,
	);

	test('a cut is found wherever it is, and so is what was added', async () => {
		const one = await sealed('gzip', 'recipients', small);
		const bytes = readFileSync(one.file);
		for (let length = 0; length < bytes.length; length += 17) {
			writeFileSync(one.file, bytes.subarray(0, length));
			expect(await opened(one)).toBe('copy-incomplete');
		}
		writeFileSync(one.file, Buffer.concat([bytes, Buffer.from('x')]));
		expect(await opened(one)).toBe('copy-damaged size');
	});

	/** The manifest agrees with the damage, as if somebody had made it anew. */
	async function believed(one: SealedFile, bytes: Buffer, say: Partial<SealedFile['manifest']> = {}) {
		writeFileSync(one.file, bytes);
		const manifest = { ...one.manifest, bytes: bytes.length, sha256: sha(bytes), ...say };
		return opened({ ...one, manifest });
	}

	test('damage that its manifest agrees with is found by what opens it', async () => {
		const age = await sealed('none', 'recipients', small);
		const ageBytes = readFileSync(age.file);
		expect(await believed(age, turn(ageBytes, ageBytes.length - 5))).toBe('copy-damaged encryption');
		expect(await believed(age, ageBytes.subarray(0, -40))).toBe('copy-damaged encryption');
		expect(await believed(age, turn(ageBytes, 3))).toBe('copy-damaged encryption');
		expect(await believed(age, Buffer.from('no encryption'))).toBe('copy-damaged encryption');
		for (const compress of ['gzip', 'zstd'] as const) {
			const one = await sealed(compress, 'no', small);
			const bytes = readFileSync(one.file);
			expect(await believed(one, bytes.subarray(0, -4))).toBe('copy-damaged compression');
			expect(await believed(one, turn(bytes, bytes.length - 2))).toBe('copy-damaged compression');
			expect(await believed(one, Buffer.from('no compression at all'))).toBe('copy-damaged compression');
		}
		const plain = await sealed('none', 'no', small);
		expect(await believed(plain, turn(small, 7))).toBe('copy-damaged hash');
		expect(await believed(plain, small.subarray(1))).toBe('copy-damaged size');
	});

	test('a few bytes that stand for many are read no further than was said', async () => {
		const bomb = gzipSync(Buffer.alloc(300_000_000));
		const one = await sealed('gzip', 'no', small);
		let most = 0;
		writeFileSync(one.file, bomb);
		const manifest = { ...one.manifest, bytes: bomb.length, sha256: sha(bomb) };
		const to = join(one.folder, 'back');
		const answer = await heavy.open({ from: one.file, to, manifest, ...keys() }, within(), () => {
			most = Math.max(most, existsSync(to) ? statSync(to).size : 0);
		});
		expect(answer).toMatchObject({ ok: false, error: { code: 'copy-damaged', detail: { what: 'size' } } });
		expect(most).toBeLessThanOrEqual(small.length);
		expect(existsSync(to)).toBe(false);
	});
});

describe('what stands in the way', () => {
	test('nothing is written over or through, and a link is not read', async () => {
		const one = await sealed();
		writeFileSync(join(one.folder, 'mine'), 'mine');
		symlinkSync(join(one.folder, 'victim'), join(one.folder, 'link'));
		for (const name of ['mine', 'link']) {
			const to = join(one.folder, name);
			expect(
				await heavy.open({ from: one.file, to, manifest: one.manifest, ...keys() }, within()),
			).toMatchObject({
				error: { code: 'name-taken' },
			});
			const { compress } = one.manifest;
			expect(await heavy.seal({ from: one.file, to, compress, encrypt: null }, within())).toMatchObject({
				error: { code: 'name-taken' },
			});
		}
		expect(readFileSync(join(one.folder, 'mine'), 'utf8')).toBe('mine');
		expect(existsSync(join(one.folder, 'victim'))).toBe(false);
		symlinkSync(one.file, join(one.folder, 'from'));
		expect(
			await heavy.open(
				{ from: join(one.folder, 'from'), to: null, manifest: one.manifest, ...keys() },
				within(),
			),
		).toMatchObject({ error: { code: 'not-a-file' } });
	});

	test('a cancel leaves nothing, a missing folder is said', async () => {
		const folder = scratchFolder();
		writeFileSync(join(folder, 'raw'), '');
		truncateSync(join(folder, 'raw'), 3e9);
		const stop = new AbortController();
		const answer = await heavy.seal(
			{
				from: join(folder, 'raw'),
				to: join(folder, 'out'),
				compress: 'gzip',
				encrypt: encryptFor('recipients'),
			},
			within(60_000, stop.signal),
			({ done }) => done > 0 && stop.abort(),
		);
		expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		expect(readdirSync(folder)).toEqual(['raw']);
		const lost = await heavy.seal(
			{ from: join(folder, 'raw'), to: join(folder, 'none/out'), compress: 'gzip', encrypt: null },
			within(),
		);
		expect(lost).toMatchObject({ ok: false, error: { code: 'file-missing' } });
	});

	/** A file system of one megabyte; needs the right to mount. */
	function tinyDisk(): string | null {
		const folder = scratchFolder();
		const at = join(folder, 'tiny');
		mkdirSync(at);
		const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at]).status === 0;
		return mounted ? at : null;
	}

	test('a disk that fills up in the middle', async (context) => {
		const tiny = tinyDisk();
		if (tiny === null) return context.skip();
		try {
			const folder = scratchFolder();
			const raw = join(folder, 'raw');
			writeFileSync(raw, randomBytes(3_000_000));
			const full = { ok: false, error: { code: 'disk-full' } };
			const seal = { from: raw, compress: 'none', encrypt: null } as const;
			expect(await heavy.seal({ ...seal, to: join(tiny, 'out') }, within())).toMatchObject(full);
			const plainly = await heavy.seal({ ...seal, to: join(folder, 'sealed') }, within());
			if (!plainly.ok) throw new Error('not sealed');
			const manifest = { ...plainly.value, compress: 'none' as const, encrypted: 'no' as const };
			const open = { from: join(folder, 'sealed'), to: join(tiny, 'back'), manifest, ...keys() };
			expect(await heavy.open(open, within())).toMatchObject(full);
			const pack = { root: folder, files: [`${folder}/*`], exclude: [] };
			expect(await heavy.pack({ ...pack, to: join(tiny, 'a.tar') }, within())).toMatchObject(full);
			const tar = join(folder, '..', `${Date.now()}.tar`);
			const packed = await heavy.pack({ ...pack, to: tar }, within());
			expect(packed.ok).toBe(true);
			copyFileSync(tar, join(folder, 'a.tar'));
			spawnSync('rm', [tar]);
			const unpacked = await heavy.unpack(
				{ from: join(folder, 'a.tar'), to: join(tiny, 'to'), maxBytes: 1e9 },
				within(),
			);
			expect(unpacked).toMatchObject(full);
			expect(readdirSync(tiny)).toEqual([]);
		} finally {
			spawnSync('umount', [tiny]);
		}
	});
});
