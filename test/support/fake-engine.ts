import type {
	CommandInput,
	CommandName,
	CommandOutput,
	Engine,
	EngineEvent,
	Refusal,
} from '../../src/domain/engine.ts';
import { type CheckId, operationId } from '../../src/domain/ids.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import type { Activity } from '../../src/domain/storage-port.ts';
import { CHECKS, MORNING, operation, wellCheck } from './pictures.ts';

export interface Sent {
	readonly name: CommandName;
	readonly input: unknown;
}

type Answers = {
	[N in CommandName]?: (input: CommandInput<N>) => Result<CommandOutput<N>, Refusal>;
};

/** An engine without a world behind it: it tells given events, remembers what it was asked, and answers believably. */
export interface FakeEngine extends Engine {
	readonly sent: readonly Sent[];
	emit(...events: readonly EngineEvent[]): void;
	/** Replaces the answer to one command. */
	answer<N extends CommandName>(
		name: N,
		answer: (input: CommandInput<N>) => Result<CommandOutput<N>, Refusal>,
	): void;
	readonly isClosed: boolean;
}

export function createFakeEngine(first: readonly EngineEvent[], now = MORNING): FakeEngine {
	const sent: Sent[] = [];
	const listeners = new Set<(event: EngineEvent) => void>();
	const known: EngineEvent[] = [...first];
	let isClosed = false;
	const emit = (...events: readonly EngineEvent[]) => {
		known.push(...events);
		for (const event of events) for (const listener of listeners) listener(event);
	};
	const picture = (id: CheckId) => {
		for (const event of known.toReversed()) {
			if (event.kind !== 'picture' && event.kind !== 'recorded') continue;
			const found = event.checks.find((check) => check.id === id);
			if (found) return found;
		}
		return wellCheck(id, now);
	};
	const activity: readonly Activity[] = [
		{ at: now - 5_000, by: 'mei', code: 'check.asked', detail: { checks: 8 } },
		{ at: now - 60_000, by: 'mei', code: 'operation.started', detail: { action: 'demo-stop-mcp' } },
		{ at: now - 540_000, by: 'mei', code: 'round.begun', detail: { sheet: 'morning' } },
		{ at: now - 600_000, by: 'mei', code: 'engine.started', detail: {} },
	];
	const answers: Answers = {
		'checks.ask': ({ checks }) => ok({ asked: checks.length || CHECKS.length }),
		'check.detail': ({ check }) => {
			const seen = picture(check);
			const face = CHECKS.find((f) => f.id === check);
			const broken = seen.reasons.flatMap((reason) =>
				reason.kind === 'condition' ? [{ severity: reason.severity, outcome: reason.outcome }] : [],
			);
			const isBroken = (text: string) => broken.some((b) => b.outcome.condition === text);
			const held = (['must', 'should'] as const).flatMap((severity) =>
				(face?.[severity] ?? [])
					.filter((text) => !isBroken(text))
					.map((text) => ({
						severity,
						outcome: {
							condition: text,
							holds: true,
							resolved: [
								{ text: text.split(' ')[0] ?? text, value: seen.samples[text.split(' ')[0] ?? ''] ?? null },
							],
							must: { operator: '==' as const, value: text.split(' ').at(-1) ?? '' },
						},
					})),
			);
			const isFault = seen.reasons.some((reason) => reason.kind === 'fault');
			return ok({
				picture: seen,
				verdict: { level: seen.level, reasons: seen.reasons, outcomes: isFault ? [] : [...broken, ...held] },
				transcript: {
					request: [
						`${face?.target ?? 'GET /'} HTTP/1.1`,
						'host: 127.0.0.1:8000',
						'authorization: ***',
						'user-agent: rounds',
					],
					response: isFault
						? []
						: ['HTTP/1.1 200 OK', 'content-type: application/json', 'content-length: 58'],
					body: isFault ? '' : '{"status":"healthy","service":"accounting","database":"ok"}',
					bytes: isFault ? 0 : 58,
					timings: isFault
						? [{ phase: 'total', ms: 1 }]
						: [
								{ phase: 'dns', ms: 0.4 },
								{ phase: 'connect', ms: 1.1 },
								{ phase: 'firstByte', ms: Math.max(2, seen.durationMs - 3) },
								{ phase: 'download', ms: 1.2 },
								{ phase: 'total', ms: seen.durationMs },
							],
				},
				copyAs: `curl -sS -m 5 -H "Authorization: Bearer $ACCOUNTING_TOKEN" http://127.0.0.1:8000/health`,
				nextAt: now + 6_000,
				uptime24h: 0.9998,
				lateMs: 0,
			});
		},
		'check.history': ({ check, fromAt, toAt, buckets }) =>
			ok({
				points: Array.from({ length: buckets }, (_, index) => ({
					at: fromAt + ((toAt - fromAt) / buckets) * index,
					level: index > buckets * 0.9 ? picture(check).level : 'ok',
					value: index > buckets * 0.9 ? picture(check).durationMs : 8 + ((index * 7) % 5),
					count: index < buckets * 0.1 ? 0 : 12,
				})),
			}),
		'activity.list': () => ok({ activity }),
		'operation.start': ({ action, step }) => {
			const started = operation({ id: operationId(9), action, title: String(action), startedAt: now, step });
			emit({
				kind: 'operation',
				operation: started,
				tail: ['GET /api/health … ok', 'GET /api/customers … ok'],
			});
			return ok({ operation: started });
		},
		'operation.cancel': () => ok({}),
		'operation.output': ({ operation: id }) => {
			for (const event of known.toReversed()) {
				if (event.kind === 'operation' && event.operation.id === id)
					return ok({ operation: event.operation, output: event.tail.join('\n') });
			}
			return err({ kind: 'refused', why: 'not-running', detail: {} });
		},
		'operations.list': () =>
			ok({ operations: known.flatMap((event) => (event.kind === 'operation' ? [event.operation] : [])) }),
		'rounds.list': () =>
			ok({ rounds: known.flatMap((event) => (event.kind === 'round' ? [event.round] : [])) }),
		'round.look': () => ok({}),
		'round.draft': () => ok({}),
	};
	return {
		sent,
		emit,
		get isClosed() {
			return isClosed;
		},
		answer: (name, answer) => {
			(answers as Record<string, unknown>)[name] = answer;
		},
		async send(name, input) {
			sent.push({ name, input });
			const answer = answers[name];
			return answer ? answer(input) : err({ kind: 'refused', why: 'closing', detail: {} });
		},
		subscribe(listener) {
			for (const event of known) listener(event);
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async close() {
			isClosed = true;
		},
	};
}
