import { expect, it } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { createRedactor } from '../../src/domain/text.ts';
import { createPresent } from '../../src/services/present.ts';
import type { Probed } from '../../src/services/prober.ts';
import { createRecorder } from '../../src/services/recorder.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind, createFakeStore } from '../support/fake-world.ts';

const TOKEN = 'opaque-value-1234567';
const one = check('a', { must: ['text == "x"', 'missing == 1'] });

function take(outcome: Probed['outcome'], secrets: readonly string[]) {
	const clock = createFakeClock();
	const store = createFakeStore();
	const present = createPresent();
	present.adopt([one], () => createFakeKind(clock).kind, clock.now());
	const redactor = createRedactor(secrets);
	const quiet = { onRecorded: () => {}, onStorage: () => {}, onStored: () => {} };
	const recorder = createRecorder({ clock, store, present, redactor: () => redactor, ...quiet });
	recorder.take({ check: one, at: clock.now(), durationMs: 8, outcome });
	recorder.flush();
	const kept = JSON.stringify([store.batches, present.get(one.id)?.verdict]);
	return { kept, newest: present.get(one.id)?.newest };
}

it.each([
	['a value', { ok: true, value: { samples: { text: `key ${TOKEN}` } } }],
	['a name', { ok: true, value: { samples: { [TOKEN]: 'held' } } }],
	['a fault', { ok: false, error: fault('redirect-refused', { location: `http://x/?t=${TOKEN}` }) }],
	['a bug', { ok: false, bug: `cannot read ${TOKEN}` }],
] satisfies [string, Probed['outcome']][])('keeps no secret that is repeated in %s', (_where, outcome) => {
	expect(take(outcome, []).kept).toContain(TOKEN);
	const { kept } = take(outcome, [TOKEN]);
	expect(kept).not.toContain(TOKEN);
	expect(kept).toContain('***');
});

it('leaves codes, levels and operators alone, whatever somebody took for a password', () => {
	const outcome = { ok: true, value: { samples: { text: 'critical' } } } as const;
	const { newest } = take(outcome, ['critical', 'condition', 'sample-missing', 'must', 'operator']);
	expect(newest).toMatchObject({ level: 'critical', samples: { text: '***' } });
	expect(newest?.reasons.map((reason) => reason.kind)).toEqual(['condition', 'condition']);
});
