import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, ProcessFacts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { runCommand } from './commands.ts';

/** USER_HZ: fixed by Linux for everybody who reads /proc, whatever the kernel's own tick is. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;
const SHOWN = 4096;

/** Every process that can be seen; on Linux from /proc, elsewhere from `ps`. */
export async function listProcesses(clock: Clock): Promise<Result<readonly ProcessFacts[], Fault>> {
	return process.platform === 'linux' ? listProc(clock) : listPs(clock);
}

async function listProc(clock: Clock): Promise<Result<readonly ProcessFacts[], Fault>> {
	try {
		const bootAt = await bootedAt();
		const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
		const read = await Promise.all(names.map((name) => readProcess(Number(name), bootAt)));
		return ok(read.filter((facts) => facts !== null));
	} catch {
		return listPs(clock);
	}
}

async function bootedAt(): Promise<number> {
	const line = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'));
	return Number(line?.[1] ?? 0) * 1000;
}

/** One process, or null when it has ended meanwhile. */
async function readProcess(pid: number, bootAt: number): Promise<ProcessFacts | null> {
	try {
		const [line, commandLine] = await Promise.all([
			readFile(`/proc/${pid}/stat`, 'utf8'),
			readFile(`/proc/${pid}/cmdline`, 'utf8'),
		]);
		// The name stands in parentheses and may itself hold some.
		const end = line.lastIndexOf(')');
		const name = line.slice(line.indexOf('(') + 1, end);
		const fields = line.slice(end + 2).split(' ');
		// A zombie has ended; nobody has asked for its exit code yet.
		if (fields[0] === 'Z' || fields[0] === 'X') return null;
		const at = (position: number) => Number(fields[position - 3] ?? 0);
		const command = commandLine
			.split('\0')
			.filter((part) => part !== '')
			.join(' ');
		return {
			pid,
			parent: at(4),
			name: clean(name, { max: 200 }),
			command: clean(command === '' ? `[${name}]` : command, { max: SHOWN }),
			startedAt: Math.round(bootAt + at(22) * TICK_MS),
			rssBytes: Math.min(at(24) * PAGE_BYTES, totalmem()),
			cpuMs: (at(14) + at(15)) * TICK_MS,
		};
	} catch {
		return null;
	}
}

async function listPs(clock: Clock): Promise<Result<readonly ProcessFacts[], Fault>> {
	const argv = ['ps', '-A', '-ww', '-o', 'pid=,ppid=,rss=,etime=,time=,comm='];
	const limits = { deadline: clock.monotonic() + 5000, signal: new AbortController().signal };
	const options = { cwd: '/', env: { LC_ALL: 'C' }, outputLimit: 8 * 1024 * 1024 };
	const named = await runCommand(clock, { argv, ...options }, limits);
	if (!named.ok) return named;
	const whole = await runCommand(
		clock,
		{ argv: ['ps', '-A', '-ww', '-o', 'pid=,args='], ...options },
		limits,
	);
	if (!whole.ok) return whole;
	if (named.value.exit !== 0) return err(fault('not-supported', { command: 'ps' }));
	return ok(readPs(named.value.stdout, whole.value.stdout, clock.now()));
}

/** Exported for its test: what `ps` prints, with and without arguments, as facts. */
export function readPs(named: string, whole: string, now: number): readonly ProcessFacts[] {
	const commands = new Map<number, string>();
	for (const line of whole.split('\n')) {
		const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
		if (pid !== undefined) commands.set(Number(pid), command ?? '');
	}
	const found: ProcessFacts[] = [];
	for (const line of named.split('\n')) {
		const [, pid, parent, rss, elapsed, cpu, name] =
			/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
		if (pid === undefined) continue;
		found.push({
			pid: Number(pid),
			parent: Number(parent),
			name: clean((name ?? '').split('/').at(-1) ?? '', { max: 200 }),
			command: clean(commands.get(Number(pid)) ?? name ?? '', { max: SHOWN }),
			startedAt: now - psTime(elapsed ?? ''),
			rssBytes: Number(rss) * 1024,
			cpuMs: psTime(cpu ?? ''),
		});
	}
	return found;
}

/** `[[dd-]hh:]mm:ss[.cc]` in ms. */
function psTime(text: string): number {
	const [, days = '0', rest = ''] = /^(?:(\d+)-)?(.*)$/.exec(text) ?? [];
	let seconds = 0;
	for (const part of rest.split(':')) seconds = seconds * 60 + Number(part);
	return Math.round((Number(days) * 86_400 + (Number.isFinite(seconds) ? seconds : 0)) * 1000);
}
