import { z } from 'zod';
import { isZone } from '../domain/cron.ts';
import { reveal, type Text } from '../domain/secret.ts';
import {
	commandLine,
	duration,
	isText,
	path,
	pattern,
	readDuration,
	size,
	url,
	written,
} from '../fields/fields.ts';

/** Names of fields, or of anything else that is one word or a few. */
export const nameList = (error: string) =>
	written<readonly string[]>(
		(value) =>
			Array.isArray(value) &&
			value.length > 0 &&
			value.every((name) => typeof name === 'string' && name !== ''),
		{ json: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } }, error },
	);

/** One path or glob, or several. */
export const globs = () =>
	written<string | readonly string[]>(
		(value) => {
			const all = Array.isArray(value) ? value : [value];
			return (
				all.length > 0 && all.every((one) => typeof one === 'string' && one !== '' && !one.includes('\0'))
			);
		},
		{
			json: {
				anyOf: [
					{ type: 'string', minLength: 1 },
					{ type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
				],
			},
			error: 'expected a path, a glob, or a list of them',
		},
	).transform((value) => (typeof value === 'string' ? [value] : value)) as unknown as z.ZodType<
		readonly string[]
	>;

export const zone = () =>
	written<string>((value) => typeof value === 'string' && isZone(value), {
		json: { type: 'string', examples: ['UTC', 'Asia/Shanghai'] },
		error: 'expected a time zone such as Asia/Shanghai',
	});

const since = written<string>(
	(value) => typeof value === 'string' && (value === 'last-signed' || readDuration(value) !== null),
	{
		json: { type: 'string', examples: ['last-signed', '1h', '7d'] },
		error: 'expected last-signed or a duration such as 1h',
	},
);

const word = () => z.string({ error: 'expected the name of a field' }).min(1, 'expected the name of a field');
const fields = z
	.strictObject(
		{
			time: word().optional().describe('Where the time stands.'),
			level: word().optional().describe('Where the level stands.'),
			message: word().optional().describe('What is folded to a fingerprint.'),
			trace: word().optional().describe('What tells one request from another.'),
			user: word().optional().describe('Whom it happened to.'),
			role: word().optional().describe('What part they had.'),
			action: word().optional().describe('What was being done.'),
			duration: word().optional().describe('How long it took, in milliseconds.'),
		},
		{ error: 'expected names of fields, such as {time: ts, level: severity}' },
	)
	.prefault({});

const values = written<Readonly<Record<string, string | number | boolean>>>(
	(value) =>
		typeof value === 'object' &&
		value !== null &&
		!Array.isArray(value) &&
		Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one)),
	{
		json: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
		error: 'expected fields with a value each, such as {role: admin}',
	},
);

export const headerTexts = () =>
	written<Readonly<Record<string, Text>>>(
		(value) =>
			typeof value === 'object' &&
			value !== null &&
			!Array.isArray(value) &&
			Object.entries(value).every(
				([name, held]) =>
					/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && isText(held) && !/[\r\n\0]/.test(reveal(held)),
			),
		{
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error: 'expected header names with their text, such as {Accept: "application/json"}',
		},
	);

export const logSchema = z
	.strictObject({
		files: globs().optional().describe('Log files or globs; rotated parts beside them are read too.'),
		run: commandLine()
			.optional()
			.describe(
				'A command whose output is the log, such as [journalctl, -u, app, --since, "@{epoch}"]. "{since}" and "{epoch}" are filled with where reading begins, as ISO time and as seconds.',
			),
		exits: z
			.array(z.int({ error: 'expected a number' }), { error: 'expected a list of exit codes' })
			.prefault([0])
			.describe('Exit codes with which the command has answered; any other is a fault.'),
		cwd: path().prefault('.').describe('Folder to run the command in.'),
		loki: url().optional().describe('Address of a Loki server.'),
		query: z
			.string({ error: 'expected a LogQL query' })
			.min(1, 'expected a LogQL query')
			.optional()
			.describe('The LogQL query that selects the lines.'),
		headers: headerTexts().optional().describe('Headers for the Loki server, such as its tenant or a token.'),
		since: since
			.prefault('last-signed')
			.describe(
				'"last-signed": since the newest signed round (24h before the first). Or a duration back from now.',
			),
		before: duration()
			.prefault('7d')
			.describe('How far before that it is read to know which fingerprints are not new.'),
		level: z
			.enum(['debug', 'info', 'warning', 'error'], { error: 'expected debug, info, warning or error' })
			.optional()
			.describe('The lowest level that is counted.'),
		match: pattern().optional().describe('Only records with this in their first or last line are counted.'),
		ignore: pattern().optional().describe('Records with this are not.'),
		where: values.optional().describe('Only JSON records with these values are counted.'),
		fields: fields.describe(
			'Where JSON records hold what, if not under the usual names (timestamp, level, message, trace_id, user_id, role, action, duration_ms).',
		),
		require: nameList('expected names of fields, such as [timestamp, level]')
			.optional()
			.describe('Fields that every line must have as JSON; lines that have not are counted as `malformed`.'),
		mask: nameList('expected names of fields, such as [timestamp, level]')
			.optional()
			.describe('Sensitive fields to be hidden beside passwords, tokens, phone and identity numbers.'),
		zone: zone().optional().describe('Time zone of times written without one; the system’s if not said.'),
		missing: z
			.enum(['fault', 'ok'], { error: 'expected fault or ok' })
			.prefault('fault')
			.describe('"fault": no such file is critical. "ok": nothing was logged yet.'),
		limit: size()
			.prefault('64MiB')
			.describe('Most that is read at once; more since the beginning is a fault.'),
	})
	.superRefine((options, context) => {
		const sources = [options.files, options.run, options.loki].filter((one) => one !== undefined);
		if (sources.length !== 1)
			context.addIssue({ code: 'custom', message: 'expected exactly one of files, run and loki' });
		if ((options.loki === undefined) !== (options.query === undefined))
			context.addIssue({ code: 'custom', message: 'expected loki and query together' });
		const wanted = [options.level, options.match, options.where, options.require];
		if (wanted.every((one) => one === undefined))
			context.addIssue({
				code: 'custom',
				message: 'expected at least one of level, match, where and require',
			});
	});

export type LogOptions = z.output<typeof logSchema>;
