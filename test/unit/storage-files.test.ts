import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openStorage } from '../../src/storage/open.ts';
import { faultOf, got, opened, optionsFor, scratch } from '../contract/storage-world.ts';

const WRITER = fileURLToPath(new URL('../support/storage-writer.ts', import.meta.url));
const ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

const mode = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const modes = (state: string): string[] =>
	['', 'rounds.db', 'rounds.db-wal', 'rounds.db-shm'].map((name) => mode(join(state, name)));

/** Opens in a process of its own; what it says, and the modes it leaves while killed (log and shared memory stay). */
function openElsewhere(path: string, umask: string, group = '', uid?: number): string {
	const child = spawnSync(process.execPath, [WRITER, path, '1', umask, group], {
		encoding: 'utf8',
		...(uid && { uid, gid: uid }),
	});
	return child.stdout || child.stderr;
}

describe('modes', () => {
	test.each(['000', '022', '077'])('only the owner, under umask %s', (umask) => {
		const state = join(scratch(), '.rounds');
		const storage = `import {openStorage} from ${JSON.stringify(new URL('../../src/storage/open.ts', import.meta.url).href)};
			import {statSync} from 'node:fs';
			process.umask(0o${umask});
			const opened = openStorage({path: ${JSON.stringify(state)}, environment: 'e', group: null, now: 1, version: 't'});
			opened.value.activity.append({at: 1, by: 'a', code: 'x', detail: {}});
			for (const name of ['', '/rounds.db', '/rounds.db-wal', '/rounds.db-shm'])
				console.log((statSync(${JSON.stringify(state)} + name).mode & 0o7777).toString(8));`;
		const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', storage], {
			encoding: 'utf8',
		});
		expect(child.stdout.trim().split('\n')).toEqual(['700', '600', '600', '600']);
	});

	test.runIf(ROOT)('a group shares everything, log and shared memory too', () => {
		const path = scratch();
		const gid = Number(/^(?:daemon|bin):[^:]*:(\d+):/m.exec(readFileSync('/etc/group', 'utf8'))?.[1]);
		const group = /^(daemon|bin):/m.exec(readFileSync('/etc/group', 'utf8'))?.[1] ?? '';
		const before = process.umask(0o077);
		const storage = opened(path, { group });
		process.umask(before);
		got(storage.activity.append({ at: 1, by: 'a', code: 'x', detail: {} }));
		const state = join(path, '.rounds');
		expect(modes(state)).toEqual(['2770', '660', '660', '660']);
		for (const name of ['', 'rounds.db', 'rounds.db-wal', 'rounds.db-shm'])
			expect(statSync(join(state, name)).gid).toBe(gid);
	});

	test('a state directory that was open to all is closed', () => {
		const path = scratch();
		const state = join(path, '.rounds');
		mkdirSync(state);
		chmodSync(state, 0o777);
		opened(path);
		expect(modes(state)).toEqual(['700', '600', '600', '600']);
	});

	test('a group that does not exist is said', () => {
		expect(openStorage(optionsFor(scratch(), { group: 'no-such-group' }))).toEqual({
			ok: false,
			error: { code: 'io-error', detail: { reason: 'group-unknown', group: 'no-such-group' } },
		});
	});
});

describe('paths that are not what they should be', () => {
	test('a link in place of the database is not followed', () => {
		const path = scratch();
		const target = join(path, 'precious');
		writeFileSync(target, 'precious');
		mkdirSync(join(path, '.rounds'));
		for (const name of ['rounds.db', 'rounds.db-wal']) {
			symlinkSync(target, join(path, '.rounds', name));
			expect(faultOf(openStorage(optionsFor(path)))).toBe('io-error link');
			expect(readFileSync(target, 'utf8')).toBe('precious');
		}
	});

	test('a file in place of the directory, a directory in place of the file', () => {
		const path = scratch();
		writeFileSync(join(path, '.rounds'), '');
		expect(faultOf(openStorage(optionsFor(path)))).toMatch(/^io-error (EEXIST|not-a-directory)$/);
		const other = scratch();
		mkdirSync(join(other, '.rounds', 'rounds.db'), { recursive: true });
		expect(faultOf(openStorage(optionsFor(other)))).toBe('io-error not-a-file');
	});

	test.runIf(ROOT)('a directory that may not be written is read-only', () => {
		const path = scratch();
		chmodSync(path, 0o755);
		const state = join(path, '.rounds');
		expect(openElsewhere(state, '022', '', NOBODY)).toMatch(/^fault read-only/);
		mkdirSync(state, { mode: 0o555 });
		chownSync(state, NOBODY, NOBODY);
		chmodSync(state, 0o755);
		expect(openElsewhere(state, '022', '', NOBODY)).toMatch(/^\d+\n$/);
		expect(existsSync(join(state, 'rounds.db'))).toBe(true);
	});

	test.runIf(ROOT)('a link that somebody else laid in place of the directory is a trap', () => {
		const path = scratch();
		const state = join(path, '.rounds');
		mkdirSync(join(path, 'elsewhere'));
		symlinkSync(join(path, 'elsewhere'), state);
		got(openStorage(optionsFor(path))).close();
		const laid = spawnSync('chown', ['-h', String(NOBODY), state]);
		expect(laid.status).toBe(0);
		expect(faultOf(openStorage(optionsFor(path)))).toBe('io-error link');
	});
});
