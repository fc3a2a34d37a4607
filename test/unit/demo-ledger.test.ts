import { describe, expect, test } from 'vitest';
import {
	balanceBills,
	createRandom,
	KEPT_TRANSACTIONS,
	listBills,
	listCards,
	listCustomers,
	listTransactions,
	splitAmount,
	type Transaction,
} from '../../src/demo/ledger.ts';

function sum(rows: readonly Transaction[], column: 'expenseCents' | 'repaymentCents'): number {
	return rows.reduce((total, row) => total + row[column], 0);
}

describe('the generated books', () => {
	const rows = listTransactions();

	test('have the counts and sums of the first document', () => {
		expect([listCustomers().length, listBills().length, rows.length, listCards().length]).toEqual([
			8, 281, 48_609, 31,
		]);
		expect(sum(rows, 'expenseCents')).toBe(690_403_273);
		expect(sum(rows, 'repaymentCents')).toBe(663_755_132);
	});

	test('keep 1,960 rows with every expense and the repayments of the second document', () => {
		const kept = rows.slice(0, KEPT_TRANSACTIONS);
		expect(kept.length).toBe(1_960);
		expect(sum(kept, 'expenseCents')).toBe(690_403_273);
		expect(sum(kept, 'repaymentCents')).toBe(105_656_275);
	});

	test('are the same at every call, and every row is one positive amount on an existing bill', () => {
		expect(listTransactions()).toEqual(rows);
		const months = new Map(listBills().map((bill) => [bill.id, bill.month]));
		const odd = rows.filter((row) => {
			const [amount, other] = [row.expenseCents, row.repaymentCents].sort((a, b) => b - a) as [
				number,
				number,
			];
			return amount <= 0 || other !== 0 || !row.postedOn.startsWith(`${months.get(row.billId)}-`);
		});
		expect(odd).toEqual([]);
	});

	test('balances of the bills add up to the net of what is booked', () => {
		const total = (some: readonly Transaction[]): number =>
			[...balanceBills(some).values()].reduce((net, cents) => net + cents, 0);
		expect(total(rows)).toBe(26_648_141);
		expect(total(rows.slice(0, KEPT_TRANSACTIONS))).toBe(584_746_998);
	});

	test('bills and cards belong to somebody, over consecutive months', () => {
		expect(listBills().at(0)?.month).toBe('2025-02');
		expect(listBills().at(-1)?.month).toBe('2025-11');
		expect(listBills().every((bill) => bill.cardId >= 1 && bill.cardId <= 31)).toBe(true);
		expect(listCards().every((card) => card.customerId >= 1 && card.customerId <= 8)).toBe(true);
	});
});

test.each([
	[1_000, 7],
	[999_999, 1_000],
	[5, 3],
])('%i cents in %i parts add up exactly', (total, parts) => {
	const amounts = splitAmount(total, parts, createRandom(3));
	expect(amounts.length).toBe(parts);
	expect(amounts.reduce((rest, amount) => rest + amount, 0)).toBe(total);
});

test('another seed gives another sequence', () => {
	expect(createRandom(1)()).not.toBe(createRandom(2)());
});
