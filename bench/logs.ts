import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_MARK } from '../src/domain/log-format.ts';
import type { LogFilter } from '../src/domain/log-line.ts';
import { createLogFiles } from '../src/platform/log-files.ts';
import { createLogs } from '../src/services/logs/logs.ts';

// What it costs to find the errors of a large log, and to read along while one grows. Run with the pinned node.
const MEGABYTES = Number(process.argv[2] ?? 200);
const ALL: LogFilter = { level: null, text: null, sinceAt: null };
const folder = mkdtempSync(join(tmpdir(), 'bench-logs-'));
const path = join(folder, 'server.log');
const start = Date.UTC(2025, 10, 22);
const clock = { now: () => Date.now() + 10_000, monotonic: () => performance.now(), after: () => () => {} };
const line = (index: number) => {
	const stamp = new Date(start + index * 20).toISOString().replace('T', ' ').slice(0, 19);
	const level = index % 5000 === 4999 ? 'ERROR' : 'INFO';
	return `[${stamp}] [${level}] GET /api/customers 200 12ms request=${index} dashboard cache refreshed, 8 customers\n`;
};

function open() {
	return createLogs({
		ports: { files: createLogFiles(), clock },
		sources: () => [{ id: 'server', globs: [path] }],
		redact: (text) => text,
		ownMark: OWN_MARK,
		zone: 'UTC',
		emit: () => {},
	});
}

async function measure(name: string, run: () => Promise<string>): Promise<void> {
	global.gc?.();
	const cpu = process.cpuUsage();
	const before = performance.now();
	const atStart = process.memoryUsage().rss;
	let peak = 0;
	const sampler = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage().rss);
	}, 20);
	const said = await run();
	clearInterval(sampler);
	const used = process.cpuUsage(cpu);
	const seconds = (used.user + used.system) / 1e6;
	const wall = (performance.now() - before) / 1000;
	const memory = peak
		? ` · at most ${Math.max(0, (peak - atStart) / 1048576).toFixed(0)} MiB more memory`
		: '';
	console.log(`${name}: ${seconds.toFixed(2)} s CPU, ${wall.toFixed(2)} s${memory} · ${said}`);
}

try {
	const file = openSync(path, 'w');
	let lines = 0;
	for (let bytes = 0; bytes < MEGABYTES * 1e6; ) {
		let block = '';
		for (let count = 0; count < 5000; count += 1) block += line(lines++);
		bytes += writeSync(file, block);
	}
	closeSync(file);
	console.log(`${(statSync(path).size / 1e6).toFixed(0)} MB, ${lines} lines`);

	const logs = open();
	await measure('last 100 lines', async () => {
		const page = await logs.read({ source: null, filter: ALL, from: { at: 'end' }, limit: 100 });
		return page.ok ? `${page.value.lines.length} lines` : page.error.code;
	});
	await measure('every error, in pages of 1000', async () => {
		let found = 0;
		let before: string | null = null;
		do {
			const from = before === null ? ({ at: 'end' } as const) : { before };
			const page = await logs.read({ source: null, filter: { ...ALL, level: 'error' }, from, limit: 1000 });
			if (!page.ok) return page.error.code;
			found += page.value.lines.length;
			before = page.value.before;
		} while (before !== null);
		return `${found} errors`;
	});
	await measure('count errors of the whole file', async () => {
		const counted = await logs.countErrors(null, null);
		return counted.ok ? `${counted.value.count} errors` : counted.error.code;
	});
	await measure('text that is nowhere', async () => {
		const page = await logs.read({
			source: null,
			filter: { ...ALL, text: 'no such words' },
			from: { at: 'end' },
			limit: 10,
		});
		return page.ok ? `${page.value.lines.length} lines` : page.error.code;
	});
	await measure('a time in the middle', async () => {
		const filter = { ...ALL, sinceAt: start + lines * 10 };
		const page = await logs.read({ source: null, filter, from: { at: 'end' }, limit: 100 });
		return page.ok ? `${page.value.lines.length} lines` : page.error.code;
	});
	await measure('following 200,000 lines, 25,000 between two looks', async () => {
		const end = await logs.read({ source: null, filter: ALL, from: { at: 'end' }, limit: 1 });
		let after = end.ok ? end.value.after : null;
		let seen = 0;
		for (let turn = 0; turn < 8; turn += 1) {
			let block = '';
			for (let count = 0; count < 25_000; count += 1) block += line(lines++);
			appendFileSync(path, block);
			for (;;) {
				const page = await logs.read({
					source: null,
					filter: ALL,
					from: { after: after ?? '' },
					limit: 1000,
				});
				if (!page.ok || page.value.lines.length === 0) break;
				seen += page.value.lines.length;
				after = page.value.after;
			}
		}
		return `${seen} lines seen`;
	});
	await logs.close();
} finally {
	rmSync(folder, { recursive: true, force: true });
}
