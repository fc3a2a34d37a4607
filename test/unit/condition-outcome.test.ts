import { describe, expect, test } from 'vitest';
import { evaluateExpression, parseExpression } from '../../src/domain/condition/index.ts';
import { contextOf, judgeText, rows } from '../support/reading-context.ts';

describe('outcomes', () => {
	test('a calculation shows both sides and what is in them', () => {
		const outcome = judgeText('(expenses - repayments) / 100 == summary.net', {
			samples: { expenses: 1000, repayments: 200 },
			others: { 'summary.net': 9 },
		});
		expect(outcome.holds).toBe(false);
		expect(outcome.resolved.map((seen) => seen.text)).toEqual([
			'(expenses - repayments) / 100',
			'summary.net',
			'expenses',
			'repayments',
		]);
		expect(outcome.must).toEqual({
			operator: '==',
			value: '9',
			operand: { number: '9', unit: 'none' },
			text: 'summary.net',
		});
	});

	test('they are plain, storable, and bounded whatever was read', () => {
		for (const body of [
			JSON.stringify({ v: 'x'.repeat(900_000) }),
			JSON.stringify({ v: Array.from({ length: 50_000 }, () => 'y'.repeat(15)) }),
		]) {
			for (const text of [
				'$.v == "z"',
				'$.v == $.v',
				'$.v not exists',
				'$.v empty',
				'len($.v) == 0',
				'$.v > 5',
			]) {
				const outcome = judgeText(text, { body });
				const stored = JSON.stringify(outcome);
				expect(stored.length).toBeLessThan(6000);
				expect(JSON.parse(stored)).toEqual(outcome);
			}
		}
	});

	test('a plain number beside a percentage is drawn as one', () => {
		const outcome = judgeText('errors / total < 5%', { samples: { errors: 1, total: 8 } });
		expect(outcome.resolved[0]?.value).toEqual({ number: '0.125', unit: 'ratio' });
	});
});

test('a shown value is one value', () => {
	const body = '{"n":12.5,"s":"ready","l":[1],"o":{},"z":null}';
	const show = (text: string) => {
		const parsed = parseExpression(text);
		if (!parsed.ok) throw new Error(text);
		return evaluateExpression(parsed.value, contextOf({ body }));
	};
	expect(show('$.n')).toEqual({ value: { number: '12.5', unit: 'none' } });
	expect(show('$.s')).toEqual({ value: 'ready' });
	expect(show('$.z')).toEqual({ value: null });
	expect(show('$.l').why?.code).toBe('not-one-value');
	expect(show('$.gone').why?.code).toBe('path-missing');
	expect(show('$.n * 2')).toEqual({ value: { number: '25', unit: 'none' } });
});

describe('words of the language are still names', () => {
	const samples = { exists: true, count: 3, empty: false, in: 1, age: 5 };
	rows({ samples }, [
		['exists == true', true],
		['exists exists', true],
		['empty == true', false],
		['count > 2', true],
		['in in [1]', true],
		['age == 5', true],
	]);
});
