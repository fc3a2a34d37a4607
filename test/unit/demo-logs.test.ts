import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../src/demo/folder.ts';
import { type GrowingLogs, growLogs } from '../../src/demo/growing-logs.ts';

let dir: string;
let logs: GrowingLogs;

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'rounds-demo-logs-'));
	makeFolder(dir);
	logs = growLogs(dir, () => 0);
});

afterEach(() => {
	logs.stop();
	rmSync(dir, { recursive: true, force: true });
});

const read = (name: string): string => readFileSync(join(dir, name), 'utf8');

test('requests are written sparsely, failures always', () => {
	const before = read('tmp-logs/Server_1.log').length;
	for (let index = 0; index < 5; index += 1) {
		logs.request('flask', { method: 'GET', path: '/api/health', code: 200, tookMs: 8 });
		logs.request('flask', { method: 'GET', path: '/api/customers', code: 500, tookMs: 2 });
	}
	const added = read('tmp-logs/Server_1.log').slice(before);
	expect(added.match(/\[INFO\] GET \/api\/health 200 8ms/g)?.length).toBe(1);
	expect(added.match(/\[ERROR\] GET \/api\/customers 500 2ms/g)?.length).toBe(5);
});

test('a log turns over instead of growing without end', () => {
	const line = { method: 'GET', path: `/${'x'.repeat(150)}`, code: 500, tookMs: 1 };
	for (let index = 0; index < 7_000; index += 1) logs.request('accounting', line);
	const limit = 512 * 1024 + 400;
	const sizes = ['', '.1'].map((end) => statSync(join(dir, `tmp-logs/Accounting_API_1.log${end}`)).size);
	expect(sizes.every((size) => size > 0 && size < limit)).toBe(true);
});

test('nothing of a hostile path but printable text reaches the file', () => {
	const before = read('tmp-logs/Server_1.log').length;
	logs.request('flask', { method: 'GET', path: '/a\u001b[2J\n[x] [ERROR] forged', code: 404, tookMs: 1 });
	const added = read('tmp-logs/Server_1.log').slice(before);
	expect(added).toContain('/a\\u001b[2J\\n[x] [ERROR] forged 404 1ms\n');
	expect(added.split('\n').length).toBe(2);
});

test('the past is written once, not at every start', () => {
	const before = read('logs/error.log');
	growLogs(dir, () => 0).stop();
	expect(read('logs/error.log')).toBe(before);
});
