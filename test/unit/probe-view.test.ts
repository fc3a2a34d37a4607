import { expect, it } from 'vitest';
import type { CheckDefinition, CheckKind, ProbeContext } from '../../src/domain/check.ts';
import type { ProbePorts } from '../../src/domain/ports.ts';
import { ok } from '../../src/domain/result.ts';
import { createProber } from '../../src/services/prober.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('tells a probe when was last signed, and other checks’ values as of its own time', async () => {
	const clock = createFakeClock();
	const seen: ProbeContext[] = [];
	const kind = {
		probe: async (_options: unknown, _ports: ProbePorts, context: ProbeContext) => {
			seen.push(context);
			return ok({ samples: {} });
		},
	} as unknown as CheckKind;
	const check = { id: 'a', options: {}, timeoutMs: 1000 } as unknown as CheckDefinition;
	const asked: number[] = [];
	const prober = createProber({ clock } as unknown as ProbePorts, (now) => ({
		signedAt: 7,
		latest: (name) => {
			asked.push(now);
			return name === 'b' ? { value: true, at: 1, stale: false } : undefined;
		},
	}));
	const { at } = await prober.probe(check, kind);
	expect(seen[0]?.signedAt).toBe(7);
	expect(seen[0]?.latest?.('b', 'x')).toEqual({ value: true, at: 1, stale: false });
	expect(seen[0]?.latest?.('c', 'x')).toBeUndefined();
	expect(asked).toEqual([at, at]);
});

it('keeps a memory a check, as long as it asks the same question', async () => {
	const clock = createFakeClock();
	const seen: unknown[] = [];
	const kind = {
		probe: async (_options: unknown, _ports: ProbePorts, { memory }: ProbeContext) => {
			seen.push(memory?.get('times') ?? 0);
			memory?.set('times', Number(memory.get('times') ?? 0) + 1);
			return ok({ samples: {} });
		},
	} as unknown as CheckKind;
	const check = (id: string, options: object) =>
		({
			id,
			kind: 'k',
			options,
			timeoutMs: 1000,
			must: [],
			should: [],
			show: [],
		}) as unknown as CheckDefinition;
	const prober = createProber({ clock } as unknown as ProbePorts);
	const asked = [check('a', {}), check('b', {}), check('a', {}), check('a', { x: 1 }), check('a', {})];
	for (const one of asked) await prober.probe(one, kind);
	expect(seen).toEqual([0, 0, 1, 0, 0]);
});
