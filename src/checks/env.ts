import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { readEnvFile } from '../fields/env-file.ts';
import { path } from '../fields/fields.ts';
import { variableNames } from '../fields/variables.ts';
import { defineCheckKind } from './define.ts';
import { choiceText, findChosen, hasChoice, processChoice } from './process-choice.ts';
import { restoredPath } from './restored.ts';
import { countSample } from './samples.ts';
import { type Breach, breachOf, type VariableRule, variableRules } from './variable-rules.ts';

const FILE_LIMIT = 256 * 1024;

const schema = z
	.strictObject({
		file: path()
			.optional()
			.describe(
				"A .env file. With a process as well, the process's own variables come first, as programs that read such a file do; without either, those of the console itself.",
			),
		...processChoice,
		required: variableNames().optional().describe('Variables that must be set and not empty.'),
		advised: variableNames().optional().describe('Variables that should be.'),
		rules: variableRules
			.optional()
			.describe("What a variable's value has to be; with `${name}` it may differ per environment."),
	})
	.superRefine((options, context) => {
		if (namesOf(options).length === 0)
			context.addIssue({
				code: 'custom',
				message: 'expected at least one name in "required", "advised" or "rules"',
			});
	});

export type EnvOptions = z.output<typeof schema>;

/**
 * Samples: `set` and `of` (how many), `missing` (those that must be set and are not), `unset` (those that should be),
 * `broken` (those whose value breaks a rule, with the rule's name: `DEBUG equals`), `doubtful` (the same of those that only
 * should be set), and of each `<NAME>.set`, `<NAME>.length`, `<NAME>.rule` (the rule it breaks, or empty). Never a value. Of a
 * process they are those it was started with. Faults: `file-missing`, `file-malformed`, `no-permission`, `object-missing`
 * (no such process), `not-supported` (this system does not tell another process's variables).
 */
export const env = defineCheckKind<EnvOptions>({
	name: 'env',
	title: { en: 'Environment variables', 'zh-CN': '环境变量' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<EnvOptions>,
	paths: ['file', 'pidFile'],
	example: `settings:
  kind: env
  file: .env
  every: 1h
  required: [GOOGLE_PROJECT_ID, DOCPARSER_API_KEY]
  advised: [SENTRY_DSN]
  rules:
    LOG_LEVEL: {oneOf: [INFO, WARNING, ERROR]}
    FLASK_DEBUG: {need: may, oneOf: ["0", "false"]}
    AUTH_TOKEN: {not: [demo_token_2025], real: true, minLength: 32}
`,
	headline: null,
	origin: () => null,
	target: targetOf,
	texts: (options) => [
		'missing',
		'unset',
		'broken',
		'doubtful',
		...namesOf(options).map((name) => `${name}.rule`),
	],
	samples: (options) => {
		const units: Record<string, Unit> = {
			set: 'none',
			of: 'none',
			missing: 'none',
			unset: 'none',
			broken: 'none',
			doubtful: 'none',
		};
		for (const name of namesOf(options)) {
			units[`${name}.set`] = 'none';
			units[`${name}.length`] = 'none';
			units[`${name}.rule`] = 'none';
		}
		return units;
	},
	values: () => ['set', 'of'],
	impliedMust: () => ['missing == ""', 'broken == ""'],
	impliedShould: () => ['unset == ""', 'doubtful == ""'],
	onRestored(options, restored) {
		// With a process as well, it is the live process that answers.
		if (options.file === undefined || hasChoice(options)) return null;
		const file = restoredPath(options.file, restored);
		return file === null ? null : { ...options, file };
	},
	async probe(options, ports, context) {
		const find = await sourceOf(options, ports, context);
		if (!find.ok) return find;
		const { samples, response } = samplesOf(options, find.value);
		return ok({
			samples,
			transcript: { request: [targetOf(options)], response, body: '', bytes: 0, timings: [] },
		});
	},
});

type Find = (name: string) => string | undefined;

async function sourceOf(
	options: EnvOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Find, ProbeFault>> {
	const { file } = options;
	const written = file === undefined ? null : await readFile(file, ports, context);
	if (written !== null && !written.ok) return written;
	if (!hasChoice(options))
		return ok((name) => (written === null ? ports.environment.get(name) : written.value.get(name)));
	const chosen = await findChosen(options, false, ports, context);
	if (!chosen.ok) return chosen;
	// The oldest is the one that was started by hand or by the system; its workers have inherited from it.
	const [main] = chosen.value.found;
	if (main === undefined) return err(fault('object-missing', { what: 'process', name: choiceText(options) }));
	const variables = await ports.processes.environmentOf(main.pid, context);
	if (!variables.ok) return variables;
	return ok((name) => variables.value.get(name) ?? written?.value.get(name));
}

async function readFile(
	file: string,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<ReadonlyMap<string, string>, ProbeFault>> {
	const text = await ports.files.readText(file, FILE_LIMIT, context);
	if (!text.ok) return text;
	const read = readEnvFile(text.value);
	return typeof read === 'number'
		? err(fault('file-malformed', { path: clean(file, { max: 300 }), format: '.env', line: read }))
		: ok(read);
}

function samplesOf(options: EnvOptions, find: Find) {
	const rules = rulesOf(options);
	const samples: Record<string, Samples[string]> = {};
	const [missing, unset, broken, doubtful]: [string[], string[], string[], string[]] = [[], [], [], []];
	const response: string[] = [];
	let count = 0;
	for (const [name, rule] of rules) {
		const value = find(name);
		const isSet = value !== undefined && value !== '';
		if (isSet && rule.need !== 'never') count++;
		const breach: Breach | null = breachOf(rule, value);
		const isAdvice = rule.need === 'should';
		if (breach === 'unset') (isAdvice ? unset : missing).push(name);
		else if (breach !== null) (isAdvice ? doubtful : broken).push(`${name} ${breach}`);
		samples[`${name}.set`] = isSet;
		samples[`${name}.length`] = countSample(isSet ? [...value].length : 0);
		samples[`${name}.rule`] = breach ?? '';
		response.push(`${name} ${breach === null ? (isSet ? '✔' : '–') : breach}`);
	}
	const list = (some: readonly string[]) => clean(some.join(', '), { max: 400 });
	samples['of'] = countSample([...rules.values()].filter(({ need }) => need !== 'never').length);
	samples['set'] = countSample(count);
	samples['missing'] = list(missing);
	samples['unset'] = list(unset);
	samples['broken'] = list(broken);
	samples['doubtful'] = list(doubtful);
	return { samples, response };
}

const PLAIN: VariableRule = { need: 'must', real: false };

/** Every variable with its rule; a name in a list keeps the list's need. */
function rulesOf({ required = [], advised = [], rules = {} }: EnvOptions): ReadonlyMap<string, VariableRule> {
	const all = new Map<string, VariableRule>();
	for (const name of advised) all.set(name, { ...PLAIN, need: 'should' });
	for (const [name, rule] of Object.entries(rules))
		all.set(name, advised.includes(name) && rule.need === 'must' ? { ...rule, need: 'should' } : rule);
	for (const name of required) all.set(name, { ...(all.get(name) ?? PLAIN), need: 'must' });
	return all;
}

function targetOf(options: EnvOptions): string {
	const process = hasChoice(options) ? choiceText(options) : undefined;
	return clean(options.file ?? process ?? namesOf(options).join(' '), { max: 200 });
}

function namesOf({ required = [], advised = [], rules = {} }: Partial<EnvOptions>): string[] {
	return [...new Set([...required, ...advised, ...Object.keys(rules)])];
}
