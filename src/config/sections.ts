import { z } from 'zod';
import { CADENCES } from '../domain/cadence.ts';
import { commandSource, duration, path, port, text, written } from '../fields/fields.ts';
import { planSchema, targetSchema } from './backup-sections.ts';
import { conditions, oneOrMore, ownText, plain } from './section-fields.ts';

/** Names an operator gives: they appear in conditions, file names and on the command line. */
export const ID = /^\p{L}[\p{L}\p{N}_-]{0,63}$/u;
export const ID_LIMIT = 64;

export const environmentSchema = z.strictObject({
	default: z
		.boolean()
		.optional()
		.describe('The environment used when none is chosen by --env or ROUNDS_ENV.'),
	guard: z
		.enum(['none', 'confirm', 'typed'])
		.optional()
		.describe(
			'What actions ask here before they run: nothing, a yes, or the name of the environment typed. Default: none.',
		),
	vars: z
		.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
		.optional()
		.describe('Values for ${name} in texts.'),
});

export const stateSchema = z.strictObject({
	path: path()
		.optional()
		.describe('Folder of the database, signed rounds and output, relative to this file. Default: .rounds.'),
	group: plain().optional().describe('Unix group that shares the state. Without it: only the owner.'),
});

export const serviceSchema = z.strictObject({
	title: ownText().optional().describe('Name on the screen; the id without it.'),
	port: port().optional().describe('Port it listens on, shown beside its name.'),
	logs: z.array(path()).optional().describe('Log files and globs, relative to this file.'),
	needs: oneOrMore()
		.optional()
		.describe('Services or checks whose trouble explains the trouble of every check of this service.'),
});

export const checkSchema = z.strictObject({
	kind: plain().describe('The sort of question.'),
	service: plain().optional().describe('The service this asks about.'),
	title: ownText().optional().describe('Name on the screen; the id without it.'),
	every: duration().optional().describe('How often to ask; at least 1s. Default: 30s.'),
	timeout: duration().optional().describe('No answer by then is a fault. Default: 5s.'),
	confirm: z
		.int()
		.min(1)
		.max(20)
		.optional()
		.describe('How many equal verdicts make a level hard. Default: 3.'),
	for: duration()
		.optional()
		.describe('A bad level is hard only after it has lasted this long, besides confirm. Default: 0s.'),
	hours: plain()
		.optional()
		.describe('Asked only in these hours of the system\'s zone: "08:00-20:00", "mon-fri 08:00-20:00".'),
	needs: oneOrMore()
		.optional()
		.describe(
			'Checks or services whose trouble explains this one: it is asked all the same and not counted.',
		),
	must: conditions().describe('Conditions that, when broken, are critical.'),
	should: conditions().describe('Conditions that, when broken, are a warning.'),
	show: written<unknown>(() => true, {
		json: { type: 'object', additionalProperties: { type: 'string' } },
		error: '',
	})
		.optional()
		.describe('Values kept, drawn and trended: name and expression.'),
});

export const actionSchema = z.strictObject({
	title: ownText().optional().describe('Name in the palette; the id without it.'),
	key: plain().optional().describe('One character that starts it.'),
	confirm: z
		.boolean()
		.optional()
		.describe(
			"Asks before it runs, as strongly as the environment's guard wants: a yes, or the environment's name typed. Default: false.",
		),
	recheck: z
		.array(plain())
		.min(1)
		.optional()
		.describe('Checks to ask again when it has ended, since it may have changed them; [all] for every one.'),
	tells: plain()
		.optional()
		.describe('The event that has happened once this ended ok: the steps that follow it are due.'),
	run: commandSource()
		.optional()
		.describe('Command: a list of arguments, or one line that is split without a shell.'),
	shell: z.boolean().optional().describe('Gives `run`, one line, to /bin/sh. Default: false.'),
	cwd: path()
		.optional()
		.describe('Folder it runs in, relative to this file. Default: the folder of this file.'),
	env: z
		.record(z.string(), text())
		.optional()
		.describe('Variables added to its environment; secrets belong here.'),
	timeout: duration().optional().describe('Ended after this time, with everything it started. Default: 5m.'),
	result: plain().optional().describe('Regular expression over the output; its named groups become values.'),
	must: conditions().describe(
		'Conditions over `exit` and the named groups that, when broken, are critical. Default: exit == 0.',
	),
	should: conditions().describe('The same, as a warning.'),
	builtin: z
		.enum(['report'])
		.optional()
		.describe('Something the console does itself: `report` writes the daily report.'),
	sequence: z
		.array(z.union([plain(), z.strictObject({ action: plain() }), z.strictObject({ check: plain() })]))
		.min(1)
		.optional()
		.describe('Actions and checks run one after the other; a failing one does not stop the rest.'),
});

export const lookSchema = z.strictObject({
	log: plain().describe('A service that has logs, or a log file.'),
	level: z.enum(['error', 'warning', 'info', 'debug']).optional().describe('Lines of this level and worse.'),
	since: z
		.union([z.literal('last-signed'), duration()])
		.optional()
		.describe('Since the last signed round, or for a duration.'),
});

export const stepSchema = z.strictObject({
	title: ownText().optional().describe('Name on the sheet.'),
	check: oneOrMore().optional().describe('Automatic: one check, or a list of checks that are one step.'),
	run: plain().optional().describe('Launched: an action.'),
	ask: ownText().optional().describe('Manual: a question, answered with a note.'),
	look: lookSchema.optional().describe('Log lines shown beside the question.'),
	every: z.enum(CADENCES).optional().describe('Due once in this time; without it in every round.'),
	after: z
		.array(path())
		.min(1)
		.optional()
		.describe('Due when one of these files or globs changed since it was done last.'),
	events: oneOrMore()
		.optional()
		.describe('Due when one of these events was told since it was done last: `rounds event NAME`.'),
	changes: z
		.boolean()
		.optional()
		.describe('Shows beside the question what changed since the last signed round.'),
});

export const eventSchema = z.strictObject({
	title: ownText().optional().describe('What happens, in words; the id without it.'),
});

export const maintenanceSchema = z.strictObject({
	title: ownText().describe('What is done then.'),
	from: plain().optional().describe('Begins, as "2026-01-31 22:00" in the zone of the system; with `to`.'),
	to: plain().optional().describe('Ends, written alike.'),
	every: plain().optional().describe('Every week at these hours: "sun 02:00-04:00".'),
	only: oneOrMore().optional().describe('Checks and services it is about. Default: all.'),
});

export const sheetSchema = z.strictObject({
	title: ownText().optional().describe('Name of the round; morning, afternoon and evening have one.'),
	at: plain()
		.optional()
		.describe('When it is due, "HH:MM" in the time zone of the system. Without it: begun by hand only.'),
	grace: duration().optional().describe('Late after this time. Default: 30m.'),
	steps: z.array(stepSchema).min(1).describe('What is walked through, in this order.'),
});

/** The whole file but its checks, whose schema depends on their kind. */
export const SECTIONS = {
	version: z.literal(1).describe('Version of this format.'),
	system: plain().describe('Name of the system, on every screen.'),
	timezone: plain().optional().describe('IANA name of the clock of the rounds. Default: UTC.'),
	state: stateSchema.optional().describe('Where everything is kept.'),
	environments: z
		.record(z.string(), environmentSchema)
		.optional()
		.describe('One is active; everything stored is keyed by it.'),
	secrets: z
		.record(z.string(), z.unknown())
		.optional()
		.describe('Where secrets are kept: env:NAME, file:path or cmd:command, never a value.'),
	services: z.record(z.string(), serviceSchema).optional().describe('What is watched.'),
	actions: z
		.record(z.string(), actionSchema)
		.optional()
		.describe('What can be started by key, palette, step or command line.'),
	targets: z
		.record(z.string(), targetSchema)
		.optional()
		.describe('Places for backups, by name; a plain folder needs no name.'),
	backups: z
		.record(z.string(), planSchema)
		.optional()
		.describe('Backup plans: what is copied, where to, when, how long it is kept, how it is proven.'),
	rounds: z.record(z.string(), sheetSchema).optional().describe('Round sheets.'),
	events: z
		.record(z.string(), eventSchema)
		.optional()
		.describe(
			'What happens outside and steps may follow, as a deploy or an import; `rounds event NAME` tells that it did.',
		),
	maintenance: z
		.array(maintenanceSchema)
		.optional()
		.describe('Planned time in which trouble is no news; everything is asked all the same.'),
	keys: z.record(z.string(), plain()).optional().describe("The console's own keys, remapped by action id."),
	errorLog: path().optional().describe('File our error lines go to. Default: logs/error.log.'),
	report: path()
		.optional()
		.describe('File of the daily report; YYYYMMDD is the date. Default: logs/daily_report_YYYYMMDD.md.'),
	include: z
		.union([plain(), z.array(plain())])
		.optional()
		.describe('Further files or globs, relative to this file: maps merge, lists append.'),
} as const;

/** Words of sections whose capability is not built yet. */
export const NOT_YET = [
	'channels',
	'alerts',
	'contacts',
	'silences',
	'escalation',
	'runbooks',
	'incidents',
	'drills',
	'deploys',
] as const;

export const SECTION_NAMES: readonly string[] = [...Object.keys(SECTIONS), 'checks'];
