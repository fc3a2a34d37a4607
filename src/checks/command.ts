import { z } from 'zod';
import { fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { CommandAnswer } from '../domain/ports.ts';
import type { Samples, Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { readQuantity, type Unit } from '../domain/value.ts';
import { argumentsOf } from '../fields/command-line.ts';
import { commandSource, path, pattern } from '../fields/fields.ts';
import { isSampleName } from '../fields/queries.ts';
import { variableTexts } from '../fields/variables.ts';
import { defineCheckKind } from './define.ts';
import { maskSecrets, safeLine, safeStart, shown } from './masking.ts';
import { readPerfdata } from './perfdata.ts';
import { bytesSample, countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const OUTPUT_LIMIT = 64 * 1024;
const STATES = ['ok', 'warning', 'critical'] as const;
const PERF_UNITS = { number: 'none', duration: 'ms', size: 'bytes', percent: 'ratio' } as const;
const OWN: Readonly<Record<string, Unit>> = { exit: 'none', took: 'ms', stdout: 'none', stderr: 'bytes' };

const schema = z
	.strictObject({
		run: commandSource().describe(
			'The command: a list of arguments, or one line that is split without a shell.',
		),
		shell: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Hands the line to /bin/sh.'),
		cwd: path().prefault('.').describe('Folder to run in.'),
		env: variableTexts().optional().describe('Variables to set; the place for secrets.'),
		result: pattern()
			.optional()
			.describe('A regular expression; its named groups become samples. The last match counts.'),
		read: z
			.enum(['text', 'json'], { error: 'expected text or json' })
			.prefault('text')
			.describe('"json": what it prints is a document for conditions such as `$.ok == true`.'),
		nagios: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe(
				'It is a Nagios plugin: its exit code 0, 1, 2 is the sample `state`; any other leaves that unknown.',
			),
		perf: z
			.record(
				z.string(),
				z.enum(['number', 'duration', 'size', 'percent'], {
					error: 'expected number, duration, size or percent',
				}),
				{
					error: 'expected labels with their unit, such as {time: duration}',
				},
			)
			.optional()
			.describe('Performance values of a Nagios plugin that become samples, with their unit.'),
	})
	.superRefine((options, context) => {
		const split = argumentsOf(options.run, options.shell);
		if (!split.ok) context.addIssue({ code: 'custom', message: split.error, path: ['run'] });
		for (const name of [...groupsOf(options.result), ...Object.keys(options.perf ?? {}).map(perfName)])
			if (Object.hasOwn(OWN, name) || name === 'state')
				context.addIssue({
					code: 'custom',
					message: `the sample "${name}" is taken`,
					path: [options.perf ? 'perf' : 'result'],
				});
	});

export type CommandOptions = z.output<typeof schema>;

/**
 * Samples: `exit`, `took`, `stdout` (first line), `stderr` (bytes), named groups of `result`, `state` and performance values
 * of a Nagios plugin. Faults: `command-missing`, `no-permission`, `timeout`, `exit-by-signal`, `bad-body`.
 */
export const command = defineCheckKind<CommandOptions>({
	name: 'command',
	title: { en: 'Command', 'zh-CN': '命令' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<CommandOptions>,
	paths: ['cwd'],
	example: `disk:
  kind: command
  run: [df, --output=pcent, /]
  every: 5m
  timeout: 10s
  result: '(?<used>\\d+)%'
  must: [exit == 0]
  should: [used < 80]
`,
	headline: 'took',
	origin: () => null,
	target: (options) => clean(argvOf(options).join(' '), { max: 200 }),
	samples: (options) => {
		const units: Record<string, Unit> = { ...OWN };
		if (options.nagios) units['state'] = 'none';
		for (const group of groupsOf(options.result)) units[group] = 'none';
		for (const [label, unit] of Object.entries(options.perf ?? {})) units[perfName(label)] = PERF_UNITS[unit];
		return units;
	},
	impliedMust: (options) => [options.nagios ? 'state in ["ok", "warning"]' : 'exit == 0'],
	impliedShould: (options) => (options.nagios ? ['state == "ok"'] : []),
	copyAs: (options) => {
		const variables = Object.entries(options.env ?? {}).map(
			([name, value]) => `${name}=${shellWord(value)} `,
		);
		return `cd ${shellWord(options.cwd)} && ${variables.join('')}${argvOf(options)
			.map((part) => shellWord(part))
			.join(' ')}`;
	},
	async probe(options, ports, context) {
		const answer = await ports.processes.run(
			{ argv: argvOf(options), cwd: options.cwd, env: options.env ?? {}, outputLimit: OUTPUT_LIMIT },
			context,
		);
		if (!answer.ok) return answer;
		const transcript = transcriptOf(options, answer.value);
		const { exit, signal, stdout } = answer.value;
		if (exit === null)
			return err({
				...fault('exit-by-signal', {
					signal: signal ?? '?',
					command: clean(argvOf(options)[0] ?? '', { max: 80 }),
				}),
				transcript,
			});
		const samples = samplesOf(options, answer.value, exit);
		if (options.read === 'text') return ok({ samples, transcript });
		const parsed = parseJson(stdout);
		if (parsed.ok && !answer.value.truncated) return ok({ samples, document: parsed.value, transcript });
		const reason = parsed.ok ? 'truncated' : parsed.why.code;
		return err({ ...fault('bad-body', { format: 'JSON', reason }), transcript });
	},
});

function argvOf(options: CommandOptions): readonly string[] {
	const split = argumentsOf(options.run, options.shell);
	return split.ok ? split.value : [];
}

function samplesOf(
	options: CommandOptions,
	answer: CommandAnswer,
	exit: number,
): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = {
		exit: countSample(exit),
		took: msSample(answer.durationMs),
		stdout: safeLine(options, answer.stdout.split('\n')[0] ?? '', 200),
		stderr: bytesSample(Buffer.byteLength(answer.stderr)),
	};
	const state = STATES[exit];
	// An unknown plugin has said nothing: without the sample every condition on it is unknown too.
	if (options.nagios && state !== undefined) samples['state'] = state;
	if (options.result !== undefined) {
		const output = maskSecrets(options, `${answer.stdout}\n${answer.stderr}`);
		const last = [...output.matchAll(operatorPattern(options.result, 'gmu'))].at(-1);
		for (const [name, text] of Object.entries(last?.groups ?? {}))
			if (text !== undefined) samples[name] = readQuantity(text.trim()) ?? clean(text, { max: 200 });
	}
	if (options.perf !== undefined) {
		const values = readPerfdata(answer.stdout);
		for (const [label, unit] of Object.entries(options.perf)) {
			const value = values.get(label);
			if (value?.unit === PERF_UNITS[unit]) samples[perfName(label)] = value;
		}
	}
	return samples;
}

function transcriptOf(options: CommandOptions, answer: CommandAnswer): Transcript {
	const request = [clean(argvOf(options).join(' '), { max: 1024 })];
	for (const [name, value] of Object.entries(options.env ?? {})) request.push(`${name}=${shown(value)}`);
	const { exit, signal, stderr, stdout } = answer;
	return {
		request,
		response: [exit === null ? `signal ${signal ?? '?'}` : `exit ${exit}`],
		body: safeStart(options, stderr === '' ? stdout : `${stdout}\n${stderr}`),
		bytes: answer.bytes,
		timings: [{ phase: 'total', ms: answer.durationMs }],
	};
}

function groupsOf(source: string | undefined): string[] {
	return [...(source ?? '').matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map((match) => match[1] as string);
}

/** A label may be `/var` or `C:\`; a condition needs a name. */
function perfName(label: string): string {
	if (isSampleName(label)) return label;
	const name = label.replace(/[^\p{L}\p{N}_]+/gu, '_').slice(0, 64);
	return isSampleName(name) ? name : `_${name}`;
}
