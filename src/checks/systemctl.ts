import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import type { ProbePorts } from '../domain/ports.ts';
import { ok, type Result } from '../domain/result.ts';
import { written } from '../fields/fields.ts';
import { askCommand } from './ask-command.ts';

const PROPERTIES = [
	'Id',
	'LoadState',
	'ActiveState',
	'SubState',
	'UnitFileState',
	'Result',
	'NRestarts',
	'MainPID',
	'ExecMainStatus',
	'StateChangeTimestamp',
	'MemoryCurrent',
	'NextElapseUSecRealtime',
	'LastTriggerUSec',
] as const;

/** What systemd says of a unit, as `systemctl show` prints it; a property it does not know is absent. */
export type UnitFacts = ReadonlyMap<string, string>;

/** The name of a unit; one that begins with a dash would be an option of the command. */
export const unitName = () =>
	written<string>((value) => typeof value === 'string' && /^[A-Za-z0-9_@:.\\][\w@:.\\-]*$/.test(value), {
		json: { type: 'string', minLength: 1 },
		error: 'expected the name of a unit, such as nginx.service',
	});

/** The question of `systemctl show`. */
export function unitQuestion(unit: string): readonly string[] {
	return ['systemctl', 'show', '--no-pager', `--property=${PROPERTIES.join(',')}`, '--', unit];
}

/** A unit that does not exist is an answer too: its `LoadState` is `not-found`. */
export async function askUnit(
	unit: string,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<UnitFacts, ProbeFault>> {
	const answer = await askCommand({ argv: unitQuestion(unit) }, ports, context);
	return answer.ok ? ok(readUnit(answer.value.stdout)) : answer;
}

export function readUnit(stdout: string): UnitFacts {
	const found = new Map<string, string>();
	for (const line of stdout.split('\n')) {
		const equals = line.indexOf('=');
		if (equals > 0) found.set(line.slice(0, equals), line.slice(equals + 1).trim());
	}
	return found;
}

/** A whole number, or null for `[not set]`, nothing, and the largest number there is, which systemd means as "unknown". */
export function unitNumber(facts: UnitFacts, property: string): number | null {
	const text = facts.get(property) ?? '';
	return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Epoch ms of `Sat 2026-11-21 22:50:01 UTC`, or null for `n/a` and nothing. */
export function unitTime(facts: UnitFacts, property: string): number | null {
	const [, day, time] =
		/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC$/.exec(facts.get(property) ?? '') ?? [];
	const at = Date.parse(`${day}T${time}Z`);
	return Number.isNaN(at) ? null : at;
}
