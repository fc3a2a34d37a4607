import { z } from 'zod';
import { COMPRESSIONS } from '../domain/backup.ts';
import { duration, secretText, written } from '../fields/fields.ts';
import { conditions, oneOrMore, ownText, plain } from './section-fields.ts';

export const targetSchema = z.strictObject({
	kind: plain().describe('The sort of place: directory, mount, sftp, rsync, s3.'),
});

export const keepSchema = z.strictObject({
	days: z
		.number()
		.positive()
		.max(36_500)
		.optional()
		.describe('Younger backups stay, counted from the newest.'),
	weeks: z.number().positive().max(5_200).optional().describe('The same in weeks.'),
	auto: z
		.boolean()
		.optional()
		.describe(
			'Whether what may go is removed after each planned run. Default: false, then only when somebody agrees to its preview.',
		),
	copies: z.int().min(1).max(100_000).optional().describe('So many newest backups stay.'),
});

export const encryptSchema = z.strictObject({
	recipients: oneOrMore()
		.optional()
		.describe(
			'Public keys ("age1…") for which it is encrypted; with them alone, backups can be made and not opened.',
		),
	identity: secretText()
		.optional()
		.describe(
			'The secret key ("AGE-SECRET-KEY-…") that opens them again, by reference to a secret: for verify, drill and restore.',
		),
	passphrase: secretText().optional().describe('Instead of keys: a passphrase, by reference to a secret.'),
});

export const drillSchema = z.strictObject({
	every: duration().optional().describe('Due again after this time. Without it: by hand only.'),
	into: written<unknown>(() => true, { json: { type: 'object' }, error: '' })
		.optional()
		.describe(
			'A named staging place, as its source describes it; without it a scratch place that is taken away afterwards.',
		),
	mask: z
		.array(plain())
		.min(1)
		.optional()
		.describe('Statements that make what was restored harmless, run before anything else sees it.'),
	must: conditions().describe(
		'Conditions over `rto`, `rpo`, `bytes`, `rows.<table>` and `sum.<name>` that, when broken, are critical.',
	),
	should: conditions().describe('The same, as a warning.'),
});

export const restoreSchema = z.strictObject({
	stop: oneOrMore()
		.optional()
		.describe('Actions run before anything is replaced, in this order: what stops the services that use it.'),
	start: oneOrMore()
		.optional()
		.describe('Actions run afterwards, in this order; also when the restore failed.'),
	second: z
		.boolean()
		.optional()
		.describe('Whether a second operator has to start the same restore within 30 minutes. Default: false.'),
	warn: ownText()
		.optional()
		.describe('Said before anybody agrees, such as that data in memory is lost by a restart.'),
});

export const planSchema = z.strictObject({
	source: plain().optional().describe('What is copied: sqlite, postgres, files …'),
	title: ownText().optional().describe('Name on the screen; the id without it.'),
	to: oneOrMore()
		.optional()
		.describe(
			'Where to: a folder, or a name under `targets`; with several, backups are read back from the first.',
		),
	at: oneOrMore()
		.optional()
		.describe('When: "02:00", "sun 03:00", "mon,thu 02:30", or several times, in the zone of the system.'),
	every: duration().optional().describe('Or again after this time. With neither: by hand only.'),
	name: plain()
		.optional()
		.describe(
			'File name of a backup, with YYYYMMDD or YYYYMMDD_HHMMSS in it; the source has a default, with the time of day for a plan that runs again within a day.',
		),
	pinnedName: plain()
		.optional()
		.describe('The same for backups made by hand before a deployment, which are never purged.'),
	compress: z.enum(COMPRESSIONS).optional().describe('Default: as usual for the source.'),
	encrypt: encryptSchema.optional().describe('Encrypts backups before they leave this machine (age).'),
	keep: keepSchema
		.optional()
		.describe('How long backups stay. All limits must agree before one goes; without it, for ever.'),
	prove: oneOrMore()
		.optional()
		.describe(
			'Checks of the live thing that a restored copy has to pass too, in a drill and after a restore.',
		),
	drill: z
		.union([duration(), drillSchema])
		.optional()
		.describe('The rehearsed restore: how often it is due, or more about it.'),
	restore: restoreSchema.optional().describe('The restore for real.'),
	base: plain().optional().describe('The plan whose backups these continue, for increments.'),
	timeout: duration().optional().describe('A run ends after this time. Default: 2h.'),
	nothing: ownText()
		.optional()
		.describe('Instead of a source: why there is nothing to back up, said plainly on the screen.'),
});
