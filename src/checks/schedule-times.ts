import type { ProbeContext } from '../domain/check.ts';
import { everCollide, hostZone, lastRun, nextRun, parseCron, sameCron } from '../domain/cron.ts';
import type { Fault } from '../domain/fault.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { ProbePorts } from '../domain/ports.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Entry } from './crontab.ts';
import type { ScheduleOptions } from './schedule-options.ts';

export const MINUTE = 60_000;
const MOST_FILES = 10_000;

interface Times {
	readonly next: number | null;
	readonly previous: number | null;
	/** The newest run whose trace should be there by now. */
	readonly due: number | null;
}

/** By what is wanted when it is said, else by what is written: a wrong entry must not excuse a missing trace. */
export function timesOf(options: ScheduleOptions, found: readonly Entry[], now: number): Times {
	const place = options.zone ?? hostZone();
	const wanted = options.wanted === undefined ? null : parseCron(options.wanted);
	const times =
		wanted !== null
			? [{ time: wanted, zone: found[0]?.zone ?? place }]
			: found.flatMap(({ time, zone }) => (time === null ? [] : [{ time, zone: zone ?? place }]));
	const last = (at: number) => newestOf(times.map(({ time, zone }) => lastRun(time, at, zone)));
	const nexts = times.flatMap(({ time, zone }) => nextRun(time, now, zone) ?? []);
	const known = found.flatMap((entry) => entry.nextAt ?? []);
	const upcoming = known.length > 0 ? known : nexts;
	return {
		next: upcoming.length === 0 ? null : Math.min(...upcoming),
		previous: last(now) ?? newestOf(found.map((entry) => entry.lastAt)),
		due: last(now - options.grace),
	};
}

export function newestOf(times: readonly (number | null)[]): number | null {
	const known = times.filter((at) => at !== null);
	return known.length === 0 ? null : Math.max(...known);
}

/** systemd says only when it runs next: that must be the wanted time, or as much later as it may be delayed. */
export function isTimed(options: ScheduleOptions, found: readonly Entry[], now: number): boolean {
	const wanted = parseCron(options.wanted ?? '');
	if (wanted === null) return false;
	return found.some(({ time, nextAt, zone }) => {
		if (time !== null) return sameCron(time, wanted);
		if (nextAt === null) return false;
		const place = zone ?? options.zone ?? hostZone();
		const meant = lastRun(wanted, nextAt, place);
		return meant !== null && nextAt - meant <= options.grace && nextAt > now - MINUTE;
	});
}

export function collide(one: Entry, other: Entry, now: number): boolean {
	if (one.time !== null && other.time !== null) return everCollide(one.time, other.time, now);
	const [left, right] = [one.nextAt, other.nextAt];
	return left !== null && right !== null && Math.floor(left / MINUTE) === Math.floor(right / MINUTE);
}

/** When it last left a trace, epoch ms. */
export async function newestTrace(
	options: ScheduleOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<number | null, Fault>> {
	let newest: number | null = null;
	for (const pattern of options.trace ?? []) {
		const paths = await ports.files.glob(pattern, MOST_FILES);
		if (!paths.ok) return paths;
		for (const at of paths.value) {
			const facts = await ports.files.facts(at);
			if (!facts.ok && facts.error.code !== 'file-missing') return facts;
			// What is dated after now says nothing about a run that has been.
			if (facts.ok && facts.value.modifiedAt <= context.now + MINUTE)
				newest = newestOf([newest, facts.value.modifiedAt]);
		}
	}
	if (options.log === undefined || options.line === undefined) return ok(newest);
	const line = operatorPattern(options.line, 'mu');
	const reach = timesOf(options, [], context.now).due ?? context.now - 8 * 24 * 60 * MINUTE;
	const range = {
		sinceAt: reach - MINUTE,
		fromAt: reach - MINUTE,
		level: null,
		zone: options.zone ?? null,
		limitBytes: options.limit,
	};
	const read = await ports.logs.readFiles(options.log, range, context, ({ at, text, last }) => {
		if (at !== null && at <= context.now + MINUTE && (line.test(text) || line.test(last)))
			newest = newestOf([newest, at]);
	});
	return read.ok ? ok(newest) : read;
}
