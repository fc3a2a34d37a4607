import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import type { DiskFacts, HostFacts, HostPort } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { fileFault } from './file-fault.ts';

/** The machine by node:os and statfs; memory from /proc/meminfo where there is one, since caches count as free there. */
export function createHost(): HostPort {
	return {
		async facts() {
			const [averages, meminfo] = [loadavg(), await readFile('/proc/meminfo', 'utf8').catch(() => '')];
			return ok<HostFacts>({
				...memoryOf(meminfo),
				cores: Math.max(1, cpus().length || availableParallelism()),
				load: [averages[0] ?? 0, averages[1] ?? 0, averages[2] ?? 0],
				uptimeMs: Math.round(uptime() * 1000),
			});
		},
		async disk(path) {
			try {
				const facts = await statfs(path);
				return ok<DiskFacts>({
					totalBytes: facts.blocks * facts.bsize,
					freeBytes: facts.bavail * facts.bsize,
					inodes: facts.files,
					freeInodes: facts.ffree,
				});
			} catch (error) {
				return err(fileFault(error, path));
			}
		},
	};
}

/** Exported for its test: what /proc/meminfo says; without it what Node can tell, and nothing about swap. */
export function memoryOf(
	meminfo: string,
): Pick<HostFacts, 'memoryBytes' | 'availableBytes' | 'swapBytes' | 'freeSwapBytes'> {
	const read = (name: string): number | null => {
		const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo);
		return found === null ? null : Number(found[1]) * 1024;
	};
	return {
		memoryBytes: read('MemTotal') ?? totalmem(),
		availableBytes: read('MemAvailable') ?? read('MemFree') ?? freemem(),
		swapBytes: read('SwapTotal'),
		freeSwapBytes: read('SwapFree'),
	};
}
