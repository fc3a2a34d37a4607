import Database from 'better-sqlite3';

/**
 * An application in a process of its own that writes without end: `sqlite-writer.ts <file> <journal mode> <pause ms> <synchronous>`. In each
 * transaction it moves an amount between two accounts and adds a line to the ledger, so the sum of all accounts stays 0 and
 * `counted.lines` is the number of lines, in every state that was ever committed. Asked `stop`, it says what it had to wait.
 */
const [file = '', mode = 'wal', pauseMs = '0', synchronous = 'NORMAL'] = process.argv.slice(2);
const db = new Database(file, { timeout: 60_000 });
db.pragma(`journal_mode = ${mode}`);
db.pragma(`synchronous = ${synchronous}`);

const move = db.transaction((from: number, to: number, amount: number) => {
	db.prepare('UPDATE account SET amount = amount - ? WHERE id = ?').run(amount, from);
	db.prepare('UPDATE account SET amount = amount + ? WHERE id = ?').run(amount, to);
	db.prepare('INSERT INTO ledger (body) VALUES (?)').run('x'.repeat(200));
	db.prepare('UPDATE counted SET lines = lines + 1').run();
});

let writes = 0;
let longestMs = 0;
let stopped = false;
process.on('message', (word) => {
	if (word === 'reset') longestMs = 0;
	if (word === 'stop') stopped = true;
});
process.on('disconnect', () => process.exit(0));

function write(): void {
	if (stopped) {
		db.close();
		process.send?.({ writes, longestMs }, () => process.exit(0));
		return;
	}
	const began = performance.now();
	move.immediate(1 + (writes % 50), 51 + (writes % 50), 1 + (writes % 7));
	longestMs = Math.max(longestMs, performance.now() - began);
	if (writes++ === 0) process.send?.('writing');
	setTimeout(write, Number(pauseMs));
}
write();
