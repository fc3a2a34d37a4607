import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromServices, ToServices } from './programs/answering.ts';

const bench = dirname(fileURLToPath(import.meta.url));
export const PROGRAMS = join(bench, 'programs');
export const ROOT = join(bench, '..');
/** The built program, which is what operators run; `BENCH_DIST` names another build to compare with. */
export const ROUNDS = join(process.env['BENCH_DIST'] ?? join(ROOT, 'dist'), 'rounds.js');

/** Clock ticks of `/proc/<pid>/stat` a second: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** CPU ms (user and system) a process has used with all its threads, its ended children not counted. */
export function cpuMsOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
	return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** Bytes a process has handed to write(), whatever the disk made of them. */
export function bytesWrittenBy(pid: number): number {
	return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? Number.NaN);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Ends a process of ours and waits for its end. */
export function end(child: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		child.once('exit', () => resolve());
		child.kill('SIGTERM');
	});
}

export function startNode(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
	return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
}

/** The services that are asked, in a process of their own. */
export interface Services {
	readonly ports: readonly number[];
	/** What was asked until now is forgotten. */
	begin(): void;
	/** Path → monotonic ms of every question since `begin`. */
	end(): Promise<Readonly<Record<string, readonly number[]>>>;
	close(): void;
}

export async function startServices(origins: number): Promise<Services> {
	const child = fork(join(PROGRAMS, 'answering.ts'), [String(origins)]);
	const next = <Kind extends FromServices['kind']>(kind: Kind) =>
		new Promise<Extract<FromServices, { kind: Kind }>>((resolve, reject) => {
			const onExit = () => reject(new Error('the services that are asked have ended'));
			child.once('exit', onExit);
			child.once('message', (message: FromServices) => {
				child.off('exit', onExit);
				if (message.kind === kind) resolve(message as Extract<FromServices, { kind: Kind }>);
			});
		});
	const { ports } = await next('ports');
	const send = (message: ToServices) => child.send(message);
	return {
		ports,
		begin: () => void send({ kind: 'begin' }),
		async end() {
			const told = next('asked');
			send({ kind: 'end' });
			return (await told).asked;
		},
		close: () => child.disconnect(),
	};
}
