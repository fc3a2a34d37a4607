import { appendFileSync, chmodSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Log files of the demo's services: seeded once, growing while it runs, never larger than `ROTATE_BYTES` and one old copy. */
export type GrowingLogs = {
	/** A request was answered; written at most once in `SPARSE_MS` for each path, errors always. */
	request(
		service: 'flask' | 'accounting',
		line: { method: string; path: string; code: number; tookMs: number },
	): void;
	/** One stack trace in the server log and in error.log. */
	trace(): void;
	stop(): void;
};

const ROTATE_BYTES = 512 * 1024;
const SPARSE_MS = 20_000;
const BEAT_MS = 15_000;
const SEEDED_LINES = 90;

const BEATS = {
	flask: [
		'session store swept, 0 expired',
		'bill import watcher: nothing new',
		'OCR queue empty, processor ready',
		'dashboard cache refreshed, 8 customers',
	],
	accounting: ['ledger snapshot written, 281 bills', 'token cache swept', 'exchange rates unchanged'],
} as const;

const TRACES = [
	{
		path: '/api/dashboard/summary',
		frames: [
			'File "app.py", line 412, in dashboard_summary',
			'File "services/summary.py", line 88, in load_totals',
		],
		error: 'sqlite3.OperationalError: database is locked',
	},
	{
		path: '/api/bill/upload',
		frames: [
			'File "app.py", line 655, in upload_bill',
			'File "parsers/statement.py", line 141, in read_rows',
		],
		error: "KeyError: 'statement_date'",
	},
	{
		path: '/api/customers',
		frames: ['File "app.py", line 203, in list_customers', 'File "db/session.py", line 37, in connect'],
		error: 'TimeoutError: connection pool exhausted after 5 s',
	},
] as const;

export function growLogs(dir: string, random: () => number): GrowingLogs {
	const files = {
		flask: join(dir, 'tmp-logs', 'Server_1.log'),
		accounting: join(dir, 'tmp-logs', 'Accounting_API_1.log'),
		error: join(dir, 'logs', 'error.log'),
	};
	const lastWrittenAt = new Map<string, number>();
	let beats = 0;
	let traces = 0;
	const write = (service: 'flask' | 'accounting', level: string, text: string, at = Date.now()): void =>
		appendLine(files[service], `${stamp(service, at)} [${level}] ${text}`);

	seed(files, write);
	const timer = setInterval(() => {
		beats += 1;
		const service = beats % 2 === 0 ? 'accounting' : 'flask';
		const texts = BEATS[service];
		write(service, 'INFO', texts[Math.floor(random() * texts.length)]!);
	}, BEAT_MS);
	return {
		request: (service, { method, path, code, tookMs }) => {
			const now = Date.now();
			const key = `${service} ${method} ${path}`;
			const isBad = code >= 500;
			if (!isBad && now - (lastWrittenAt.get(key) ?? 0) < SPARSE_MS) return;
			// Unknown paths come from outside; remembering each would grow without end.
			if (lastWrittenAt.size < 100) lastWrittenAt.set(key, now);
			const shown = JSON.stringify(path.slice(0, 200)).slice(1, -1);
			write(service, isBad ? 'ERROR' : 'INFO', `${method} ${shown} ${code} ${tookMs}ms`);
		},
		trace: () => {
			const lines = formatTrace(traces);
			traces += 1;
			const now = Date.now();
			write('flask', 'ERROR', lines, now);
			appendLine(files.error, `${stamp('flask', now)} [ERROR] ${lines}`);
		},
		stop: () => clearInterval(timer),
	};
}

/** The trace's lines and, last, the request it happened in: the three parts the documented format asks for. */
function formatTrace(index: number): string {
	const { path, frames, error } = TRACES[index % TRACES.length]!;
	const body = ['Traceback (most recent call last):', ...frames.map((frame) => `  ${frame}`), error];
	return `${body.join('\n')} method=${path.endsWith('upload') ? 'POST' : 'GET'} path=${path} request=demo-${index + 1}`;
}

/** Two hours of quiet past, so that a new console has something to read; one old error, from before anybody looked. */
function seed(
	files: Record<'flask' | 'accounting' | 'error', string>,
	write: (service: 'flask' | 'accounting', level: string, text: string, at: number) => void,
): void {
	const now = Date.now();
	const stepMs = (2 * 3_600_000) / SEEDED_LINES;
	for (const service of ['flask', 'accounting'] as const) {
		if (existsSync(files[service])) continue;
		for (let index = 0; index < SEEDED_LINES; index += 1) {
			const isSlow = index % 37 === 30;
			const texts = BEATS[service];
			const text = isSlow ? 'slow query: transaction statistics took 240ms' : texts[index % texts.length]!;
			write(service, isSlow ? 'WARNING' : 'INFO', text, now - (SEEDED_LINES - index) * stepMs);
		}
	}
	if (existsSync(files.error)) return;
	const yesterday = now - 26 * 3_600_000;
	appendLine(
		files.error,
		`${stamp('flask', yesterday)} [ERROR] ${formatTrace(1).replace(/request=\S+/, 'request=demo-0')}`,
	);
}

/** 000's format for the server and error.log; 001's (Python's asctime, with milliseconds) for the other service. */
function stamp(service: 'flask' | 'accounting', at: number): string {
	const [day, time] = new Date(at).toISOString().split('T') as [string, string];
	const millis = service === 'accounting' ? `,${time.slice(9, 12)}` : '';
	return `[${day} ${time.slice(0, 8)}${millis}]`;
}

/** Appends one line; a full disk must not take the services down with it. */
function appendLine(file: string, line: string): void {
	try {
		if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
		const isNew = !existsSync(file);
		appendFileSync(file, `${line}\n`, { mode: 0o600 });
		if (isNew) chmodSync(file, 0o600);
	} catch {
		// The demo's logs are there to be looked at; nothing depends on a line of them.
	}
}
