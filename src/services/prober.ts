import type { CheckDefinition, CheckKind, ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import { PatternOverTime } from '../domain/pattern.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Reading } from '../domain/reading.ts';
import { err, type Result } from '../domain/result.ts';
import { isSameQuestion } from '../domain/same-question.ts';

/** How much longer than its deadline a probe may take to notice it, before it is given up from outside. */
const GRACE_MS = 1_000;

export interface Probed {
	readonly check: CheckDefinition;
	/** Epoch ms at which it began. */
	readonly at: number;
	readonly durationMs: number;
	readonly outcome: Result<Reading, ProbeFault> | { readonly ok: false; readonly bug: string };
}

export interface Prober {
	/** Asks once. Never rejects: a probe that throws is a bug of that check alone, one that hangs is a timeout. */
	probe(check: CheckDefinition, kind: CheckKind): Promise<Probed>;
	/** Aborts everything under way. */
	stop(): void;
}

/** What a probe may know of the rest: when was last signed, other checks' values, and its own stored ones. */
export type ProbeView = (
	now: number,
	check: CheckDefinition,
) => Pick<ProbeContext, 'signedAt' | 'latest' | 'history'>;

export function createProber(ports: ProbePorts, viewAt: ProbeView = () => ({})): Prober {
	const { clock } = ports;
	const underWay = new Set<AbortController>();
	const memories = createMemories();

	return {
		probe(check, kind) {
			const at = clock.now();
			const began = clock.monotonic();
			// A secret that could not be read: asking without it would only put the blame on the endpoint.
			if (check.broken !== undefined)
				return Promise.resolve({ check, at, durationMs: 0, outcome: err(check.broken) });
			const { timeoutMs } = check;
			const controller = new AbortController();
			underWay.add(controller);
			return new Promise((resolve) => {
				const settle = (outcome: Probed['outcome']) => {
					// What comes after the probe was given up changes nothing.
					if (given) return;
					given = true;
					underWay.delete(controller);
					cancel();
					resolve({ check, at, durationMs: Math.max(0, clock.monotonic() - began), outcome });
				};
				const bug = (thrown: unknown) =>
					thrown instanceof PatternOverTime
						? settle(err(thrown.fault))
						: settle({ ok: false, bug: thrown instanceof Error ? thrown.message : String(thrown) });
				let given = false;
				// One timer a probe: at the deadline it aborts, and a probe deaf to that is given up soon after.
				let cancel = clock.after(timeoutMs, () => {
					controller.abort();
					cancel = clock.after(GRACE_MS, () => settle(err(fault('timeout', { limitMs: timeoutMs }))));
				});
				try {
					const { signal } = controller;
					const context = {
						...viewAt(at, check),
						memory: memories(check),
						now: at,
						deadline: began + timeoutMs,
						signal,
						timed: true,
					};
					kind.probe(check.options, ports, context).then(settle, bug);
				} catch (thrown) {
					bug(thrown);
				}
			});
		},
		stop() {
			for (const controller of underWay) controller.abort();
			underWay.clear();
		},
	};
}

/** More checks than anybody has; beyond, the one that was first remembered is forgotten. */
const MOST_MEMORIES = 10_000;

/** One memory a check, kept while it asks the same question: after a reload too, never for another one. */
function createMemories(): (check: CheckDefinition) => Map<string, unknown> {
	const kept = new Map<string, { readonly check: CheckDefinition; readonly memory: Map<string, unknown> }>();
	return (check) => {
		const known = kept.get(check.id);
		if (known?.check === check) return known.memory;
		const isSame = known !== undefined && isSameQuestion(known.check, check);
		const memory = isSame ? known.memory : new Map<string, unknown>();
		kept.delete(check.id);
		kept.set(check.id, { check, memory });
		for (const id of kept.keys()) {
			if (kept.size <= MOST_MEMORIES) break;
			kept.delete(id);
		}
		return memory;
	};
}
