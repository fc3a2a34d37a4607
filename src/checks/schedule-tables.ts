import type { ProbeContext } from '../domain/check.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { NO_TABLE, readCrontab, readTimers, type Table } from './crontab.ts';
import { safeLine } from './masking.ts';
import type { ScheduleOptions } from './schedule-options.ts';

const TABLE_LIMIT = 256 * 1024;
const MOST_FILES = 1_000;
const SYSTEM_TABLES = ['/etc/crontab', '/etc/cron.d/*'];
/** cron passes over files whose names have a dot or end with `~`. */
const RUN_PARTS_NAME = /^[A-Za-z0-9_-]+$/;
const COMMANDS = {
	crontab: ['crontab', '-l'],
	systemd: ['systemctl', 'list-timers', '--all', '--no-pager', '--output=json'],
} as const;

/** What prints the table; null when it is read from files. */
export function commandOf({ from, user }: ScheduleOptions): readonly string[] | null {
	if (from === 'crontab') return user === undefined ? COMMANDS.crontab : [...COMMANDS.crontab, '-u', user];
	return from === 'systemd' ? COMMANDS.systemd : null;
}

/** Every entry of the table that was asked for. */
export async function readTable(
	options: ScheduleOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Table, Fault>> {
	const { from, tables, userColumn } = options;
	const argv = options.run ?? commandOf(options);
	if (argv === null)
		return readTables(from === 'file' ? (tables ?? []) : SYSTEM_TABLES, options, ports, context);
	const answer = await ports.processes.run({ argv, cwd: '/', env: {}, outputLimit: TABLE_LIMIT }, context);
	if (!answer.ok) return answer;
	const { exit, signal, stdout, stderr, truncated } = answer.value;
	const command = clean(argv[0] ?? '', { max: 80 });
	if (exit === null) return err(fault('exit-by-signal', { signal: signal ?? '?', command }));
	// Having no crontab is an answer, though crontab says it as a failure.
	if (from === 'crontab' && exit !== 0 && /^(?:crontab: )?no crontab for /m.test(stderr)) return ok(NO_TABLE);
	if (exit !== 0) {
		const message = safeLine(options, stderr.trim().split('\n').at(-1) ?? '', 200);
		return err(fault('command-failed', { command, exit, ...(message === '' ? {} : { message }) }));
	}
	if (truncated) return err(fault('body-too-large', { limitBytes: TABLE_LIMIT }));
	if (from !== 'systemd') return ok(readCrontab(stdout, userColumn ?? false));
	const timers = readTimers(stdout);
	return timers === null ? err(fault('bad-body', { format: 'JSON', reason: 'not-json' })) : ok(timers);
}

async function readTables(
	patterns: readonly string[],
	options: ScheduleOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Table, Fault>> {
	let table = NO_TABLE;
	for (const pattern of patterns) {
		const paths = await ports.files.glob(pattern, MOST_FILES);
		if (!paths.ok) return paths;
		if (paths.value.length === 0 && options.from === 'file')
			return err(fault('file-missing', { path: clean(pattern, { max: 300 }) }));
		for (const at of paths.value) {
			const isSystem = at === '/etc/crontab' || at.startsWith('/etc/cron.d/');
			if (at.startsWith('/etc/cron.d/') && !RUN_PARTS_NAME.test(at.slice(12))) continue;
			const text = await ports.files.readText(at, TABLE_LIMIT, context);
			if (!text.ok) return text;
			const read = readCrontab(text.value, options.userColumn ?? isSystem);
			table = {
				entries: [...table.entries, ...read.entries],
				broken: table.broken + read.broken,
				off: [...table.off, ...read.off],
			};
		}
	}
	return ok(table);
}
