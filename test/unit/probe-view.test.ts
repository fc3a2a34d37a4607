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
