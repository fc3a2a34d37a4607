import { z } from 'zod';
import { fault } from '../domain/fault.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { path, written } from './fields.ts';
import { countSample } from './samples.ts';

const FILE_LIMIT = 256 * 1024;

const names = () =>
	written<readonly string[]>(
		(value) =>
			Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)),
		{
			json: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z_]\\w*$' } },
			error: 'expected names of variables, such as [DATABASE_URL, SECRET_KEY]',
		},
	);

const schema = z
	.strictObject({
		file: path()
			.optional()
			.describe('A .env file; without it the variables of the console itself are looked at.'),
		required: names().optional().describe('Variables that must be set and not empty.'),
		advised: names().optional().describe('Variables that should be.'),
	})
	.superRefine((options, context) => {
		if ((options.required?.length ?? 0) + (options.advised?.length ?? 0) === 0)
			context.addIssue({ code: 'custom', message: 'expected at least one name in "required" or "advised"' });
	});

export type EnvOptions = z.output<typeof schema>;

/**
 * Samples: `set` and `of` (how many), `missing` and `unset` (the required and the advised ones that are not set, by name),
 * `<NAME>.set`, `<NAME>.length`. Never a value. Faults: `file-missing`, `file-malformed`, `no-permission`.
 */
export const env = defineCheckKind<EnvOptions>({
	name: 'env',
	title: { en: 'Environment variables', 'zh-CN': '环境变量' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<EnvOptions>,
	paths: ['file'],
	example: `settings:
  kind: env
  file: .env
  every: 1h
  required: [GOOGLE_PROJECT_ID, DOCPARSER_API_KEY]
  advised: [SENTRY_DSN]
`,
	headline: null,
	origin: () => null,
	target: targetOf,
	samples: (options) => {
		const units: Record<string, Unit> = { set: 'none', of: 'none', missing: 'none', unset: 'none' };
		for (const name of namesOf(options)) {
			units[`${name}.set`] = 'none';
			units[`${name}.length`] = 'none';
		}
		return units;
	},
	impliedMust: () => ['missing == ""'],
	impliedShould: () => ['unset == ""'],
	async probe(options, ports, context) {
		let find = (name: string) => ports.environment.get(name);
		if (options.file !== undefined) {
			const text = await ports.files.readText(options.file, FILE_LIMIT, context);
			if (!text.ok) return text;
			const read = readEnvFile(text.value);
			if (typeof read === 'number')
				return err(
					fault('file-malformed', { path: clean(options.file, { max: 300 }), format: '.env', line: read }),
				);
			find = (name) => read.get(name);
		}
		const samples: Record<string, Samples[string]> = {};
		const absent = new Set<string>();
		for (const name of namesOf(options)) {
			const value = find(name);
			if (value === undefined || value === '') absent.add(name);
			samples[`${name}.set`] = value !== undefined && value !== '';
			samples[`${name}.length`] = countSample(value?.length ?? 0);
		}
		const list = (some: readonly string[] = []) =>
			clean(some.filter((name) => absent.has(name)).join(', '), { max: 400 });
		samples['of'] = countSample(namesOf(options).length);
		samples['set'] = countSample(namesOf(options).length - absent.size);
		samples['missing'] = list(options.required);
		samples['unset'] = list(options.advised);
		const response = namesOf(options).map((name) => `${name} ${absent.has(name) ? '–' : '✔'}`);
		return ok({
			samples,
			transcript: { request: [targetOf(options)], response, body: '', bytes: 0, timings: [] },
		});
	},
});

function targetOf(options: EnvOptions): string {
	return clean(options.file ?? namesOf(options).join(' '), { max: 200 });
}

function namesOf({ required = [], advised = [] }: EnvOptions): string[] {
	return [...new Set([...required, ...advised])];
}

/** Names and values of a .env file, nothing expanded; or the number of the first line that is none. The last of one name wins. */
export function readEnvFile(text: string): ReadonlyMap<string, string> | number {
	const found = new Map<string, string>();
	const lines = text.split(/\r?\n/);
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] as string;
		if (/^\s*(#|$)/.test(line)) continue;
		const [, name, written = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/s.exec(line) ?? [];
		if (name === undefined) return at + 1;
		const quote = written[0];
		if (quote !== '"' && quote !== "'") {
			found.set(name, written.replace(/(^|\s)#.*$/, '').trim());
			continue;
		}
		let value = written.slice(1);
		const start = at;
		// A private key stands in quotes over many lines.
		while (endOf(value, quote) < 0 && at + 1 < lines.length) value += `\n${lines[++at]}`;
		const end = endOf(value, quote);
		if (end < 0) return start + 1;
		found.set(name, value.slice(0, end));
	}
	return found;
}

function endOf(value: string, quote: string): number {
	for (let at = 0; at < value.length; at++) {
		if (value[at] === '\\' && quote === '"') at++;
		else if (value[at] === quote) return at;
	}
	return -1;
}
