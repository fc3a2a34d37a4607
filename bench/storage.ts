/**
 * What storing costs: `node bench/storage.ts [scratch directory]`. Bytes are those handed to write() (log and checkpoints
 * together, `wchar` of /proc/self/io), so they do not depend on the disk; CPU time is of this process.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkId } from '../src/domain/ids.ts';
import type { Recorded } from '../src/domain/observation.ts';
import { quantity } from '../src/domain/value.ts';
import { openStorage } from '../src/storage/open.ts';

const START = 500_000 * 3_600_000;

/** A little generator of repeatable numbers (Park and Miller 1988). */
let seed = 20_250_101;
const random = (): number => {
	seed = (seed * 48_271) % 2_147_483_647;
	return seed / 2_147_483_647;
};

function observe(check: number, at: number): Recorded {
	const total = 5 + random() * 20;
	const level = random() < 0.002 ? 'critical' : 'ok';
	const id = checkId(`check-${check}`);
	const samples =
		level === 'ok'
			? {
					status: quantity(200),
					latency: quantity(total.toFixed(2), 'ms'),
					firstByte: quantity((total * 0.9).toFixed(2), 'ms'),
					bytes: quantity(18_432, 'bytes'),
					customers: quantity(48_609 + (random() < 0.01 ? 1 : 0)),
					net: quantity('266481.41'),
					protocol: 'HTTP/1.1',
				}
			: {};
	const reason = {
		kind: 'fault',
		fault: { code: 'refused', detail: { address: '127.0.0.1:5000' } },
	} as const;
	const failed = level === 'critical';
	return {
		observation: {
			check: id,
			at,
			durationMs: total,
			samples,
			fault: failed ? reason.fault : null,
			level,
			reasons: failed ? [reason] : [],
		},
		state: {
			check: id,
			level,
			hard: !failed,
			attempt: 1,
			since: START,
			hardLevel: 'ok',
			hardSince: START,
			at,
		},
		flip: null,
	};
}

function written(): number {
	return Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN);
}

function measure(checks: number, everyMs: number, burstMs: number, seconds: number, scratch: string): void {
	const path = mkdtempSync(join(scratch, 'rounds-bench-'));
	const opened = openStorage({ path, environment: 'bench', group: null, now: START, version: 'bench' });
	if (!opened.ok) throw new Error(JSON.stringify(opened.error));
	const { observations, bytes, close } = opened.value;
	const perBurst = (checks * burstMs) / everyMs;
	let [count, due, next] = [0, 0, 0];
	const [bytesBefore, cpuBefore] = [written(), process.cpuUsage()];
	for (let elapsed = 0; elapsed < seconds * 1000; elapsed += burstMs) {
		due += perBurst;
		const batch: Recorded[] = [];
		for (; count + batch.length < due; next++) batch.push(observe(next % checks, START + elapsed));
		count += batch.length;
		if (batch.length > 0 && !observations.record(batch).ok) throw new Error('not recorded');
	}
	const cpu = process.cpuUsage(cpuBefore);
	const [storing, openBytes] = [written() - bytesBefore, bytes()];
	const [packBefore, packCpu] = [written(), process.cpuUsage()];
	let [calls, longest] = [0, 0];
	for (let more = true; more; calls++) {
		const from = performance.now();
		const done = observations.compact(START + 10 * 3_600_000, 1e12);
		longest = Math.max(longest, performance.now() - from);
		if (!done.ok) throw new Error(JSON.stringify(done.error));
		more = done.value;
	}
	const packing = written() - packBefore;
	const packUsage = process.cpuUsage(packCpu);
	const packed = observations.of(checkId('check-0'), START, Number.MAX_SAFE_INTEGER, 1);
	if (!packed.ok || packed.value.length !== 1) throw new Error('nothing to read back');
	const kept = packedBytes(path);
	close();
	rmSync(path, { recursive: true });
	const us = (usage: NodeJS.CpuUsage): string => ((usage.user + usage.system) / count).toFixed(1);
	console.log(
		[
			`${checks} checks / ${everyMs / 1000} s, bursts of ${burstMs} ms (${perBurst} rows)`,
			`${count} rows`,
			`written ${(storing / count).toFixed(0)} B/row storing + ${(packing / count).toFixed(0)} packing`,
			`CPU ${us(cpu)} + ${us(packUsage)} µs/row`,
			`open ${(openBytes / count).toFixed(0)} B/row on disk, packed ${(kept / count).toFixed(1)} MB per million`,
			`${calls} compactions, longest ${longest.toFixed(0)} ms`,
		].join(' · '),
	);
}

/** Payload of the packed rows and roll-ups, read as anybody would. */
function packedBytes(path: string): number {
	const db = new Database(join(path, 'rounds.db'), { readonly: true });
	const bytes = db
		.prepare("SELECT sum(pgsize) FROM dbstat WHERE name IN ('packed', 'roll_up')")
		.pluck()
		.get() as number;
	db.close();
	return bytes;
}

const { default: Database } = await import('better-sqlite3');
const scratch = process.argv[2] ?? tmpdir();
measure(200, 1_000, 100, 600, scratch);
measure(200, 1_000, 1_000, 600, scratch);
measure(2_000, 2_000, 100, 120, scratch);
measure(200, 10_000, 100, 3_600, scratch);
measure(200, 10_000, 1_000, 3_600, scratch);
measure(20, 10_000, 1_000, 3_600, scratch);
