import { z } from 'zod';
import type { Samples } from '../domain/reading.ts';
import { ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { quantity } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { path, written } from './fields.ts';
import { safeLine } from './masking.ts';
import { bytesSample, countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const words = (error: string) =>
	written<string>((value) => typeof value === 'string' && value.trim() !== '', {
		json: { type: 'string', minLength: 1 },
		error,
	});

const schema = z
	.strictObject({
		pid: z
			.int({ error: 'expected a process number' })
			.min(1, 'expected a process number')
			.optional()
			.describe('The number of one process.'),
		pidFile: path().optional().describe('A file that holds the number.'),
		name: words('expected the name of a program').optional().describe('The name of the program, whole.'),
		command: words('expected a part of the command line').optional().describe('A part of the command line.'),
	})
	.superRefine((options, context) => {
		if (Object.values(options).some((value) => value !== undefined)) return;
		context.addIssue({ code: 'custom', message: 'expected one of pid, pidFile, name or command' });
	});

export type ProcessOptions = z.output<typeof schema>;

/** Samples: `count`, and of all found together `rss`, `cpu` (ratio of one core over their lives), `age` of the youngest, `pid` of the oldest. */
export const processKind = defineCheckKind<ProcessOptions>({
	name: 'process',
	title: { en: 'Process', 'zh-CN': '进程' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<ProcessOptions>,
	paths: ['pidFile'],
	example: `flask-process:
  kind: process
  command: app.py
  must:
    - count > 0
  should:
    - rss < 512MiB
    - cpu < 80%
`,
	headline: null,
	origin: () => null,
	target: targetOf,
	samples: () => ({ count: 'none', rss: 'bytes', cpu: 'ratio', age: 'ms', pid: 'none' }),
	impliedMust: () => ['count > 0'],
	copyAs: ({ pid, pidFile, name, command }) => {
		if (pidFile !== undefined) return `ps -p "$(cat ${shellWord(pidFile)})"`;
		if (pid !== undefined) return `ps -p ${pid}`;
		return name === undefined
			? `pgrep -af -- ${shellWord(command ?? '')}`
			: `pgrep -ax -- ${shellWord(name)}`;
	},
	async probe(options, ports, context) {
		const { pid, pidFile, name, command } = options;
		const answer = await ports.processes.find({
			...(pid === undefined ? {} : { pid }),
			...(pidFile === undefined ? {} : { pidFile }),
			...(name === undefined ? {} : { name }),
			...(command === undefined ? {} : { command }),
		});
		if (!answer.ok) return answer;
		const found = [...answer.value].sort((left, right) => left.startedAt - right.startedAt);
		const samples: Record<string, Samples[string]> = { count: countSample(found.length) };
		const [oldest, youngest] = [found[0], found.at(-1)];
		if (oldest !== undefined && youngest !== undefined) {
			const total = (of: (one: (typeof found)[number]) => number) =>
				found.reduce((sum, one) => sum + of(one), 0);
			const load = total((one) => one.cpuMs / Math.max(1, context.now - one.startedAt));
			samples['rss'] = bytesSample(total((one) => one.rssBytes));
			samples['cpu'] = quantity(Math.round(load * 10_000) / 10_000, 'ratio');
			samples['age'] = msSample(context.now - youngest.startedAt);
			samples['pid'] = countSample(oldest.pid);
		}
		// Arguments of other people's programs may hold their secrets: only the name is shown.
		const response = found.slice(0, 20).map((one) => safeLine(options, `${one.pid} ${one.name}`, 200));
		return ok({
			samples,
			transcript: { request: [targetOf(options)], response, body: '', bytes: 0, timings: [] },
		});
	},
});

function targetOf({ pid, pidFile, name, command }: ProcessOptions): string {
	return clean(String(name ?? command ?? pidFile ?? pid), { max: 200 });
}
