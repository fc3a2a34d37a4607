import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { lastPicture, readPicture, writePicture } from '../../src/platform/last-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'last-picture-'));
afterEach(() => rmSync(join(folder, 'pictures'), { recursive: true, force: true }));

const key = { config: '/etc/rounds.yaml', environment: null, version: '1' };
const plan: EngineEvent = { kind: 'plan', plan: [] };
const storage: EngineEvent = { kind: 'storage', storage: { unsaved: 3, since: 1, fault: null } };

test('gives back what stays true, not who polls or what could not be stored', () => {
	const picture = lastPicture(folder, key);
	writePicture(picture, [plan, storage]);
	expect(readPicture(picture)).toEqual([plan]);
	expect(statSync(picture.path).mode & 0o777).toBe(0o600);
	expect(statSync(join(folder, 'pictures')).mode & 0o777).toBe(0o700);
});

test('knows nothing of another environment or version, nor of a broken file', () => {
	const picture = lastPicture(folder, key);
	writePicture(picture, [plan]);
	expect(readPicture(lastPicture(folder, { ...key, environment: 'staging' }))).toEqual([]);
	expect(readPicture({ path: picture.path, key: { ...key, version: '2' } })).toEqual([]);
	for (const text of ['', '{"key":', '[]', 'null', '{"events":[null]}']) {
		writeFileSync(picture.path, text);
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
