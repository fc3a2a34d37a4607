import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { quantity, readQuantity, type Unit } from '../domain/value.ts';
import { splitCommand } from '../fields/command-line.ts';
import { commandSource, path, pattern, written } from '../fields/fields.ts';
import { askCommand, commandTranscript } from './ask-command.ts';
import { defineCheckKind } from './define.ts';
import { askGit, gitQuestion } from './git-state.ts';
import { lackingPackages, packageQuestion, readPackages } from './packages.ts';
import { countSample } from './samples.ts';
import { shellWord } from './shell-word.ts';
import { compareVersions, readRequirement, readVersion } from './versions.ts';

const VERSION = 'v?(\\d+(?:\\.\\d+)+\\w*)';

const schema = z
	.strictObject({
		run: commandSource()
			.optional()
			.describe('The command that says its version: a list of arguments, or one line split without a shell.'),
		pattern: pattern()
			.optional()
			.describe(
				'A regular expression whose first group is the version; usually the first number with a dot.',
			),
		minimum: written<string>((value) => typeof value === 'string' && readVersion(value) !== null, {
			json: { type: 'string', pattern: '^v?\\d' },
			error: 'expected a version in quotes, such as "3.8"',
		})
			.optional()
			.describe('The oldest version that will do; write it in quotes, since 3.10 is not 3.1.'),
		packages: written<readonly string[]>(
			(value) =>
				Array.isArray(value) &&
				value.length > 0 &&
				value.every((one) => typeof one === 'string' && readRequirement(one) !== null),
			{
				json: { type: 'array', items: { type: 'string' }, minItems: 1 },
				error: 'expected packages such as [fastapi, "uvicorn>=0.20"]',
			},
		)
			.optional()
			.describe('Packages that have to be installed, each with its oldest version where that matters.'),
		installer: z
			.enum(['pip', 'npm'], { error: 'expected pip or npm' })
			.prefault('pip')
			.describe('Who installed the packages.'),
		program: written<string>((value) => typeof value === 'string' && /^[^\s-]\S*$/.test(value), {
			json: { type: 'string', minLength: 1 },
			error: 'expected a program, such as /opt/app/venv/bin/python',
		})
			.optional()
			.describe('The python (or npm) whose packages are meant; usually python3 or npm.'),
		cwd: path().prefault('.').describe('Folder to ask in; npm lists the packages of this one.'),
		git: path().optional().describe('A folder of a git working tree.'),
	})
	.superRefine((options, context) => {
		const split = options.run === undefined ? null : splitCommand(options.run);
		if (split !== null && !split.ok)
			context.addIssue({ code: 'custom', message: split.error, path: ['run'] });
		if (options.minimum !== undefined && options.run === undefined)
			context.addIssue({ code: 'custom', message: 'expected "run" beside "minimum"' });
		if ((options.run ?? options.packages ?? options.git) === undefined)
			context.addIssue({ code: 'custom', message: 'expected at least one of run, packages or git' });
	});

export type RuntimeOptions = z.output<typeof schema>;

/**
 * Samples: with `run` `version`, `major`, `minor`, and with `minimum` `enough`; with `packages` `missing` and `outdated` (by name,
 * empty when all is well) and `installed` (how many there are at all); with `git` `branch`, `commit`, `dirty` (changed files),
 * `untracked`, `ahead`, `behind` (of what was last fetched). Faults: `command-missing`, `command-failed`, `bad-body` (no version
 * in what it said), `object-missing` (no repository), `no-permission`, `timeout`.
 */
export const runtime = defineCheckKind<RuntimeOptions>({
	name: 'runtime',
	title: { en: 'Runtime and code', 'zh-CN': '运行环境与代码' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<RuntimeOptions>,
	paths: ['cwd', 'git'],
	example: `python:
  kind: runtime
  run: [python3, --version]
  minimum: "3.8"
  packages: [fastapi, "uvicorn>=0.20"]
  git: .
  every: 1h
  timeout: 30s
  must:
    - enough == true
    - missing == ""
  should:
    - outdated == ""
    - dirty == 0
`,
	headline: null,
	origin: () => null,
	target: (options) => {
		const words = [...argvOf(options), ...(options.packages ?? []), options.git ?? ''];
		return clean(words.filter((word) => word !== '').join(' '), { max: 200 });
	},
	texts: () => ['version', 'missing', 'outdated', 'installed', 'branch', 'commit'],
	samples: (options) => {
		const units: Record<string, Unit> = {};
		const add = (...names: readonly string[]) => {
			for (const name of names) units[name] = 'none';
		};
		if (options.run !== undefined) add('version', 'major', 'minor');
		if (options.minimum !== undefined) add('enough');
		if (options.packages !== undefined) add('missing', 'outdated', 'installed');
		if (options.git !== undefined) add('branch', 'commit', 'dirty', 'untracked', 'ahead', 'behind');
		return units;
	},
	values: (options) => [
		...(options.run === undefined ? [] : ['version']),
		...(options.git === undefined ? [] : ['branch', 'commit']),
	],
	impliedMust: (options) => [
		...(options.minimum === undefined ? [] : ['enough == true']),
		...(options.packages === undefined ? [] : ['missing == ""', 'outdated == ""']),
		// A version or a commit that could be read is all that was asked.
		...(options.minimum === undefined && options.packages === undefined
			? [options.run === undefined ? 'commit not empty' : 'version not empty']
			: []),
	],
	copyAs: (options) =>
		questionsOf(options)
			.map((argv) => argv.map((part) => shellWord(part)).join(' '))
			.join('; '),
	async probe(options, ports, context) {
		const samples: Record<string, Samples[string]> = {};
		for (const ask of [askVersion, askPackages]) {
			const answer = await ask(options, ports, context);
			if (!answer.ok) return answer;
			Object.assign(samples, answer.value);
		}
		if (options.git !== undefined) {
			const tree = await askGit(options.git, ports, context);
			if (!tree.ok) return tree;
			Object.assign(samples, tree.value);
		}
		const asked = questionsOf(options).map((argv) => argv.join(' '));
		const lines = Object.entries(samples).map(
			([name, value]) => `${name} ${typeof value === 'object' ? (value?.number ?? '') : value}`,
		);
		return ok({ samples, transcript: commandTranscript([asked.join('; ')], lines) });
	},
});

type Answer = Result<Record<string, Samples[string]>, ProbeFault>;

async function askVersion(
	options: RuntimeOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Answer> {
	if (options.run === undefined) return ok({});
	const argv = argvOf(options);
	const answer = await askCommand({ argv, cwd: options.cwd }, ports, context);
	if (!answer.ok) return answer;
	// Some print it as a result, some as a remark (python 2, java, nginx).
	const said = `${answer.value.stdout}\n${answer.value.stderr}`.slice(0, 4096);
	const found = operatorPattern(options.pattern ?? VERSION, 'mu').exec(said);
	const version = clean(found?.[1] ?? found?.[0] ?? '', { max: 60 });
	const numbers = readVersion(version);
	if (numbers === null)
		return err(fault('bad-body', { format: clean(argv[0] ?? '', { max: 60 }), reason: 'not-json' }));
	const samples: Record<string, Samples[string]> = { version, major: quantity(numbers[0] ?? 0) };
	if (numbers[1] !== undefined) samples['minor'] = readQuantity(String(numbers[1])) ?? null;
	if (options.minimum !== undefined) {
		const order = compareVersions(version, options.minimum);
		if (order !== null) samples['enough'] = order >= 0;
	}
	return ok(samples);
}

async function askPackages(
	options: RuntimeOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Answer> {
	const { packages, installer, cwd } = options;
	if (packages === undefined) return ok({});
	const answer = await askCommand(
		{
			argv: packageQuestion(installer, programOf(options)),
			cwd,
			// npm ends with 1 as soon as one package is missing, and still lists them all.
			explain: (said) => (readPackages(installer, said.stdout) === null ? null : ok(said)),
		},
		ports,
		context,
	);
	if (!answer.ok) return answer;
	const installed = readPackages(installer, answer.value.stdout);
	if (installed === null) return err(fault('bad-body', { format: `${installer} JSON`, reason: 'not-json' }));
	const wanted = packages.map(readRequirement).filter((one) => one !== null);
	return ok({ ...lackingPackages(wanted, installed), installed: countSample(installed.size) });
}

function argvOf({ run }: RuntimeOptions): readonly string[] {
	const split = run === undefined ? null : splitCommand(run);
	return split?.ok ? split.value : [];
}

function programOf({ program, installer }: RuntimeOptions): string {
	return program ?? (installer === 'pip' ? 'python3' : 'npm');
}

function questionsOf(options: RuntimeOptions): readonly (readonly string[])[] {
	return [
		...(options.run === undefined ? [] : [argvOf(options)]),
		...(options.packages === undefined ? [] : [packageQuestion(options.installer, programOf(options))]),
		...(options.git === undefined ? [] : [gitQuestion(options.git)]),
	];
}
