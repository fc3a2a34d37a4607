import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import type { CheckDefinition, ProbeContext, StoredPoint } from '../../src/domain/check.ts';
import { judge } from '../../src/domain/judge.ts';
import type { ProbePorts } from '../../src/domain/ports.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { reasonText } from '../../src/i18n/reason.ts';
import { HEAD, loadGood } from './config-sources.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;
export const START = Date.parse('2025-11-23T09:00:00Z');
const BOUNDS = ['0.1', '0.25', '0.5', '0.75', '1.0', '2.5', '10.0', '+Inf'];

/** A booking service whose counters a test moves; its page is written as the Python client writes it. */
export interface CounterServer {
	readonly url: string;
	/** So many requests of that duration and status. */
	request(times: number, seconds: number, status?: number): void;
	readonly counts: { created: number; miss: number; hit: number };
	/** The service starts again: everything counts from zero. */
	restart(): void;
	/** Lines instead of the page, or null. */
	instead: string | null;
	close(): Promise<void>;
}

export async function serveCounters(): Promise<CounterServer> {
	let buckets = new Map<string, number>();
	let statuses = new Map<number, number>();
	const counts = { created: 0, miss: 0, hit: 0 };
	const page = () => {
		const lines = ['# TYPE http_request_duration_seconds histogram'];
		for (const le of BOUNDS)
			lines.push(`http_request_duration_seconds_bucket{le="${le}",path="/slots"} ${buckets.get(le) ?? 0}.0`);
		lines.push('# TYPE http_requests_total counter');
		for (const [status, count] of statuses)
			lines.push(`http_requests_total{path="/slots",status="${status}"} ${count}.0`);
		lines.push(`appointments_created_total ${counts.created}.0`);
		lines.push(`availability_cache_miss_total ${counts.miss}.0`);
		lines.push(`availability_cache_hit_total ${counts.hit}.0`);
		return `${lines.join('\n')}\n`;
	};
	const server: CounterServer & { instead: string | null; url: string } = {
		url: '',
		instead: null,
		counts,
		request(times, seconds, status = 200) {
			for (const le of BOUNDS)
				if (le === '+Inf' || seconds <= Number(le)) buckets.set(le, (buckets.get(le) ?? 0) + times);
			statuses.set(status, (statuses.get(status) ?? 0) + times);
		},
		restart() {
			buckets = new Map();
			statuses = new Map();
			Object.assign(counts, { created: 0, miss: 0, hit: 0 });
		},
		close: () => new Promise((resolve) => http.close(() => resolve())),
	};
	const http = createServer((_request, response) => {
		response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
		response.end(server.instead ?? page());
	});
	http.keepAliveTimeout = 1;
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
	server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/metrics`;
	return server;
}

/** A check as an operator writes it, asked and judged at times of a test's choice. */
export async function createWatcher(ports: ProbePorts, text: string, stored: readonly StoredPoint[] = []) {
	const loaded = await loadGood(`${HEAD}checks:\n${text.replace(/^(?=.)/gm, '  ')}`);
	const check = loaded.system.checks[0] as CheckDefinition;
	const kind = findCheckKind(check.kind) as RegisteredKind;
	const memory = new Map<string, unknown>();
	return {
		check,
		/** The level, the numbers, and the reasons in English. */
		async ask(now: number, more: Partial<ProbeContext> = {}) {
			const context = {
				now,
				deadline: ports.clock.monotonic() + 20_000,
				signal: new AbortController().signal,
				memory,
				history: (_sample: string, sinceAt: number) => stored.filter(({ at }) => at >= sinceAt),
				...more,
			};
			const outcome = await kind.probe(check.options, ports, context);
			const around = { now, latest: () => undefined, baseline: () => undefined, window: () => [] };
			const { verdict, samples } = judge(outcome, check, around);
			const numbers = Object.entries(samples).map(([name, value]) => [
				name,
				typeof value === 'object' && value !== null ? Number(value.number) : value,
			]);
			return {
				level: verdict.level,
				samples: Object.fromEntries(numbers) as Record<string, unknown>,
				why: verdict.reasons
					.map((reason) => {
						if (reason.kind === 'condition') return reasonText(reason.outcome, 'en', reason.severity);
						return reason.kind === 'fault' ? faultText(reason.fault, 'en') : reason.text;
					})
					.join(' | '),
			};
		},
	};
}
