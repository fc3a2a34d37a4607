import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import type { DiskFacts, HostFacts, ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { quantity, type Unit } from '../domain/value.ts';
import { path } from '../fields/fields.ts';
import { askCommand } from './ask-command.ts';
import { readChrony, readTimedate } from './clock-state.ts';
import { defineCheckKind } from './define.ts';
import { bytesSample, countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const schema = z.strictObject({
	path: path().prefault('.').describe('The disk that holds this path is the one looked at.'),
	clock: z
		.boolean({ error: 'expected true or false' })
		.prefault(false)
		.describe('Asks chronyc, else timedatectl, how well the clock of the host goes.'),
});

export type HostOptions = z.output<typeof schema>;

const UNITS: Readonly<Record<string, Unit>> = {
	'disk.total': 'bytes',
	'disk.free': 'bytes',
	'disk.used': 'ratio',
	'inodes.used': 'ratio',
	'memory.total': 'bytes',
	'memory.available': 'bytes',
	'memory.used': 'ratio',
	'swap.total': 'bytes',
	'swap.used': 'ratio',
	load1: 'ratio',
	load5: 'ratio',
	load15: 'ratio',
	cores: 'none',
	uptime: 'ms',
};

/**
 * Samples: `disk.total`, `disk.free` (for those who are not root), `disk.used`, `inodes.used`; `memory.total`,
 * `memory.available`, `memory.used`; `swap.total`, `swap.used` (absent without swap); `load1`, `load5`, `load15` per core
 * (100 %: as many as want to run can); `cores`, `uptime`. With `clock` also `synchronised`, and `offset` (how far the clock
 * is from right, either way) where chrony says so. What cannot be told is absent. Faults: `file-missing`, `no-permission`.
 */
export const host = defineCheckKind<HostOptions>({
	name: 'host',
	title: { en: 'Host', 'zh-CN': '主机' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<HostOptions>,
	paths: ['path'],
	example: `host:
  kind: host
  path: .
  every: 1m
  must:
    - disk.free > 100MB
    - memory.total >= 512MB
  should:
    - memory.total >= 1GB
    - memory.used < 90%
    - inodes.used < 90%
    - load5 < 150%
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(options.path, { max: 200 }),
	samples: (options) => (options.clock ? { ...UNITS, synchronised: 'none', offset: 'ms' } : UNITS),
	values: () => ['disk.used', 'memory.used', 'load5'],
	impliedMust: () => ['disk.used < 95%', 'memory.used < 98%'],
	impliedShould: () => ['disk.used < 85%', 'inodes.used < 85%', 'memory.used < 90%'],
	copyAs: (options) => `df -h ${shellWord(options.path)}; df -i ${shellWord(options.path)}; free -m; uptime`,
	async probe(options, ports, context) {
		const facts = await ports.host.facts();
		if (!facts.ok) return facts;
		const disk = await ports.host.disk(options.path);
		if (!disk.ok) return disk;
		const samples = {
			...diskSamples(disk.value),
			...hostSamples(facts.value),
			...(options.clock ? await clockSamples(ports, context) : {}),
		};
		return ok({ samples });
	},
});

function diskSamples(disk: DiskFacts): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = {
		'disk.total': bytesSample(disk.totalBytes),
		'disk.free': bytesSample(disk.freeBytes),
	};
	setPart(samples, 'disk.used', disk.totalBytes, disk.freeBytes);
	setPart(samples, 'inodes.used', disk.inodes, disk.freeInodes);
	return samples;
}

function hostSamples(facts: HostFacts): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = {
		'memory.total': bytesSample(facts.memoryBytes),
		'memory.available': bytesSample(facts.availableBytes),
		cores: countSample(facts.cores),
		uptime: msSample(facts.uptimeMs),
	};
	setPart(samples, 'memory.used', facts.memoryBytes, facts.availableBytes);
	if (facts.swapBytes !== null) {
		samples['swap.total'] = bytesSample(facts.swapBytes);
		setPart(samples, 'swap.used', facts.swapBytes, facts.freeSwapBytes ?? facts.swapBytes);
	}
	for (const [at, name] of (['load1', 'load5', 'load15'] as const).entries())
		samples[name] = quantity(Math.round(((facts.load[at] ?? 0) / facts.cores) * 10_000) / 10_000, 'ratio');
	return samples;
}

/** The part that is used; absent where there is nothing of it (no swap, a file system that counts no inodes). */
function setPart(samples: Record<string, Samples[string]>, name: string, total: number, free: number): void {
	if (total <= 0) return;
	samples[name] = quantity(Math.round((1 - Math.min(free, total) / total) * 10_000) / 10_000, 'ratio');
}

async function clockSamples(
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Record<string, Samples[string]>> {
	const chrony = await askCommand({ argv: ['chronyc', '-c', '-n', 'tracking'] }, ports, context);
	const tracked = chrony.ok ? readChrony(chrony.value.stdout) : null;
	if (tracked !== null)
		return {
			synchronised: tracked.synchronised,
			...(tracked.offsetMs === null ? {} : { offset: msSample(tracked.offsetMs) }),
		};
	const argv = ['timedatectl', 'show', '--property=NTPSynchronized'];
	const timedate = await askCommand({ argv }, ports, context);
	const synchronised = timedate.ok ? readTimedate(timedate.value.stdout) : null;
	return synchronised === null ? {} : { synchronised };
}
