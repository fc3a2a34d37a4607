/**
 * The books of the demo system, generated rather than shipped: the same seed gives the same rows on every machine, so the
 * sums are the documented ones to the cent and a person's numbers can be compared with another's.
 *
 * All amounts are integer cents (RM). Nobody in here exists: customers are numbered business accounts.
 */

export const CUSTOMERS = 8;
export const CARDS = 31;
export const BILLS = 281;
export const TRANSACTIONS = 48_609;
/** What is left of the transactions after the loss: the figure of the later of the two documents. */
export const KEPT_TRANSACTIONS = 1_960;

export const EXPENSE_CENTS = 690_403_273;
export const REPAYMENT_CENTS = 663_755_132;
export const KEPT_REPAYMENT_CENTS = 105_656_275;

/** Rows 1…KEPT_EXPENSES are expenses, the rest of the kept ones repayments. */
const KEPT_EXPENSES = 1_698;
const SEED = 20251122;

export type Customer = { id: number; code: string; name: string };
export type Card = { id: number; customerId: number; bank: string; label: string };
export type Bill = { id: number; cardId: number; month: string };
export type Transaction = {
	id: number;
	billId: number;
	postedOn: string;
	text: string;
	expenseCents: number;
	repaymentCents: number;
};

/** A small seeded generator (mulberry32): numbers in [0, 1), the same sequence for the same seed. */
export function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

export function listCustomers(): Customer[] {
	return Array.from({ length: CUSTOMERS }, (_, index) => ({
		id: index + 1,
		code: `ACC-${String(index + 1).padStart(3, '0')}`,
		name: `Customer ${index + 1}`,
	}));
}

export function listCards(): Card[] {
	return Array.from({ length: CARDS }, (_, index) => ({
		id: index + 1,
		customerId: (index % CUSTOMERS) + 1,
		bank: `BANK${String((index % 13) + 1).padStart(2, '0')}`,
		label: `Card ${index + 1}`,
	}));
}

/** Statements run round the cards month by month, up to the month of the documents. */
export function listBills(): Bill[] {
	const firstMonth = 11 - Math.floor((BILLS - 1) / CARDS);
	return Array.from({ length: BILLS }, (_, index) => ({
		id: index + 1,
		cardId: (index % CARDS) + 1,
		month: `2025-${String(firstMonth + Math.floor(index / CARDS)).padStart(2, '0')}`,
	}));
}

/** Positive amounts of varying size that add up to exactly `total`. */
export function splitAmount(total: number, parts: number, random: () => number): number[] {
	const mean = total / parts;
	const amounts = Array.from({ length: parts }, () => Math.floor(mean * (0.4 + random())));
	let rest = total - amounts.reduce((sum, amount) => sum + amount, 0);
	const even = Math.trunc(rest / parts);
	rest -= even * parts;
	const step = Math.sign(rest);
	return amounts.map((amount, index) => amount + even + (index < Math.abs(rest) ? step : 0));
}

/**
 * Every transaction in id order. The documents differ only in repayments, never in expenses: so what gets lost (ids above
 * KEPT_TRANSACTIONS) must be repayments alone, and every expense lies among the kept.
 */
export function listTransactions(): Transaction[] {
	const random = createRandom(SEED);
	const bills = listBills();
	const expenses = splitAmount(EXPENSE_CENTS, KEPT_EXPENSES, random);
	const kept = splitAmount(KEPT_REPAYMENT_CENTS, KEPT_TRANSACTIONS - KEPT_EXPENSES, random);
	const lost = splitAmount(REPAYMENT_CENTS - KEPT_REPAYMENT_CENTS, TRANSACTIONS - KEPT_TRANSACTIONS, random);
	const repayments = [...kept, ...lost];
	return Array.from({ length: TRANSACTIONS }, (_, index) => {
		const bill = bills[Math.floor(random() * BILLS)]!;
		const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
		const isExpense = index < KEPT_EXPENSES;
		const reference = String(index + 1).padStart(6, '0');
		return {
			id: index + 1,
			billId: bill.id,
			postedOn: `${bill.month}-${day}`,
			text: `${isExpense ? 'Statement purchase' : 'Instalment repayment received'} TXN-${reference} card ${bill.cardId}`,
			expenseCents: isExpense ? expenses[index]! : 0,
			repaymentCents: isExpense ? 0 : repayments[index - KEPT_EXPENSES]!,
		};
	});
}

/** What each statement stands at, by bill id, given the transactions that are booked. */
export function balanceBills(transactions: readonly Transaction[]): Map<number, number> {
	const balances = new Map(listBills().map((bill) => [bill.id, 0]));
	for (const row of transactions) {
		balances.set(row.billId, balances.get(row.billId)! + row.expenseCents - row.repaymentCents);
	}
	return balances;
}
