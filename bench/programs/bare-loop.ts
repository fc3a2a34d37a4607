import Database from 'better-sqlite3';
import { Agent, request } from 'undici';

/**
 * The floor: a timer a check, undici, JSON.parse, and one SQLite transaction for what came within 100 ms. No deadline, no
 * conditions, no faults. Arguments: a database file, the interval in ms, a JSON list of addresses.
 */
const [file = '', every = '1000', list = '[]'] = process.argv.slice(2);
const everyMs = Number(every);
const addresses = JSON.parse(list) as string[];

const dispatcher = new Agent({ keepAliveTimeout: 600_000, keepAliveMaxTimeout: 600_000, connections: 16 });
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
	'CREATE TABLE observation (at INTEGER, check_id INTEGER, status INTEGER, duration_us INTEGER, net REAL, PRIMARY KEY (at, check_id)) WITHOUT ROWID',
);
const insert = db.prepare('INSERT OR IGNORE INTO observation VALUES (?, ?, ?, ?, ?)');
type Row = [at: number, check: number, status: number, durationUs: number, net: number];
const store = db.transaction((rows: readonly Row[]) => {
	for (const row of rows) insert.run(...row);
});
let waiting: Row[] = [];

async function ask(address: string, check: number): Promise<void> {
	const at = Date.now();
	const began = performance.now();
	const { statusCode, body } = await request(address, { dispatcher });
	const { summary } = JSON.parse(await body.text()) as { summary: { net_balance: number } };
	if (waiting.length === 0) {
		setTimeout(() => {
			store(waiting);
			waiting = [];
		}, 100);
	}
	waiting.push([at, check, statusCode, Math.round((performance.now() - began) * 1000), summary.net_balance]);
}

addresses.forEach((address, check) => {
	setTimeout(
		() => {
			void ask(address, check);
			setInterval(() => void ask(address, check), everyMs);
		},
		(check / addresses.length) * everyMs,
	);
});
