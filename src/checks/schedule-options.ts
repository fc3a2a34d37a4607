import { z } from 'zod';
import { parseCron } from '../domain/cron.ts';
import { commandLine, duration, pattern, size, written } from '../fields/fields.ts';
import { globs, zone } from './log-options.ts';

const time = written<string>((value) => typeof value === 'string' && parseCron(value) !== null, {
	json: { type: 'string', examples: ['0 3 * * *', '@daily'] },
	error: 'expected a crontab time such as "0 3 * * *"',
});

export const scheduleSchema = z
	.strictObject({
		from: z
			.enum(['crontab', 'system', 'systemd', 'file'], { error: 'expected crontab, system, systemd or file' })
			.prefault('crontab')
			.describe(
				'"crontab": what `crontab -l` says. "system": /etc/crontab and /etc/cron.d. "systemd": its timers. "file": the files under `tables`.',
			),
		user: z
			.string({ error: 'expected a user name' })
			.regex(/^[a-z_][\w.-]*$/i, 'expected a user name')
			.optional()
			.describe('Whose crontab, if not that of who runs the console; only root may ask.'),
		run: commandLine()
			.optional()
			.describe('Another command that prints the table, such as [docker, exec, app, crontab, -l].'),
		tables: globs().optional().describe('Files or globs of crontabs.'),
		userColumn: z
			.boolean({ error: 'expected true or false' })
			.optional()
			.describe('Whether a user stands before the command, as in /etc/cron.d.'),
		match: pattern().describe('What the command, or the timer’s name, holds.'),
		wanted: time
			.optional()
			.describe('When it should run, as in a crontab; `0 2 * * 0` and `0 2 * * sun` are the same.'),
		trace: globs()
			.optional()
			.describe('Files that it writes: the newest must not be older than its last run.'),
		log: globs().optional().describe('Log files in which it leaves a line.'),
		line: pattern().optional().describe('What that line holds.'),
		grace: duration().prefault('1h').describe('How long after its time the trace may come.'),
		zone: zone().optional().describe('Time zone of the table; that of this machine if not said.'),
		limit: size().prefault('64MiB').describe('Most of the log that is read.'),
	})
	.superRefine((options, context) => {
		if ((options.from === 'file') !== (options.tables !== undefined))
			context.addIssue({ code: 'custom', message: 'expected tables with "from: file", and only there' });
		if ((options.log === undefined) !== (options.line === undefined))
			context.addIssue({ code: 'custom', message: 'expected log and line together' });
	});

export type ScheduleOptions = z.output<typeof scheduleSchema>;
