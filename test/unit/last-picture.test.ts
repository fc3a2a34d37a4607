import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { forgetPicture, lastPicture, readPicture, writePicture } from '../../src/platform/last-picture.ts';
import { morningRound, world } from '../support/pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'last-picture-'));
afterEach(() => rmSync(join(folder, 'pictures'), { recursive: true, force: true }));

const key = { config: '/etc/rounds.yaml', environment: null, version: '1', build: 'a' };
const EVENTS: readonly EngineEvent[] = [...world(), { kind: 'round', round: morningRound() }];
const plan: EngineEvent = { kind: 'plan', plan: [] };
const storage: EngineEvent = { kind: 'storage', storage: { unsaved: 3, since: 1, fault: null } };

test('gives back what stays true, not who polls or what could not be stored', () => {
	const picture = lastPicture(folder, key);
	writePicture(picture, [plan, storage]);
	expect(readPicture(picture)).toEqual([plan]);
	expect(statSync(picture.path ?? '').mode & 0o777).toBe(0o600);
	expect(statSync(join(folder, 'pictures')).mode & 0o777).toBe(0o700);
});

test('knows nothing of another environment or version, nor of a broken file', () => {
	const picture = lastPicture(folder, key);
	writePicture(picture, [plan]);
	expect(readPicture(lastPicture(folder, { ...key, environment: 'staging' }))).toEqual([]);
	expect(readPicture({ path: picture.path, key: { ...key, version: '2' } })).toEqual([]);
	for (const text of ['', '{"key":', '[]', 'null', '{"events":[null]}']) {
		writeFileSync(picture.path ?? '', text);
		expect(readPicture(picture)).toEqual([]);
	}
});

test('keeps the newest twenty and leaves nothing unfinished behind', () => {
	for (let turn = 0; turn < 25; turn++)
		writePicture(lastPicture(folder, { ...key, version: String(turn) }), [plan]);
	expect(readdirSync(join(folder, 'pictures'))).toHaveLength(20);
});

test('says nothing when it cannot be written', () => {
	const file = join(folder, 'file');
	writeFileSync(file, '');
	const picture = lastPicture(file, key);
	expect(() => writePicture(picture, [plan])).not.toThrow();
	expect(readPicture(picture)).toEqual([]);
});

const system = EVENTS.find((event) => event.kind === 'system');
const broken = (change: (face: Record<string, unknown>) => void) => {
	const copy = structuredClone(system) as unknown as { face: Record<string, unknown> };
	change(copy.face);
	return copy;
};

test('takes every kind of event that the engine tells, and nothing of another shape', () => {
	const picture = lastPicture(folder, key);
	const path = picture.path ?? '';
	writePicture(picture, EVENTS);
	const kinds = new Set(readPicture(picture).map((event) => event.kind));
	expect(kinds).toEqual(new Set(['system', 'picture', 'baseline', 'plan', 'round']));
	for (const odd of [
		{ kind: 'system' },
		{ kind: 'picture' },
		{ kind: 'toString' },
		null,
		broken((face) => delete face['services']),
		broken((face) => (face['checks'] = [{ id: 'a' }])),
		broken((face) => (face['environment'] = null)),
	]) {
		writeFileSync(path, JSON.stringify({ key, events: [plan, odd] }));
		expect(readPicture(picture)).toEqual([]);
		// Not only passed over: it is gone.
		expect(existsSync(path)).toBe(false);
	}
});

test('is another picture for another build, and forgotten after a crash', () => {
	const picture = lastPicture(folder, key);
	writePicture(picture, [plan]);
	expect(readPicture(lastPicture(folder, { ...key, build: 'b' }))).toEqual([]);
	expect(readPicture(picture)).toEqual([plan]);
	forgetPicture(picture);
	expect(readPicture(picture)).toEqual([]);
	expect(() => forgetPicture(picture)).not.toThrow();
});

test('closes a folder that others could read, and follows no link that waits for it', () => {
	const pictures = join(folder, 'pictures');
	mkdirSync(pictures, { mode: 0o755 });
	const picture = lastPicture(folder, key);
	const victim = join(folder, 'victim');
	writeFileSync(victim, 'mine');
	symlinkSync(victim, `${picture.path}.${process.pid}`);
	writePicture(picture, [plan]);
	expect(statSync(pictures).mode & 0o777).toBe(0o700);
	expect(statSync(victim).size).toBe(4);
	expect(readPicture(picture)).toEqual([plan]);
});

test('keeps nothing where there is no folder', () => {
	const nowhere = lastPicture(null, key);
	expect(() => writePicture(nowhere, [plan])).not.toThrow();
	expect(readPicture(nowhere)).toEqual([]);
});
