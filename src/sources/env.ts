import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Manifest } from '../domain/backup.ts';
import type { Run } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { path, port, secretText, written } from '../fields/fields.ts';
import { variableNames } from '../fields/variables.ts';
import { defineSource } from './define.ts';
import { findVariables, fingerprintOf, placeText } from './env-values.ts';
import { provesHash } from './held-hash.ts';

/** Shorter values could be found by trying, unless the salt is a secret. */
const SHORTEST = 16;
const FACT = 'fingerprint.';
const DOCUMENT_LIMIT = 4 * 1024 * 1024;

const word = (error: string) =>
	written<string>((value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'), {
		json: { type: 'string', minLength: 1 },
		error,
	});

const schema = z
	.strictObject({
		names: variableNames().describe('The variables, by name. Their values are never kept.'),
		file: path()
			.optional()
			.describe(
				"A .env file. With a process as well, the process's own variables come first; without either, those of the console itself.",
			),
		pid: z
			.int({ error: 'expected a process number' })
			.min(1, 'expected a process number')
			.optional()
			.describe('The number of one process.'),
		pidFile: path().optional().describe('A file that holds the number.'),
		port: port().optional().describe('The TCP port it listens on.'),
		program: word('expected the name of a program').optional().describe('The name of the program, whole.'),
		command: word('expected a part of the command line').optional().describe('A part of the command line.'),
		salt: secretText()
			.optional()
			.describe(
				'Makes fingerprints worthless to whoever does not know it, by reference to a secret. Without it, a value of less than 16 characters gets no fingerprint, since it could be found by trying.',
			),
	})
	.superRefine(({ names }, context) => {
		if (names.length === 0)
			context.addIssue({
				code: 'custom',
				path: ['names'],
				message: 'expected names of variables, such as [DATABASE_URL, SECRET_KEY]',
			});
	});

export type EnvSourceOptions = z.output<typeof schema>;

interface Variable {
	readonly name: string;
	readonly present: boolean;
	/** null: not set, or too short to be kept safely. */
	readonly fingerprint: string | null;
	/** Against the newest copy before; null: that cannot be told. */
	readonly sameAsLast: boolean | null;
}

/**
 * Which variables are set, and salted fingerprints that tell whether one has changed. Never a value. A fingerprint is scrypt's of
 * the value with the plan's salt, or with a random one that goes from copy to copy.
 */
export const env = defineSource<EnvSourceOptions>({
	name: 'env',
	title: { en: 'Environment variables', 'zh-CN': '环境变量' },
	schema: schema as unknown as z.ZodType<EnvSourceOptions>,
	paths: ['file', 'pidFile'],
	example: `settings:
  source: env
  file: .env
  names: [GOOGLE_PROJECT_ID, DOCPARSER_API_KEY, SENTRY_DSN]
  salt: secret:fingerprint_salt
  to: logs/
  at: "mon 09:00"
`,
	subject(options) {
		const where = placeText(options);
		const names = clean(options.names.join(' '), { max: 150 });
		return where === '' ? names : clean(`${names} (${where})`, { max: 200 });
	},
	names: () => ({
		plain: 'env_backup_YYYYMMDD_HHMMSS.json',
		pinned: 'env_backup_YYYYMMDD_HHMMSS.pinned.json',
	}),
	compress: 'none',
	size: async () => ok(null),
	async copy(options, to, ports, run, { previous }) {
		const asOf = ports.clock.now();
		const find = await findVariables(options, ports, run);
		if (!find.ok) return find;
		const secret = options.salt === undefined ? null : reveal(options.salt);
		const salt = secret ?? saltOf(previous) ?? randomBytes(16).toString('hex');
		// With another salt than last time nothing can be compared.
		const mark = secret === null ? salt : await fingerprintOf('', 'salt', salt);
		const last = previous?.facts['salt'] === mark ? previous.facts : null;
		const names: Variable[] = [];
		for (const name of new Set(options.names)) {
			const stopped = stopOf(run, ports.clock.monotonic());
			if (stopped !== null) return err(stopped);
			const value = find.value(name);
			names.push(await variableOf(name, value, { salt, isSecret: secret !== null, last }));
			run.onProgress({ phase: 'copy', done: names.length, total: options.names.length, unit: 'steps' });
		}
		const configured = names.filter(({ present }) => present).length;
		const total = names.length;
		const document = { format: 1, at: new Date(asOf).toISOString(), configured, total, names };
		const wrote = await ports.folders.write(to, `${JSON.stringify(document, null, 2)}\n`);
		if (!wrote.ok) return wrote;
		return ok({
			asOf,
			method: 'fingerprints',
			versions: {},
			rows: { configured, total },
			sums: null,
			facts: {
				configured,
				total,
				changed: names.filter(({ sameAsLast }) => sameAsLast === false).length,
				salt: mark,
				...Object.fromEntries(names.map((one) => [`${FACT}${one.name}`, markOf(one)])),
			},
			warnings: [],
		});
	},
	async verify(_options, copy, ports, run) {
		const held = await provesHash(copy, ports, run);
		if (!held.ok) return held;
		const text = await ports.files.readText(copy.file, DOCUMENT_LIMIT, run);
		if (!text.ok) return text;
		const read = parseJson(text.value);
		const document = (read.ok ? read.value : null) as { names?: unknown } | null;
		const count = Array.isArray(document?.names) ? document.names.length : null;
		if (count === null || count !== copy.manifest.rows?.['total'])
			return err(fault('copy-damaged', { what: 'rows', name: clean(copy.manifest.name, { max: 200 }) }));
		return ok({ total: count, configured: copy.manifest.rows?.['configured'] ?? 0 });
	},
	restoring: null,
});

/** A random salt stands in the manifest as it is; of a secret one only a fingerprint does, which is longer or shorter. */
function saltOf(previous: Manifest | null): string | null {
	const salt = previous?.facts['salt'];
	return typeof salt === 'string' && /^[0-9a-f]{32}$/.test(salt) ? salt : null;
}

function markOf({ present, fingerprint }: Pick<Variable, 'present' | 'fingerprint'>): string {
	return fingerprint ?? (present ? 'short' : 'unset');
}

async function variableOf(
	name: string,
	value: string | undefined,
	how: { readonly salt: string; readonly isSecret: boolean; readonly last: Manifest['facts'] | null },
): Promise<Variable> {
	const present = value !== undefined && value !== '';
	const keeps = present && (how.isSecret || [...value].length >= SHORTEST);
	const fingerprint = keeps ? await fingerprintOf(name, value, how.salt) : null;
	const before = how.last?.[`${FACT}${name}`];
	const mark = markOf({ present, fingerprint });
	const isUnknown = before === undefined || (mark === 'short' && before === 'short');
	const sameAsLast = isUnknown ? null : mark === before;
	return { name, present, fingerprint, sameAsLast };
}

function stopOf(run: Run, now: number): Fault | null {
	if (run.signal.aborted) return fault('cancelled');
	return now >= run.deadline ? fault('timeout', { limitMs: 0 }) : null;
}
