import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/domain/backup.ts';
import { Secret } from '../../src/domain/secret.ts';
import { env } from '../../src/sources/env.ts';
import { manifestOf, openSourcePorts, SourceWorld } from '../support/source-world.ts';

const { ports, close } = openSourcePorts();
let world: SourceWorld;
beforeEach(() => {
	world = new SourceWorld(ports);
});
afterEach(() => world.close());
afterAll(close);

const LONG = 'a-long-enough-value-of-a-key';
const salt = new Secret('only we know this', 'env:SALT');
const write = (text: string) => {
	const file = join(world.folder, '.env');
	writeFileSync(file, text);
	return file;
};

interface Kept {
	readonly text: string;
	readonly manifest: Manifest;
	readonly names: Record<
		string,
		{ present: boolean; fingerprint: string | null; sameAsLast: boolean | null }
	>;
	readonly configured: number;
	readonly total: number;
}

async function keep(written: unknown, previous: Manifest | null = null): Promise<Kept> {
	const run = world.run();
	const to = join(run.folder, 'copy');
	const copied = await env.copy(env.schema.parse(written), to, ports, run, { previous, base: null });
	if (!copied.ok) throw new Error(JSON.stringify(copied.error));
	const text = readFileSync(to, 'utf8');
	const document = JSON.parse(text);
	return {
		text,
		manifest: manifestOf('env', to, copied.value),
		names: Object.fromEntries(document.names.map((one: { name: string }) => [one.name, one])),
		configured: document.configured,
		total: document.total,
	};
}

describe('a copy of variables', () => {
	test('says which are set, as 7 of 10, and holds no value in any form', async () => {
		const names = Array.from({ length: 10 }, (_, at) => `NAME_${at}`);
		const file = write(
			`${names
				.slice(0, 7)
				.map((name) => `${name}=${LONG}`)
				.join('\n')}\nNAME_7=\n`,
		);
		const { configured, total, text, manifest } = await keep({ names, file });
		expect([configured, total]).toEqual([7, 10]);
		expect(manifest.facts).toMatchObject({ configured: 7, total: 10 });
		for (const said of [text, JSON.stringify(manifest)])
			for (const form of [LONG, Buffer.from(LONG).toString('base64'), Buffer.from(LONG).toString('hex')])
				expect(said).not.toContain(form);
	});

	test('tells from copy to copy what has changed, under a secret salt and under its own', async () => {
		for (const more of [{}, { salt }]) {
			const names = ['KEPT', 'CHANGED', 'ADDED', 'GONE', 'NEVER'];
			const file = write(`KEPT=${LONG}\nCHANGED=${LONG}1\nGONE=${LONG}2\n`);
			const first = await keep({ names, file, ...more });
			expect(Object.values(first.names).map(({ sameAsLast }) => sameAsLast)).toEqual(Array(5).fill(null));
			write(`KEPT=${LONG}\nCHANGED=${LONG}x\nADDED=${LONG}3\n`);
			const second = await keep({ names, file, ...more }, first.manifest);
			expect(
				Object.fromEntries(Object.values(names).map((name) => [name, second.names[name]?.sameAsLast])),
			).toEqual({
				KEPT: true,
				CHANGED: false,
				ADDED: false,
				GONE: false,
				NEVER: true,
			});
			expect(second.manifest.facts).toMatchObject({ changed: 3 });
		}
	});

	test('two variables of one value, and two plans, show no likeness', async () => {
		const file = write(`ONE=${LONG}\nTWO=${LONG}\n`);
		const names = ['ONE', 'TWO'];
		const first = await keep({ names, file });
		const other = await keep({ names, file });
		const secret = await keep({ names, file, salt });
		const all = [first, other, secret].flatMap((kept) =>
			Object.values(kept.names).map((one) => one.fingerprint),
		);
		expect(new Set(all).size).toBe(6);
		expect(JSON.stringify([secret.text, secret.manifest])).not.toContain(salt.reveal());
	});

	test('a short value gets a fingerprint under a secret salt only, since it could be found by trying', async () => {
		const file = write('FLASK_DEBUG=1\n');
		const names = ['FLASK_DEBUG'];
		const plain = await keep({ names, file });
		expect(plain.names['FLASK_DEBUG']).toMatchObject({ present: true, fingerprint: null });
		const again = await keep({ names, file }, plain.manifest);
		expect(again.names['FLASK_DEBUG']?.sameAsLast).toBe(null);
		const salted = await keep({ names, file, salt });
		expect(salted.names['FLASK_DEBUG']?.fingerprint).toMatch(/^[0-9a-f]{24}$/);
		// With another salt than last time nothing can be compared.
		const resalted = await keep({ names, file, salt: new Secret('another', 'env:SALT') }, salted.manifest);
		expect(resalted.names['FLASK_DEBUG']?.sameAsLast).toBe(null);
	});

	test('a random salt goes from copy to copy', async () => {
		const file = write(`ONE=${LONG}\n`);
		const first = await keep({ names: ['ONE'], file });
		const second = await keep({ names: ['ONE'], file }, first.manifest);
		expect(second.names['ONE']?.fingerprint).toBe(first.names['ONE']?.fingerprint);
		expect(second.manifest.facts['salt']).toBe(first.manifest.facts['salt']);
	});

	test.skipIf(process.platform !== 'linux')(
		"a process's own come before those of the file it reads",
		async () => {
			const child = spawn('sleep', ['600'], {
				env: { ...process.env, FROM_PROCESS: LONG, BOTH: `${LONG}1` },
			});
			world.later(() => void child.kill());
			await new Promise((resolve) => child.once('spawn', resolve));
			const file = write(`FROM_FILE=${LONG}\nBOTH=${LONG}2\n`);
			const names = ['FROM_PROCESS', 'FROM_FILE', 'BOTH'];
			const both = await keep({ names, file, pid: child.pid, salt });
			expect(both.configured).toBe(3);
			const ofFile = await keep({ names, file, salt }, both.manifest);
			expect(ofFile.names['FROM_PROCESS']?.present).toBe(false);
			expect(ofFile.names['BOTH']?.sameAsLast).toBe(false);
			writeFileSync(join(world.folder, 'pid'), String(child.pid));
			expect((await keep({ names, pidFile: join(world.folder, 'pid'), salt })).configured).toBe(2);
		},
	);

	test('no such process, no such file, a file that is none', async () => {
		const run = world.run();
		const copy = (written: unknown) =>
			env.copy(env.schema.parse(written), join(run.folder, 'x'), ports, run, { previous: null, base: null });
		const names = ['ONE'];
		expect(await copy({ names, program: 'no-such-program-here' })).toMatchObject({
			error: { code: 'object-missing' },
		});
		expect(await copy({ names, file: join(world.folder, 'none') })).toMatchObject({
			error: { code: 'file-missing' },
		});
		expect(await copy({ names, file: write('no assignment\n') })).toMatchObject({
			error: { code: 'file-malformed', detail: { line: 1 } },
		});
	});

	test('lies there for its owner alone, under the documented name', async () => {
		const run = world.run();
		const options = env.schema.parse({ names: ['ONE'], file: write(`ONE=${LONG}\n`) });
		const to = join(run.folder, 'copy');
		await env.copy(options, to, ports, run, { previous: null, base: null });
		expect(statSync(to).mode & 0o777).toBe(0o600);
		expect(env.names(options).plain).toBe('env_backup_YYYYMMDD_HHMMSS.json');
	});
});
