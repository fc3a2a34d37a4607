import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import type { DatabaseFact, DatabasePlace, DatabasePort } from '../domain/database-port.ts';
import { multiply } from '../domain/decimal.ts';
import type { Clock } from '../domain/ports.ts';
import type { Reading, Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { formatBare, isQuantity, readQuantity, type SampleValue, type Unit } from '../domain/value.ts';
import type { DatabaseOptions } from '../fields/database-options.ts';
import { safeLine } from './masking.ts';
import { countSample, msSample } from './samples.ts';

/** A fact with the unit its number has. */
export interface UnitFact extends DatabaseFact {
	readonly unit: Unit;
	/** A number even where the server gives it as text, counted in these: 1000 for seconds. */
	readonly of?: number;
}
export type Facts = Readonly<Record<string, UnitFact>>;

export function databaseSamples(options: DatabaseOptions, facts: Facts): Readonly<Record<string, Unit>> {
	const units: Record<string, Unit> = { took: 'ms', connect: 'ms' };
	for (const name of Object.keys(options.read ?? {})) {
		units[name] = 'none';
		units[`${name}.took`] = 'ms';
		units[`${name}.rows`] = 'none';
	}
	if (options.facts) for (const [name, { unit }] of Object.entries(facts)) units[name] = unit;
	return units;
}

export function databaseMust(options: DatabaseOptions): readonly string[] {
	return Object.keys(options.read ?? {}).map((name) => `${name}.rows == 1`);
}

/** One visit: the queries of `read` and, when wanted, what the server says of itself. */
export async function askDatabase(
	options: DatabaseOptions,
	found: Result<DatabasePlace, ProbeFault>,
	facts: Facts,
	{ clock, port }: { readonly clock: Clock; readonly port: DatabasePort },
	context: ProbeContext,
): Promise<Result<Reading, ProbeFault>> {
	if (!found.ok) return found;
	const queries = options.read ?? {};
	// The password stands alone nowhere in the options when it came within an address.
	const secrets = { options, password: found.value.password };
	const began = clock.monotonic();
	const answer = await port.read({ place: found.value, queries, facts: options.facts ? facts : {} }, context);
	const took = clock.monotonic() - began;
	const request = Object.entries(queries).map(([name, query]) => safeLine(secrets, `${name}: ${query}`));
	const timings = [{ phase: 'total', ms: took }];
	if (!answer.ok) {
		const transcript = { request, response: [], body: '', bytes: 0, timings };
		return err({ ...answer.error, detail: safeDetail(secrets, answer.error.detail), transcript });
	}
	const samples: Record<string, Samples[string]> = {
		took: msSample(took),
		connect: msSample(answer.value.connectMs),
	};
	const response: string[] = [];
	const say = (name: string, value: SampleValue) =>
		response.push(safeLine(secrets, `${name} = ${formatBare(value)}`));
	for (const name of Object.keys(queries)) {
		const cell = answer.value.values[name];
		if (cell === undefined) continue;
		samples[`${name}.rows`] = countSample(cell.rows);
		samples[`${name}.took`] = msSample(cell.tookMs);
		if (cell.value === undefined) {
			response.push(safeLine(secrets, `${name} = ${cell.rows} rows`));
			continue;
		}
		samples[name] = safe(secrets, cell.value);
		say(name, samples[name]);
	}
	for (const [name, { unit, of }] of Object.entries(facts)) {
		const value = answer.value.facts[name];
		if (value === undefined) continue;
		const known = safe(secrets, value);
		const number = of !== undefined && typeof known === 'string' ? (readQuantity(known) ?? known) : known;
		samples[name] = isQuantity(number) ? { number: multiply(number.number, String(of ?? 1)), unit } : number;
		say(name, samples[name]);
	}
	const phases = [{ phase: 'connect', ms: answer.value.connectMs }, ...timings];
	return ok({ samples, transcript: { request, response, body: '', bytes: 0, timings: phases } });
}

/** A cell is somebody else's text. */
function safe(secrets: object, value: SampleValue): SampleValue {
	return typeof value === 'string' ? safeLine(secrets, value) : value;
}

function safeDetail(secrets: object, detail: ProbeFault['detail']): ProbeFault['detail'] {
	return Object.fromEntries(
		Object.entries(detail).map(([name, value]) => [
			name,
			typeof value === 'string' ? clean(safeLine(secrets, value, 300)) : value,
		]),
	);
}
