import { expect, it } from 'vitest';
import type { CheckKind } from '../../src/domain/check.ts';
import type { ProbePorts } from '../../src/domain/ports.ts';
import { createProber } from '../../src/services/prober.ts';
import { runCommand } from '../../src/services/run-command.ts';
import { HEAD, loadGood } from '../support/config-sources.ts';
import { createFakeClock } from '../support/fake-clock.ts';

// A placeholder sent in place of a secret would be refused by the endpoint, and the endpoint would be blamed.
it('a check without its secret is never asked, and says why', async () => {
	const { system } = await loadGood(
		`${HEAD}secrets: {t: env:T}\nchecks:\n  a: {kind: http, url: http://x/, headers: {A: "secret:t"}}\n`,
	);
	const [check] = system.checks;
	if (check === undefined) throw new Error('the check is missing');
	const kind = {
		probe: () => {
			throw new Error('asked');
		},
	} as unknown as CheckKind;
	const probed = await createProber({ clock: createFakeClock() } as unknown as ProbePorts).probe(check, kind);
	expect(probed.outcome).toEqual({
		ok: false,
		error: { code: 'secret-missing', detail: expect.objectContaining({ name: 't', reference: 'env:T' }) },
	});
});

it('an action without its secret is never run', async () => {
	const { system } = await loadGood(
		`${HEAD}secrets: {t: env:T}\nactions:\n  a: {run: x, env: {A: "secret:t"}}\n`,
	);
	const [action] = system.actions;
	if (action?.body.kind !== 'run') throw new Error('the action is missing');
	const processes = {
		run: () => {
			throw new Error('run');
		},
		find: () => {
			throw new Error('found');
		},
		listeners: () => {
			throw new Error('listened');
		},
		environmentOf: () => {
			throw new Error('looked');
		},
	};
	const parts = { clock: createFakeClock(), processes, redact: (text: string) => text };
	const end = await runCommand(action, action.body, parts, new AbortController().signal, () => {});
	expect(end.level).toBe('unknown');
	expect(end.reasons).toEqual([
		{
			kind: 'fault',
			fault: { code: 'secret-missing', detail: expect.objectContaining({ name: 't', reference: 'env:T' }) },
		},
	]);
});
