import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Books, createBooks } from './database.ts';

/**
 * Books that take up another file once one was put in their place, as Flask does by restarting itself when something changed.
 * The former handle is left open and never used again: closing it would take away the write-ahead files of the new one, which
 * bear the same names.
 */
export function watchBooks(path: string, first: Books): Books {
	let books = first;
	let inode = statSync(path).ino;
	const present = (): Books => {
		const found = statSync(path, { throwIfNoEntry: false });
		if (found === undefined || found.ino === inode) return books;
		books = createBooks(new Database(path));
		inode = found.ino;
		return books;
	};
	return {
		customers: () => present().customers(),
		counts: () => present().counts(),
		sums: () => present().sums(),
		netCents: () => present().netCents(),
		loseTransactions: () => present().loseTransactions(),
		restoreTransactions: () => present().restoreTransactions(),
		close: () => books.close(),
	};
}
