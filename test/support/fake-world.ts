import type { CheckDefinition, CheckKind, ProbeFault } from '../../src/domain/check.ts';
import { parseCondition, parseExpression } from '../../src/domain/condition/index.ts';
import { fault } from '../../src/domain/fault.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { CheckState, Observation, Recorded } from '../../src/domain/observation.ts';
import type { ProbePorts } from '../../src/domain/ports.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import type { ObservationStore, Stored } from '../../src/domain/storage-port.ts';
import { quantity } from '../../src/domain/value.ts';
import type { FakeClock } from './fake-clock.ts';
import { recentPast } from './recent-past.ts';

export type FakeAnswer = Result<Reading, ProbeFault> | 'hang' | 'throw';

/** A check kind whose answers a test writes down; `asked` is when and what was probed. */
export interface FakeKind {
	readonly kind: CheckKind;
	readonly asked: { readonly check: string; readonly at: number }[];
	running: number;
	mostRunning: number;
	answer: (target: string) => FakeAnswer;
	takesMs: number;
}

export function createFakeKind(clock: FakeClock, origin: string | null = null): FakeKind {
	const fake: FakeKind = {
		asked: [],
		running: 0,
		mostRunning: 0,
		takesMs: 10,
		answer: () => ok({ samples: { latency: quantity(8, 'ms'), status: quantity(200) } }),
		kind: {
			name: 'fake',
			title: 'Fake',
			pool: 'network',
			headline: 'latency',
			origin: () => origin,
			target: (options) => String(options),
			samples: () => ({ latency: 'ms', status: 'none' }),
			probe(options) {
				fake.asked.push({ check: String(options), at: clock.monotonic() });
				fake.running += 1;
				fake.mostRunning = Math.max(fake.mostRunning, fake.running);
				const answer = fake.answer(String(options));
				if (answer === 'throw') {
					fake.running -= 1;
					throw new Error('a mistake of ours');
				}
				if (answer === 'hang') return new Promise(() => {});
				return new Promise((resolve) => {
					clock.after(fake.takesMs, () => {
						fake.running -= 1;
						resolve(answer);
					});
				});
			},
		},
	};
	return fake;
}

export function fakePorts(clock: FakeClock): ProbePorts {
	return { clock } as unknown as ProbePorts;
}

/** A check definition in the operator's words. */
export function check(
	id: string,
	wishes: Partial<Omit<CheckDefinition, 'must' | 'should' | 'show'>> & {
		must?: string[];
		should?: string[];
		show?: Record<string, string>;
	} = {},
): CheckDefinition {
	const condition = (text: string) => {
		const parsed = parseCondition(text);
		if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`);
		return parsed.value;
	};
	return {
		title: null,
		service: null,
		kind: 'fake',
		options: id,
		everyMs: 10_000,
		timeoutMs: 5_000,
		confirm: 3,
		retryMs: 10_000,
		forMs: 0,
		hours: null,
		needs: [],
		...wishes,
		id: checkId(id),
		must: (wishes.must ?? []).map(condition),
		should: (wishes.should ?? []).map(condition),
		show: Object.entries(wishes.show ?? {}).map(([name, text]) => {
			const parsed = parseExpression(text);
			if (!parsed.ok) throw new Error(text);
			return { name, expression: parsed.value };
		}),
	} as CheckDefinition;
}

/** A store in memory that can be told to fail. */
export interface FakeStore extends ObservationStore {
	readonly batches: (readonly Recorded[])[];
	failing: boolean;
}

export function createFakeStore(): FakeStore {
	const batches: (readonly Recorded[])[] = [];
	const all = (): Observation[] => batches.flatMap((b) => b.map((r) => r.observation));
	const none = <T>(value: T): Stored<T> => ok(value);
	return {
		batches,
		failing: false,
		record(batch) {
			if (this.failing) return err(fault('disk-full', { path: 'rounds.db' }));
			batches.push(batch);
			return none(undefined);
		},
		states: () => none(batches.flatMap((b) => b.map((r): CheckState => r.state))),
		recent: (asks, limit) => none(recentPast(all(), asks, limit)),
		of: (id, from, to) => none(all().filter((o) => o.check === id && o.at >= from && o.at <= to)),
		history: () => none([]),
		uptime: () => none(new Map()),
		flips: () => none([]),
		compact: () => none(false),
	};
}
