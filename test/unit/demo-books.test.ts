import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openBooks } from '../../src/demo/database.ts';
import { KEPT_TRANSACTIONS, TRANSACTIONS } from '../../src/demo/ledger.ts';
import { watchBooks } from '../../src/demo/watched-books.ts';

test('the demo takes up a database that was put in its place while it runs', () => {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-books-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const path = join(folder, 'books.db');
	const books = watchBooks(path, openBooks(path));
	const copy = join(folder, 'copy.db');
	const source = new Database(path, { readonly: true });
	source.exec(`vacuum into '${copy}'`);
	source.close();
	books.loseTransactions();
	expect(books.counts().transactions).toBe(KEPT_TRANSACTIONS);
	for (const file of [`${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
	renameSync(copy, path);
	expect(books.counts().transactions).toBe(TRANSACTIONS);
	books.close();
});
