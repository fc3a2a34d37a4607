import { readFile } from 'node:fs/promises';
import { fault } from '../domain/fault.ts';
import type { Clock, ProcessesPort } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { runCommand } from './commands.ts';
import { fileFault } from './file-fault.ts';
import { listProcesses } from './process-list.ts';

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
		async find({ pid, pidFile, name, command }) {
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
			return ok(
				listed.value.filter(
					(found) =>
						(wanted === undefined ? found.pid !== process.pid : found.pid === wanted) &&
						(name === undefined || found.name === name || programOf(found.command) === name) &&
						(command === undefined || found.command.includes(command)),
				),
			);
		},
	};
}

/** Linux cuts a process's name after 15 bytes; its command line has the whole. */
function programOf(command: string): string {
	return (command.split(' ')[0] ?? '').split('/').at(-1) ?? '';
}
