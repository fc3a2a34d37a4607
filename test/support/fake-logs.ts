import type { CommandInput } from '../../src/domain/engine.ts';
import type { LogLine, LogPage } from '../../src/domain/log-line.ts';
import { MORNING } from './pictures.ts';

/** Merged logs in memory: cursors count lines, as those of the engine count bytes. */
export interface FakeLogs {
	readonly lines: LogLine[];
	/** Files told with every page, and what is wrong with them. */
	files: LogPage['sources'][number][];
	read(input: CommandInput<'logs.read'>): LogPage;
	add(level: LogLine['level'], text: string, extra?: Partial<LogLine>): LogLine;
}

const LEVELS: readonly LogLine['level'][] = ['debug', 'info', 'warning', 'error'];

function isShown(line: LogLine, { level, text, sinceAt }: CommandInput<'logs.read'>['filter']): boolean {
	if (level !== null && LEVELS.indexOf(line.level as never) < LEVELS.indexOf(level)) return false;
	if (text !== null && !line.text.toLowerCase().includes(text.toLowerCase())) return false;
	return sinceAt === null || (line.at ?? 0) >= sinceAt;
}

export function createFakeLogs(now = MORNING): FakeLogs {
	const lines: LogLine[] = [];
	const logs: FakeLogs = {
		lines,
		files: [
			{ name: 'error.log', path: '/srv/creditpilot/logs/error.log', bytes: 4096, fault: null },
			{ name: 'flask.log', path: '/srv/creditpilot/logs/flask.log', bytes: 8192, fault: null },
		],
		add(level, text, extra = {}) {
			const line: LogLine = {
				key: `0:${lines.length}`,
				source: 'flask.log',
				at: now - 600_000 + lines.length * 1_000,
				level,
				text,
				ours: false,
				...extra,
			};
			lines.push(line);
			return line;
		},
		read({ filter, from, limit, untilError }) {
			const indexed = lines.map((line, index) => ({ line, index }));
			const place = (cursor: string, isAfter: boolean) =>
				cursor.startsWith('c')
					? Number(cursor.slice(1).split(':').at(-1))
					: Number(cursor.split(':')[1]) + (isAfter ? 1 : 0);
			const isOn = 'after' in from;
			const border = 'at' in from ? lines.length : place('after' in from ? from.after : from.before, isOn);
			const side = indexed.filter(
				({ line, index }) => (isOn ? index >= border : index < border) && isShown(line, filter),
			);
			let found = isOn ? side.slice(0, limit) : side.slice(-limit);
			if (untilError) {
				const isError = ({ line }: { line: LogLine }) => line.level === 'error';
				const at = isOn ? side.findIndex(isError) : side.findLastIndex(isError);
				found =
					at < 0 ? [] : isOn ? side.slice(Math.max(0, at + 1 - limit), at + 1) : side.slice(at, at + limit);
			}
			const first = found[0]?.index ?? border;
			const last = found.length > 0 ? (found.at(-1)?.index ?? 0) + 1 : border;
			return {
				lines: found.map(({ line }) => line),
				before: first > 0 ? `c${first}` : null,
				after: `c${'at' in from ? lines.length : last}`,
				sources: logs.files,
				errors:
					filter.sinceAt === null
						? null
						: lines.filter(
								(line) =>
									line.level === 'error' &&
									!line.ours &&
									isShown(line, { ...filter, level: null, text: null }),
							).length,
			};
		},
	};
	return logs;
}

/** Twenty calm minutes with two errors: one with a stack trace, one of the console's own. */
export function fillLogs(logs: FakeLogs, count = 120): void {
	for (let n = 0; n < count; n++) {
		if (n === count - 40) {
			logs.add('error', "[ERROR] sqlite3.OperationalError: database is locked {'path': '/api/bill/upload'}", {
				source: 'error.log',
			});
			logs.add('unknown', '  File "/srv/creditpilot/app.py", line 214, in upload_bill', {
				source: 'error.log',
			});
			logs.add('unknown', '    cursor.execute(INSERT_BILL, row)', { source: 'error.log' });
		} else if (n === count - 20)
			logs.add('error', '[ERROR] rounds check mcp-health became critical', {
				source: 'error.log',
				ours: true,
			});
		else if (n % 17 === 3)
			logs.add(
				'warning',
				`slow query: 612 ms · SELECT * FROM transactions WHERE customer_id = ${n} ORDER BY posted_at DESC LIMIT 50`,
			);
		else logs.add('info', `127.0.0.1 - "GET /api/customers HTTP/1.1" 200 -  ${n}`);
	}
}
