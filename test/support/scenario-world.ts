import { basename } from 'node:path';
import { type FaultCode, fault } from '../../src/domain/fault.ts';
import type { HttpAnswer, HttpPort, Limits, SqlPort, WorldPorts } from '../../src/domain/ports.ts';
import { err, ok } from '../../src/domain/result.ts';
import { reveal } from '../../src/domain/secret.ts';
import { quantity } from '../../src/domain/value.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createWorld, type World } from '../../src/platform/world.ts';
import type { FakeClock } from './fake-clock.ts';

/** What one endpoint answers from a time on: a web answer, rows of a database, a fault, silence, or a mistake of ours. */
export interface Phase {
	readonly from: string;
	readonly status?: number;
	readonly body?: unknown;
	readonly text?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly took?: string;
	readonly rows?: Readonly<Record<string, number | string | null>>;
	readonly fault?: FaultCode;
	readonly detail?: Readonly<Record<string, string | number>>;
	readonly bug?: string;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function durationOf(text: string): number {
	const [, number, unit] = /^(-?[\d.]+)(ms|s|m|h|d)$/.exec(text) ?? [];
	if (number === undefined || unit === undefined) throw new Error(`no duration: ${text}`);
	return Number(number) * UNITS[unit]!;
}

export interface ScenarioWorld {
	readonly world: World;
	/** How often an endpoint was asked. */
	readonly asked: Map<string, number>;
}

/** Endpoints `<name>.test` and databases `<name>.db` that answer as their phases say, on the fake clock. */
export function createScenarioWorld(
	clock: FakeClock,
	phases: Readonly<Record<string, readonly Phase[]>>,
): ScenarioWorld {
	const began = clock.monotonic();
	const asked = new Map<string, number>();
	const real = createWorld({ split: (line) => line.split(' ') });

	const phaseOf = (name: string): Phase => {
		asked.set(name, (asked.get(name) ?? 0) + 1);
		const since = clock.monotonic() - began;
		const phase = phases[name]?.findLast((p) => durationOf(p.from) <= since);
		if (!phase) throw new Error(`the scenario says nothing about ${name} at ${since} ms`);
		if (phase.bug !== undefined) throw new TypeError(phase.bug);
		return phase;
	};
	/** Takes its time, but no longer than it may. */
	const take = (phase: Phase, { deadline, signal }: Limits): Promise<'answered' | 'timeout' | 'cancelled'> =>
		new Promise((resolve) => {
			const left = deadline - clock.monotonic();
			const took = durationOf(phase.took ?? '10ms');
			clock.after(Math.min(took, left), () => resolve(took <= left ? 'answered' : 'timeout'));
			signal.addEventListener('abort', () =>
				resolve(clock.monotonic() >= deadline ? 'timeout' : 'cancelled'),
			);
		});
	const ended = (end: 'timeout' | 'cancelled', { deadline }: Limits, from: number) =>
		err(end === 'timeout' ? fault('timeout', { limitMs: deadline - from }) : fault('cancelled'));

	const http: HttpPort = {
		async request(request, limits) {
			const from = clock.monotonic();
			const url = new URL(reveal(request.url));
			const phase = phaseOf(url.hostname.replace(/\.test$/, ''));
			const end = await take(phase, limits);
			if (end !== 'answered') return ended(end, limits, from);
			if (phase.fault !== undefined) return err(fault(phase.fault, phase.detail ?? {}));
			const body = phase.text ?? JSON.stringify(phase.body ?? {});
			const took = clock.monotonic() - from;
			const answer: HttpAnswer = {
				status: phase.status ?? 200,
				statusText: '',
				protocol: 'HTTP/1.1',
				headers: { 'content-type': 'application/json', ...phase.headers },
				body,
				bytes: Buffer.byteLength(body),
				finalUrl: url.href,
				hops: 0,
				timings: { firstByte: took, total: took },
			};
			return ok(answer);
		},
	};
	const sql: SqlPort = {
		async read(request, limits) {
			const from = clock.monotonic();
			const phase = phaseOf(basename(request.file).replace(/\.db$/, ''));
			const end = await take(phase, limits);
			if (end !== 'answered') return ended(end, limits, from);
			if (phase.fault !== undefined) return err(fault(phase.fault, phase.detail ?? {}));
			const found = Object.keys(request.queries).map((name) => {
				const value = phase.rows?.[name];
				const rows = value === undefined ? 0 : 1;
				const sample = typeof value === 'number' ? quantity(value) : value;
				return [name, { value: sample, rows, tookMs: 3 }] as const;
			});
			return ok(Object.fromEntries(found));
		},
	};
	const files = createFiles(clock);
	const world: World = {
		...real,
		clock,
		files,
		probePorts: (none) => {
			const ports: WorldPorts = { ...real.probePorts(none), clock, http, sql, files };
			return ports;
		},
	};
	return { world, asked };
}
