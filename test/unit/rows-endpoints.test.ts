import { describe, expect, test } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import { quantity } from '../../src/domain/value.ts';
import { changeText, toEndpointRows } from '../../src/screens/endpoints/rows.ts';
import { apply, EMPTY_PICTURE, type PictureState } from '../../src/store/index.ts';
import { MORNING, world } from '../support/pictures.ts';

const picture = (options: Parameters<typeof world>[0] = {}): PictureState =>
	world(options).reduce(apply, EMPTY_PICTURE);
const row = (state: PictureState, id: string) =>
	toEndpointRows(state, MORNING, 'en').find((one) => one.id === id)!;

describe('Endpoint rows', () => {
	test('one a shown value; its endpoint is named once', () => {
		const rows = toEndpointRows(picture(), MORNING, 'en').filter((one) => one.check === 'integrity');
		expect(rows.map((one) => [one.endpoint, one.name, one.value])).toEqual([
			['Database integrity', 'customers', '8'],
			['', 'bills', '281'],
			['', 'transactions', '48,609'],
			['', 'cards', '31'],
		]);
		expect(rows.map((one) => one.age)).toEqual(['5 s', '', '', '']);
	});

	test('a check that shows nothing still has its headline', () => {
		expect(row(picture(), 'check:api-health:latency')).toMatchObject({
			endpoint: 'GET /api/health',
			value: '8 ms',
		});
	});

	test('two services with one path are told apart by port', () => {
		expect(row(picture(), 'check:accounting-health:latency').endpoint).toBe('GET :8000/health');
		expect(row(picture(), 'check:mcp-health:latency').endpoint).toBe('GET :8080/health');
	});

	test('lost transactions are a drift with their numbers; the other values of the check are not', () => {
		const state = picture({ isTroubled: true });
		expect(row(state, 'check:integrity:transactions').change).toEqual({
			text: '−46,649 (−95.97 %)',
			kind: 'drift',
			level: 'critical',
		});
		expect(row(state, 'check:integrity:transactions').level).toBe('critical');
		expect(row(state, 'check:integrity:bills').change).toEqual({
			text: '+1 (+0.36 %)',
			kind: 'changed',
			level: 'ok',
		});
		expect(row(state, 'check:integrity:bills').level).toBe('ok');
		expect(row(state, 'check:customers:customers').change).toEqual({ text: '=', kind: 'same', level: 'ok' });
	});

	test('a time is not compared, an empty text is seen', () => {
		const state = picture();
		const check = state.checks.get(checkId('ocr'))!;
		const changed = apply(state, {
			kind: 'recorded',
			now: MORNING,
			checks: [{ ...check, at: MORNING, samples: { ...check.samples, ocr: '' } }],
		});
		expect(row(changed, 'check:ocr:ocr')).toMatchObject({
			value: '""',
			change: { text: 'was ready', kind: 'changed' },
		});
		const baseline = { [checkId('api-health')]: { latency: { value: quantity(3, 'ms'), at: MORNING } } };
		const signed = apply(state, {
			kind: 'baseline',
			baseline,
			signedAt: MORNING,
			signedBy: 'mei',
			title: 'Morning round',
		});
		expect(row(signed, 'check:api-health:latency').change.kind).toBe('none');
	});

	test('nothing signed, nothing claimed', () => {
		expect(row(picture(), 'check:cors:allowed').change.kind).toBe('none');
	});

	test('a value that is missing says why', () => {
		expect(row(picture({ isTroubled: true }), 'check:mcp-health:latency')).toMatchObject({
			value: 'refused',
			isFault: true,
			level: 'critical',
		});
	});

	test('changes are exact, and texts say what they were', () => {
		expect(changeText(quantity('1286340.55'), quantity('1286340.56'), 'en')).toMatch(
			/^\+0\.01 \(\+0\.0+\d+ %\)$/,
		);
		expect(changeText(quantity(0), quantity(3), 'en')).toBe('+3');
		expect(changeText(quantity(5), quantity('5.0'), 'en')).toBe('=');
		expect(changeText('ready', 'starting', 'en')).toBe('was ready');
		expect(changeText('ready', 'starting', 'zh-CN')).toBe('原为 ready');
		expect(changeText(true, true, 'en')).toBe('=');
	});
});
