import { readFile } from 'node:fs/promises';
import { fault } from '../domain/fault.ts';
import type { Clock, ProcessesPort, ProcessFacts } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { runCommand } from './commands.ts';
import { fileFault } from './file-fault.ts';
import { listProcesses } from './process-list.ts';
import { environmentOf } from './process-variables.ts';
import { listListeners } from './sockets.ts';

/** Processes of this host. A search never finds the console itself. */
export interface Processes extends ProcessesPort {
	/** Kills every command still running, with all it started. */
	end(): void;
}

export function createProcesses(clock: Clock): Processes {
	const alive = new Set<() => void>();
	return {
		end() {
			for (const kill of alive) kill();
		},
		run: (request, limits) => runCommand(clock, request, limits, alive),
		async find({ pid, pidFile, name, command, children = false }) {
			let wanted = pid;
			if (pidFile !== undefined) {
				try {
					const text = (await readFile(pidFile, 'utf8')).trim();
					if (!/^\d{1,10}$/.test(text))
						return err(fault('file-malformed', { path: clean(pidFile, { max: 300 }), format: 'pid' }));
					wanted = Number(text);
				} catch (error) {
					return err(fileFault(error, pidFile));
				}
			}
			const listed = await listProcesses(clock);
			if (!listed.ok) return listed;
			const found = listed.value.filter(
				(one) =>
					(wanted === undefined ? one.pid !== process.pid : one.pid === wanted) &&
					(name === undefined || one.name === name || programOf(one.command) === name) &&
					(command === undefined || one.command.includes(command)),
			);
			return ok(children ? withChildren(found, listed.value) : found);
		},
		listeners: (port, limits) => listListeners(clock, port, limits),
		environmentOf,
	};
}

/** These and all that they or theirs have started; each once. */
function withChildren(found: readonly ProcessFacts[], all: readonly ProcessFacts[]): readonly ProcessFacts[] {
	const family = new Map(found.map((one) => [one.pid, one]));
	for (let grown = true; grown; ) {
		grown = false;
		for (const one of all) {
			if (family.has(one.pid) || !family.has(one.parent)) continue;
			family.set(one.pid, one);
			grown = true;
		}
	}
	return [...family.values()];
}

/** Linux cuts a process's name after 15 bytes; its command line has the whole. */
function programOf(command: string): string {
	return (command.split(' ')[0] ?? '').split('/').at(-1) ?? '';
}
