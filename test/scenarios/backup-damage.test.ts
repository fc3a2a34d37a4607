import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/domain/backup.ts';
import {
	carryOut,
	copiesOf,
	hashOf,
	makeShop,
	manifestAt,
	planOf,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { makeSystem, openTest } from '../support/engine.ts';
import { type HandMade, tarOf } from '../support/hostile-tar.ts';

const KEYS = `
secrets: {right: env:RIGHT, wrong: env:WRONG}
`;
const VARIABLES = { RIGHT: 'correct horse battery staple', WRONG: 'tr0ub4dor and three' };
const yaml = (more = '', head = '') => `version: 1
system: Shop${head}
checks:
  books: {kind: sqlite, file: shop.db, every: 1h, read: {sales: select count(*) from sale}, must: [sales > 0]}
backups:
  database: {source: sqlite, file: shop.db, to: backups/, prove: [books]${more}}
  logs: {source: files, files: www/**, to: backups/, compress: gzip}
`;

async function openShop(text = yaml()) {
	const system = makeSystem(text, { 'www/a.log': 'a\n'.repeat(200) });
	makeShop(join(system.folder, 'shop.db'), { bytes: 200_000 });
	const engine = await openTest(system.options({ variables: VARIABLES }));
	const folder = join(system.folder, 'backups');
	const make = async (plan = 'database') => {
		const { operation } = await carryOut(engine, 'backup', plan);
		return (operation.files[0] ?? '').split('/').at(-1) ?? '';
	};
	const verify = (name: string, plan = 'database') => carryOut(engine, 'verify', plan, { copy: name });
	const stateOf = async (name: string, plan = 'database') =>
		(await copiesOf(engine, plan)).find((copy) => copy.name === name)?.state;
	return { system, engine, folder, make, verify, stateOf };
}

const codeOf = ({ operation }: Awaited<ReturnType<typeof carryOut>>) =>
	operation.reasons.map((reason) => (reason.kind === 'fault' ? reason.fault.code : reason.kind))[0];

describe('a copy that is not what it was', { timeout: 60_000 }, () => {
	it.each(['none', 'gzip', 'zstd'])('is found by verify wherever a bit is turned (%s)', async (compress) => {
		const { folder, make, verify, stateOf } = await openShop(yaml(`, compress: ${compress}`));
		const name = await make();
		const path = join(folder, name);
		const whole = readFileSync(path);
		const last = whole.length - 1;
		for (const at of [0, 1, 9, 17, 100, Math.floor(last / 3), Math.floor(last / 2), last - 8, last]) {
			const bad = Buffer.from(whole);
			bad[at] = (bad[at] ?? 0) ^ 0b100;
			writeFileSync(path, bad);
			const run = await verify(name);
			expect([at, run.operation.level, codeOf(run)]).toEqual([at, 'critical', 'copy-damaged']);
			expect(await stateOf(name)).toBe('damaged');
			// Nobody touched it for that.
			expect(hashOf(readFileSync(path))).toBe(hashOf(bad));
		}
		// Put back as it was, it is found whole again.
		writeFileSync(path, whole);
		expect((await verify(name)).operation.level).toBe('ok');
		expect(await stateOf(name)).toBe('there');
	});

	it('is found when it was cut off or grew, even before anybody reads it', async () => {
		const { engine, folder, make, verify, stateOf } = await openShop();
		const name = await make();
		const whole = readFileSync(join(folder, name));
		for (const bytes of [0, 1, whole.length >> 1, whole.length - 1]) {
			writeFileSync(join(folder, name), whole);
			await verify(name);
			truncateSync(join(folder, name), bytes);
			expect([bytes, await stateOf(name)]).toEqual([bytes, 'damaged']);
			expect(codeOf(await verify(name))).toBe('copy-incomplete');
		}
		writeFileSync(join(folder, name), Buffer.concat([whole, Buffer.from('x')]));
		expect(codeOf(await verify(name))).toBe('copy-damaged');
		expect(await planOf(engine, 'database')).toMatchObject({
			level: 'critical',
			last: null,
			reasons: expect.arrayContaining([{ kind: 'damaged', name }]),
		});
	});

	it('gives way to the older good one: drill takes that, the screen says what is damaged', async () => {
		const { engine, folder, make, verify } = await openShop();
		const older = await make();
		const newer = await make();
		writeFileSync(join(folder, newer), readFileSync(join(folder, older)).fill(0xaa, 5_000, 5_010));
		await verify(newer);
		const drilled = await carryOut(engine, 'drill', 'database');
		expect(drilled.operation.level).toBe('ok');
		expect(manifestAt(folder, older).proof).toBeDefined();
		expect(manifestAt(folder, newer).proof).toBeUndefined();
		expect(await planOf(engine, 'database')).toMatchObject({
			level: 'critical',
			last: { name: older },
			provenCopy: older,
			reasons: [{ kind: 'damaged', name: newer }],
		});
		// Asked for by name, it is read, refused, and nothing is replaced.
		const live = hashOf(readFileSync(join(folder, '../shop.db')));
		const refused = await carryOut(engine, 'restore', 'database', { copy: newer });
		expect(refused.operation.level).toBe('critical');
		expect(refused.output).toContain('nothing was replaced');
		expect(hashOf(readFileSync(join(folder, '../shop.db')))).toBe(live);
	});

	it('is not called damaged when only the key is wrong', async () => {
		const encrypted = (key: string) => yaml(`, encrypt: {passphrase: "\${secret:${key}}"}`, KEYS);
		const { system, engine, folder, make, stateOf } = await openShop(encrypted('right'));
		const name = await make();
		expect(readFileSync(join(folder, name)).subarray(0, 18).toString()).toBe('age-encryption.org');
		expect((await carryOut(engine, 'verify', 'database')).operation.level).toBe('ok');
		await engine.close();
		system.write('rounds.yaml', encrypted('wrong'));
		const other = await openTest(system.options({ variables: VARIABLES }));
		const run = await carryOut(other, 'verify', 'database');
		expect([run.operation.level, codeOf(run)]).toEqual(['critical', 'wrong-key']);
		expect(run.output).not.toContain(VARIABLES.WRONG);
		expect((await copiesOf(other, 'database'))[0]?.state).toBe('there');
		const drilled = await carryOut(other, 'drill', 'database');
		expect([drilled.operation.level, codeOf(drilled)]).toEqual(['critical', 'wrong-key']);
		expect(await stateOf(name).catch(() => 'closed')).toBe('closed');
		await other.close();
		expect(system.kept()).not.toContain(VARIABLES.RIGHT);
	});
});

describe('an archive made by somebody else, with a manifest that fits it', { timeout: 60_000 }, () => {
	const good: HandMade = { name: 'www/a.log', body: 'mine\n' };
	it.each<[string, readonly HandMade[]]>([
		['a name with ..', [good, { name: 'www/../../escaped', body: 'x' }]],
		['an absolute name', [good, { name: '/tmp/rounds-escaped', body: 'x' }]],
		['a link that leads out', [good, { name: 'www/out', type: '2', target: '../../..' }]],
		['an absolute link', [good, { name: 'www/out', type: '2', target: '/etc' }]],
		[
			'a file below a link',
			[
				{ name: 'www/out', type: '2', target: '.' },
				{ name: 'www/out/a.log', body: 'x' },
			],
		],
		['a hard link out of it', [good, { name: 'www/hard', type: '1', target: '../../shop.db' }]],
		['a device', [good, { name: 'www/null', type: '3' }]],
		['a pipe', [good, { name: 'www/pipe', type: '6' }]],
		['the same name twice', [good, good]],
	])('with %s is refused whole by verify, drill and restore', async (_what, entries) => {
		const { system, engine, folder, make, verify } = await openShop();
		const made = await make('logs');
		// Of a name that nobody remembers: one that is known is told apart before it is read.
		const name = made.replace(/\d{8}/, '20200101');
		const plain = tarOf(...entries);
		const bytes = gzipSync(plain);
		const forged: Manifest = {
			...manifestAt(folder, made),
			name,
			bytes: bytes.length,
			sha256: hashOf(bytes),
			plainBytes: plain.length,
			plainSha256: hashOf(plain),
			rows: null,
			sums: null,
		};
		writeFileSync(join(folder, name), bytes);
		writeFileSync(join(folder, `${name}.json`), JSON.stringify(forged));
		const logs = treeOf(join(system.folder, 'www'));
		const around = () =>
			Object.keys(treeOf(system.folder)).filter((one) => !/^(?:\.rounds|backups|logs)/.test(one));
		const before = around();
		await copiesOf(engine, 'logs');
		expect(codeOf(await verify(name, 'logs'))).toBe('archive-unsafe');
		expect((await copiesOf(engine, 'logs')).find((copy) => copy.name === name)?.state).toBe('damaged');
		for (const verb of ['drill', 'restore'] as const) {
			const run = await carryOut(engine, verb, 'logs', { copy: name });
			expect([verb, run.operation.level, codeOf(run)]).toEqual([verb, 'critical', 'archive-unsafe']);
			expect(treeOf(join(system.folder, 'www'))).toEqual(logs);
			expect(around()).toEqual(before);
		}
	});
});

describe('a manifest that is not ours, or no manifest', { timeout: 60_000 }, () => {
	const changes: readonly [string, (text: string, manifest: Manifest) => string][] = [
		['of another plan', (_, one) => JSON.stringify({ ...one, plan: 'other', subject: 'longer than it was' })],
		['of another system', (_, one) => JSON.stringify({ ...one, system: 'Another shop' })],
		['of another environment', (_, one) => JSON.stringify({ ...one, environment: 'production' })],
		[
			'of another plan’s other copy',
			(_, one) => JSON.stringify({ ...one, plan: 'other', sha256: '0'.repeat(64) }),
		],
		[
			'of another copy of this plan',
			(_, one) => JSON.stringify({ ...one, sha256: '0'.repeat(64), by: 'somebody' }),
		],
		['that is cut off', (text) => text.slice(0, 200)],
		['that is empty', () => ''],
		['that is huge', (text) => text + ' '.repeat(2_000_000)],
		['with a key twice', (text) => text.replace('{', '{"pinned":"x",')],
		['full of escape sequences', (_, one) => JSON.stringify({ ...one, name: '\u001b]0;x\u0007' })],
		['that is bytes', () => '\u0000\u0001\ufffd'.repeat(500)],
		['of wrong types', (_, one) => JSON.stringify({ ...one, rows: ['sale'], bytes: {} })],
	];
	it.each(changes)('%s: its copy counts no more, and nobody takes it away', async (_what, change) => {
		const { engine, folder, make, stateOf } = await openShop(yaml(', keep: {copies: 1}'));
		const name = await make();
		const path = join(folder, `${name}.json`);
		writeFileSync(path, change(readFileSync(path, 'utf8'), manifestAt(folder, name)));
		expect(['gone', 'damaged']).toContain(await stateOf(name));
		expect(await planOf(engine, 'database')).toMatchObject({ count: 0, last: null });
		const before = treeOf(folder);
		await make();
		await make();
		expect((await carryOut(engine, 'prune', 'database')).operation.level).toBe('ok');
		expect(treeOf(folder)).toMatchObject(before);
		for (const event of engine.events) expect(JSON.stringify(event)).not.toContain('\u001b');
	});

	it('hostile in what it tells is shown as text, and told nowhere raw', async () => {
		const { system, engine, folder, make } = await openShop();
		const made = await make();
		const name = made.replace(/\d{8}/, '20200101');
		copyFileSync(join(folder, made), join(folder, name));
		const evil = '\u001b[2J\u001b]0;pwned\u0007\u202e\u0085';
		const hostile = { ...manifestAt(folder, made), name, by: evil, method: evil, host: evil, subject: evil };
		writeFileSync(
			join(folder, `${name}.json`),
			JSON.stringify({ ...hostile, rows: { [`t${evil}`]: 3, constructor: 1 } }),
		);
		await copiesOf(engine, 'database');
		const preview = await engine.send('restore.preview', {
			plan: 'database' as never,
			copy: name,
			target: null,
		});
		expect(preview.rows?.map((row) => row.name)).toContain('constructor');
		expect(structuredClone(preview).rows).toHaveLength(preview.rows?.length ?? 0);
		const { output } = await carryOut(engine, 'verify', 'database', { copy: name });
		expect(output).not.toMatch(/[\u001b\u0007\u202e\u0085]/);
		await engine.close();
		const run = (...args: readonly string[]) => {
			try {
				return execFileSync(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), ...args], {
					cwd: system.folder,
					encoding: 'utf8',
					stdio: ['ignore', 'pipe', 'pipe'],
				});
			} catch (error) {
				return String((error as { stdout?: string }).stdout);
			}
		};
		expect(run('backups', 'database')).not.toMatch(/[\u001b\u0007\u202e\u0085]/);
		for (const one of [made, name]) rmSync(join(folder, one));
		expect(standing(folder).whole).toEqual([]);
	});
});
