import { scrypt } from 'node:crypto';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { readEnvFile } from '../fields/env-file.ts';

const FILE_LIMIT = 256 * 1024;
/** About 50 ms and 32 MB for each value. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const FINGERPRINT_BYTES = 12;

export interface EnvPlace {
	readonly file?: string | undefined;
	readonly pid?: number | undefined;
	readonly pidFile?: string | undefined;
	readonly port?: number | undefined;
	readonly program?: string | undefined;
	readonly command?: string | undefined;
}

export function hasProcess({ pid, pidFile, port, program, command }: EnvPlace): boolean {
	return [pid, pidFile, port, program, command].some((value) => value !== undefined);
}

export function placeText(place: EnvPlace): string {
	const { file, pid, pidFile, port, program, command } = place;
	const process = program ?? command ?? (port === undefined ? undefined : `:${port}`) ?? pidFile ?? pid;
	const parts = [...(hasProcess(place) ? [String(process)] : []), ...(file === undefined ? [] : [file])];
	return clean(parts.join(', '), { max: 200 });
}

/**
 * Where variables are looked up: a process's own come before those of the file it reads; without either, those of the console.
 * Faults: `file-missing`, `file-malformed`, `object-missing` (no such process), `no-permission`, `not-supported`.
 */
export async function findVariables(
	place: EnvPlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<(name: string) => string | undefined, Fault>> {
	const written = place.file === undefined ? null : await readFile(place.file, ports, run);
	if (written !== null && !written.ok) return written;
	if (!hasProcess(place))
		return ok((name) => (written === null ? ports.environment.get(name) : written.value.get(name)));
	const pid = await findProcess(place, ports, run);
	if (!pid.ok) return pid;
	const variables = await ports.processes.environmentOf(pid.value, run);
	if (!variables.ok) return variables;
	return ok((name) => variables.value.get(name) ?? written?.value.get(name));
}

async function readFile(
	file: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<ReadonlyMap<string, string>, Fault>> {
	const text = await ports.files.readText(file, FILE_LIMIT, run);
	if (!text.ok) return text;
	const read = readEnvFile(text.value);
	if (typeof read !== 'number') return ok(read);
	return err(fault('file-malformed', { path: clean(file, { max: 300 }), format: '.env', line: read }));
}

/** The oldest that is meant: the one that was started by hand or by the system, not its workers. */
async function findProcess(place: EnvPlace, ports: SourcePorts, run: Run): Promise<Result<number, Fault>> {
	const { pid, pidFile, port, program, command } = place;
	const listening = port === undefined ? null : await ports.processes.listeners(port, run);
	if (listening !== null && !listening.ok) return listening;
	const found = await ports.processes.find({
		...(pid === undefined ? {} : { pid }),
		...(pidFile === undefined ? {} : { pidFile }),
		...(program === undefined ? {} : { name: program }),
		...(command === undefined ? {} : { command }),
	});
	if (!found.ok) return found;
	const holders = listening?.value.flatMap((each) => each.holders.map((holder) => holder.pid));
	if (listening !== null && listening.value.length > 0 && holders?.length === 0)
		return err(fault('no-permission', { address: `:${port}` }));
	const meant = found.value
		.filter((one) => holders === undefined || holders.includes(one.pid))
		.sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
	const [first] = meant;
	return first === undefined
		? err(fault('object-missing', { what: 'process', name: placeText({ ...place, file: undefined }) }))
		: ok(first.pid);
}

/** The same for the same value of the same variable under the same salt; slow, so that nobody tries many. Hex. */
export function fingerprintOf(name: string, value: string, salt: string): Promise<string> {
	return new Promise((resolve, reject) => {
		// The name is part of it: two variables of one value do not show that they are.
		scrypt(value, `${salt}\0${name}`, FINGERPRINT_BYTES, COST, (error, key) =>
			error === null ? resolve(key.toString('hex')) : reject(error),
		);
	});
}
