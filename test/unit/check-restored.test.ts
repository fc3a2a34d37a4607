import { describe, expect, test } from 'vitest';
import { findCheckKind } from '../../src/checks/index.ts';
import { restoredGlob, restoredPath } from '../../src/checks/restored.ts';
import type { Restored } from '../../src/domain/backup-ports.ts';

const file: Restored = { kind: 'file', original: '/srv/app/db/app.db', path: '/tmp/run/app.db' };
const folder: Restored = { kind: 'folder', original: '/srv/app', path: '/tmp/run/tree' };

describe('where a live file lies in what was restored', () => {
	test.each([
		[file, '/srv/app/db/app.db', '/tmp/run/app.db'],
		[file, '/srv/app/./db/../db/app.db', '/tmp/run/app.db'],
		[file, '/srv/app/db/app.db-wal', null],
		[file, '/srv/app/db', null],
		[folder, '/srv/app/db/app.db', '/tmp/run/tree/db/app.db'],
		[folder, '/srv/app', null],
		[folder, '/srv/application/x', null],
		[folder, '/srv/app/../other/x', null],
		[folder, '/srv/app/..x', '/tmp/run/tree/..x'],
	])('%o %s', (restored, path, expected) => {
		expect(restoredPath(path, restored)).toBe(expected);
	});

	test('a glob is led there, unless the new place would be read as one', () => {
		expect(restoredGlob('/srv/app/logs/*.log', folder)).toBe('/tmp/run/tree/logs/*.log');
		expect(restoredGlob('/srv/app/logs/*.log', { ...folder, path: '/tmp/[run]' })).toBe(null);
		expect(restoredGlob('/srv/app/x.log', { ...folder, path: '/tmp/[run]' })).toBe('/tmp/[run]/x.log');
	});
});

describe('checks of a file are asked of the restored one', () => {
	const options = (kind: string, written: object) => findCheckKind(kind)!.schema.parse(written);

	test('sqlite, file and env, with all else as it was', () => {
		const sqlite = options('sqlite', { file: file.original, read: { n: 'select 1' }, wait: '2s' });
		expect(findCheckKind('sqlite')?.onRestored?.(sqlite, file)).toEqual({
			...(sqlite as object),
			file: file.path,
		});
		const other = options('sqlite', { file: '/srv/other.db', facts: true });
		expect(findCheckKind('sqlite')?.onRestored?.(other, file)).toBe(null);
		const templates = options('file', { path: '/srv/app/t.json', parse: 'json' });
		expect(findCheckKind('file')?.onRestored?.(templates, folder)).toMatchObject({
			path: '/tmp/run/tree/t.json',
			parse: 'json',
		});
		const env = options('env', { file: '/srv/app/.env', required: ['A'] });
		expect(findCheckKind('env')?.onRestored?.(env, folder)).toMatchObject({ file: '/tmp/run/tree/.env' });
	});

	test('a live process is no part of a copy', () => {
		const env = options('env', { file: '/srv/app/.env', name: 'app', required: ['A'] });
		expect(findCheckKind('env')?.onRestored?.(env, folder)).toBe(null);
		const bare = options('env', { required: ['A'] });
		expect(findCheckKind('env')?.onRestored?.(bare, folder)).toBe(null);
	});
});
