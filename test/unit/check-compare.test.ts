import { afterAll, describe, expect, it } from 'vitest';
import { compare } from '../../src/checks/compare.ts';
import type { LatestValue } from '../../src/domain/check.ts';
import { quantity } from '../../src/domain/value.ts';
import { createAsking, HOUR, NOW } from '../support/asking.ts';
import { HEAD, loadText } from '../support/config-sources.ts';

const { ask, close } = createAsking();
afterAll(() => close());

describe('compare', () => {
	const at = NOW - 1000;
	const values: Record<string, unknown> = {
		'api.n': { value: quantity(8), at, stale: false },
		'table.n': { value: '8.0', at: at - HOUR, stale: false },
		'staging.n': { value: quantity(9), at, stale: false },
		'old.n': { value: quantity(8), at, stale: true },
		'api.took': { value: quantity(8, 'ms'), at, stale: false },
		'file.size': { value: quantity(8, 'bytes'), at, stale: false },
		'api.version': { value: 'v1', at, stale: false },
		'staging.version': { value: 'v2', at, stale: false },
	};
	const latest: LatestValue = (check, sample) => values[`${check}.${sample}`] as ReturnType<LatestValue>;
	const ask2 = (written: object) => ask(compare, written, { latest });

	it('takes equal numbers for equal however they are written', async () => {
		expect(await ask2({ equal: ['api.n', 'table.n'] })).toMatchObject({
			differing: '0',
			compared: '1',
			spread: '0',
		});
		expect(
			await ask2({
				pairs: [
					['api.n', 'staging.n'],
					['api.version', 'staging.version'],
				],
			}),
		).toMatchObject({
			differing: '2',
			differences: 'api.n 8 · staging.n 9; api.version v1 · staging.version v2',
		});
		expect(await ask2({ equal: ['api.took', 'file.size'] })).toMatchObject({ differing: '1' });
	});

	it('allows what is tolerated', async () => {
		expect(await ask2({ equal: ['api.n', 'staging.n'], tolerance: 1 })).toMatchObject({ differing: '0' });
		expect(await ask2({ equal: ['api.n', 'staging.n'], tolerance: '12%' })).toMatchObject({ differing: '0' });
		expect(await ask2({ equal: ['api.n', 'staging.n'], tolerance: '11%' })).toMatchObject({ differing: '1' });
	});

	it('never says that all agree when it has not seen all', async () => {
		expect(await ask2({ equal: ['api.n', 'old.n'] })).toMatchObject({
			fault: 'no-fresh-value',
			detail: { reason: 'stale' },
		});
		expect(await ask2({ equal: ['api.n', 'none.n'] })).toMatchObject({
			fault: 'no-fresh-value',
			detail: { name: 'none.n' },
		});
		expect(await ask2({ equal: ['api.n', 'table.n'], apart: '5m' })).toMatchObject({
			fault: 'no-fresh-value',
		});
		expect(
			await ask2({
				pairs: [
					['api.n', 'old.n'],
					['api.n', 'staging.n'],
				],
			}),
		).toMatchObject({ differing: '1' });
	});

	it('finds names nobody gives when the configuration is read', async () => {
		const text = `${HEAD}\nchecks:\n  api: {kind: tcp, host: localhost, port: 1}\n  same: {kind: compare, equal: [api.conect, apj.connect]}\n`;
		const loaded = await loadText(text);
		expect(loaded.ok ? [] : loaded.error.map((problem) => problem.message).join('\n')).toMatch(
			/conect[\s\S]*apj/,
		);
	});
});
