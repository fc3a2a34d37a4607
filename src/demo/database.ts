import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import {
	BILLS,
	balanceBills,
	CARDS,
	CUSTOMERS,
	EXPENSE_CENTS,
	KEPT_TRANSACTIONS,
	listBills,
	listCards,
	listCustomers,
	listTransactions,
	REPAYMENT_CENTS,
	TRANSACTIONS,
	type Transaction,
} from './ledger.ts';

/**
 * The demo's SQLite file. It is in WAL mode, so that the console's read-only queries and the loss of 46,649 rows never wait for
 * each other; with a rollback journal the trouble would stall behind a reader, or the check read "locked".
 *
 * `bills.balance_cents` is the application's own ledger, written when a statement is booked and not derived from the
 * transactions table when asked. The dashboard's net comes from it, so comparing it with the two sums can really fail.
 */
export type Books = {
	/** Shapes of the rows the API answers with; amounts in cents. */
	customers(): { id: number; code: string; name: string; cards: number; balance_cents: number }[];
	counts(): { customers: number; bills: number; transactions: number; cards: number };
	sums(): { expenseCents: number; repaymentCents: number };
	/** The ledger's balance over all statements, in cents. */
	netCents(): number;
	/** Drops all but the kept transactions and rebooks the statements without them; does nothing the second time. */
	loseTransactions(): void;
	/** Puts every lost row back exactly as it was; does nothing when all are there. */
	restoreTransactions(): void;
	close(): void;
};

const SCHEMA = `
create table customers (id integer primary key, code text not null unique, name text not null) strict;
create table credit_cards (
  id integer primary key, customer_id integer not null references customers (id), bank text not null, label text not null
) strict;
create table bills (
  id integer primary key, card_id integer not null references credit_cards (id), month text not null,
  balance_cents integer not null
) strict;
create table transactions (
  id integer primary key, bill_id integer not null references bills (id), posted_on text not null, description text not null,
  expense_cents integer not null, repayment_cents integer not null
) strict;
create index transactions_by_bill on transactions (bill_id);
`;

/** Opens the books at `path`, whole: rebuilt when missing or damaged, restored when a former demo died with rows lost. */
export function openBooks(path: string): Books {
	if (existsSync(path)) {
		const kept = openIntact(path);
		if (kept) return kept;
	}
	for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) rmSync(file, { force: true });
	const fresh = `${path}.new`;
	for (const file of [fresh, `${fresh}-journal`]) rmSync(file, { force: true });
	buildDatabase(fresh);
	// The write-ahead files take their mode from this one.
	chmodSync(fresh, 0o600);
	renameSync(fresh, path);
	return createBooks(new Database(path));
}

function buildDatabase(path: string): void {
	const database = new Database(path);
	try {
		// The file is thrown away if this is interrupted, so nothing needs to reach the disk in between.
		database.pragma('journal_mode = MEMORY');
		database.pragma('synchronous = OFF');
		database.exec(SCHEMA);
		const transactions = listTransactions();
		const balances = balanceBills(transactions);
		database.transaction(() => {
			const customer = database.prepare('insert into customers values (?, ?, ?)');
			for (const row of listCustomers()) customer.run(row.id, row.code, row.name);
			const card = database.prepare('insert into credit_cards values (?, ?, ?, ?)');
			for (const row of listCards()) card.run(row.id, row.customerId, row.bank, row.label);
			const bill = database.prepare('insert into bills values (?, ?, ?, ?)');
			for (const row of listBills()) bill.run(row.id, row.cardId, row.month, balances.get(row.id));
			insertTransactions(database, transactions);
		})();
	} finally {
		database.close();
	}
}

function insertTransactions(database: Database.Database, rows: readonly Transaction[]): void {
	const insert = database.prepare('insert into transactions values (?, ?, ?, ?, ?, ?)');
	for (const row of rows) {
		insert.run(row.id, row.billId, row.postedOn, row.text, row.expenseCents, row.repaymentCents);
	}
}

/** Keeps the file of a former demo, and with it the handles consoles hold on it, when its books can be made whole. */
function openIntact(path: string): Books | undefined {
	let database: Database.Database | undefined;
	try {
		database = new Database(path);
		if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw new Error('damaged');
		const books = createBooks(database);
		books.restoreTransactions();
		const counts = books.counts();
		const sums = books.sums();
		const isWhole =
			counts.customers === CUSTOMERS &&
			counts.cards === CARDS &&
			counts.bills === BILLS &&
			counts.transactions === TRANSACTIONS &&
			sums.expenseCents === EXPENSE_CENTS &&
			sums.repaymentCents === REPAYMENT_CENTS &&
			books.netCents() === EXPENSE_CENTS - REPAYMENT_CENTS;
		if (isWhole) return books;
	} catch {
		// Whatever is wrong with it, the cure is the same: a new one.
	}
	database?.close();
	return undefined;
}

/** The books in a database that is open already. */
export function createBooks(database: Database.Database): Books {
	database.pragma('journal_mode = WAL');
	database.pragma('synchronous = NORMAL');
	database.pragma('journal_size_limit = 0');
	database.pragma('busy_timeout = 2000');
	const customers = database.prepare(`
		select c.id, c.code, c.name, count(distinct k.id) as cards, coalesce(sum(b.balance_cents), 0) as balance_cents
		from customers c left join credit_cards k on k.customer_id = c.id left join bills b on b.card_id = k.id
		group by c.id order by c.id`);
	const counts = database.prepare(`
		select (select count(*) from customers) as customers, (select count(*) from bills) as bills,
		(select count(*) from transactions) as transactions, (select count(*) from credit_cards) as cards`);
	const sums = database.prepare(
		'select sum(expense_cents) as expenseCents, sum(repayment_cents) as repaymentCents from transactions',
	);
	const net = database.prepare('select sum(balance_cents) from bills').pluck();
	const rebook = database.prepare('update bills set balance_cents = ? where id = ?');
	const rebookAll = (rows: readonly Transaction[]): void => {
		for (const [id, cents] of balanceBills(rows)) rebook.run(cents, id);
	};
	return {
		customers: () => customers.all() as ReturnType<Books['customers']>,
		counts: () => counts.get() as ReturnType<Books['counts']>,
		sums: () => sums.get() as ReturnType<Books['sums']>,
		netCents: () => net.get() as number,
		loseTransactions: () => {
			database.transaction(() => {
				database.prepare('delete from transactions where id > ?').run(KEPT_TRANSACTIONS);
				rebookAll(listTransactions().slice(0, KEPT_TRANSACTIONS));
			})();
			database.pragma('wal_checkpoint(PASSIVE)');
		},
		restoreTransactions: () => {
			if ((counts.get() as ReturnType<Books['counts']>).transactions === TRANSACTIONS) return;
			const rows = listTransactions();
			database.transaction(() => {
				database.prepare('delete from transactions where id > ?').run(KEPT_TRANSACTIONS);
				insertTransactions(database, rows.slice(KEPT_TRANSACTIONS));
				rebookAll(rows);
			})();
			database.pragma('wal_checkpoint(PASSIVE)');
		},
		close: () => database.close(),
	};
}
