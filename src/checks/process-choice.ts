import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import type { ProbePorts, ProcessFacts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { path, port, written } from '../fields/fields.ts';
import { shellWord } from './shell-word.ts';
import { askUnit, type UnitFacts, unitName, unitNumber } from './systemctl.ts';

/** A server with more workers than this on one socket is summed up by these. */
const MOST_HOLDERS = 64;

const words = (error: string) =>
	written<string>((value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'), {
		json: { type: 'string', minLength: 1 },
		error,
	});

/** How a check says which process it means; several keys together narrow it down. */
export const processChoice = {
	pid: z
		.int({ error: 'expected a process number' })
		.min(1, 'expected a process number')
		.optional()
		.describe('The number of one process.'),
	pidFile: path().optional().describe('A file that holds the number.'),
	port: port().optional().describe('The TCP port it listens on.'),
	unit: unitName().optional().describe('The systemd unit whose main process it is.'),
	name: words('expected the name of a program').optional().describe('The name of the program, whole.'),
	command: words('expected a part of the command line').optional().describe('A part of the command line.'),
} as const;

export interface ProcessChoice {
	readonly pid?: number | undefined;
	readonly pidFile?: string | undefined;
	readonly port?: number | undefined;
	readonly unit?: string | undefined;
	readonly name?: string | undefined;
	readonly command?: string | undefined;
}

export function hasChoice({ pid, pidFile, port: number, unit, name, command }: ProcessChoice): boolean {
	return [pid, pidFile, number, unit, name, command].some((value) => value !== undefined);
}

export function choiceText(choice: ProcessChoice): string {
	const { pid, pidFile, port: number, unit, name, command } = choice;
	const place = number === undefined ? undefined : `:${number}`;
	return clean(String(name ?? command ?? unit ?? place ?? pidFile ?? pid ?? ''), { max: 200 });
}

export function choiceCommand({ pid, pidFile, port: number, unit, name, command }: ProcessChoice): string {
	if (pidFile !== undefined) return `ps -p "$(cat ${shellWord(pidFile)})"`;
	if (pid !== undefined) return `ps -p ${pid}`;
	if (number !== undefined) return `lsof -nP -iTCP:${number} -sTCP:LISTEN`;
	if (unit !== undefined) return `systemctl status -- ${shellWord(unit)}`;
	return name === undefined ? `pgrep -af -- ${shellWord(command ?? '')}` : `pgrep -ax -- ${shellWord(name)}`;
}

export interface Chosen {
	/** Oldest first: what was started before its children. */
	readonly found: readonly ProcessFacts[];
	/** What systemd says, when a unit was named. */
	readonly unit: UnitFacts | null;
}

/**
 * The processes meant, with their children when asked for. None is an answer. Faults: `file-missing`, `file-malformed`,
 * `no-permission` (somebody listens, but we may not see who), `object-missing` (no such unit), those of `systemctl`.
 */
export async function findChosen(
	choice: ProcessChoice,
	children: boolean,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Chosen, ProbeFault>> {
	const { pid, pidFile, port: number, unit, name, command } = choice;
	const facts = unit === undefined ? null : await askUnit(unit, ports, context);
	if (facts !== null && !facts.ok) return facts;
	if (facts?.value.get('LoadState') === 'not-found')
		return err(fault('object-missing', { what: 'unit', name: clean(unit ?? '', { max: 120 }) }));
	const main = facts === null ? undefined : (unitNumber(facts.value, 'MainPID') ?? 0);
	const listening = number === undefined ? null : await holdersOf(number, ports, context);
	if (listening !== null && !listening.ok) return listening;
	const query = {
		...(pidFile === undefined ? {} : { pidFile }),
		...(name === undefined ? {} : { name }),
		...(command === undefined ? {} : { command }),
		...(children ? { children } : {}),
	};
	const numbers = [pid, main].filter((value) => value !== undefined);
	// Nobody is two processes at once.
	const wanted = listening?.value.map((holder) => holder.pid) ?? numbers.slice(0, 1);
	const asked = wanted.filter((one) => numbers.every((value) => value === one));
	const family = new Map<number, ProcessFacts>();
	const isOpen = listening === null && numbers.length === 0;
	for (const one of isOpen ? [undefined] : asked.slice(0, MOST_HOLDERS)) {
		const answer = await ports.processes.find({ ...query, ...(one === undefined ? {} : { pid: one }) });
		if (!answer.ok) return answer;
		for (const member of answer.value) family.set(member.pid, member);
	}
	const found = [...family.values()].sort(
		(left, right) => left.startedAt - right.startedAt || left.pid - right.pid,
	);
	return ok({ found, unit: facts?.value ?? null });
}

async function holdersOf(
	number: number,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<readonly ProcessFacts[], ProbeFault>> {
	const answer = await ports.processes.listeners(number, context);
	if (!answer.ok) return answer;
	const holders = answer.value.flatMap((listener) => listener.holders);
	return answer.value.length > 0 && holders.length === 0
		? err(fault('no-permission', { address: `:${number}` }))
		: ok(holders);
}
