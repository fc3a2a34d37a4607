import { z } from 'zod';
import type { ProcessFacts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { ok } from '../domain/result.ts';
import { quantity, type Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { safeLine } from './masking.ts';
import { choiceCommand, choiceText, findChosen, hasChoice, processChoice } from './process-choice.ts';
import { bytesSample, countSample, momentSample, msSample } from './samples.ts';
import { unitNumber } from './systemctl.ts';

const schema = z
	.strictObject({
		...processChoice,
		children: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Counts everything they have started as well, such as the workers of a server.'),
	})
	.superRefine((options, context) => {
		if (hasChoice(options)) return;
		context.addIssue({
			code: 'custom',
			message: 'expected one of pid, pidFile, port, unit, name or command',
		});
	});

export type ProcessOptions = z.output<typeof schema>;

/**
 * Samples: `count`, and of all found together `rss`, `cpu` (ratio of one core over their lives), `cpuTime`; `age` of the
 * youngest; `pid` and `started` of the oldest; `restarts` as systemd counts them, with `unit`. A restart changes `pid`:
 * `changes(pid, 1h) == 0`; a leak is `growth(rss, 6h) < 20%`.
 */
export const processKind = defineCheckKind<ProcessOptions>({
	name: 'process',
	title: { en: 'Process', 'zh-CN': '进程' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<ProcessOptions>,
	paths: ['pidFile'],
	example: `flask-process:
  kind: process
  port: 5000
  children: true
  must:
    - count > 0
  should:
    - rss < 512MiB
    - growth(rss, 6h) < 20%
    - changes(pid, 1h) == 0
`,
	headline: null,
	origin: () => null,
	target: choiceText,
	texts: () => ['started'],
	samples: (options) => {
		const units: Record<string, Unit> = {
			count: 'none',
			rss: 'bytes',
			cpu: 'ratio',
			cpuTime: 'ms',
			age: 'ms',
			started: 'none',
			pid: 'none',
		};
		if (options.unit !== undefined) units['restarts'] = 'none';
		return units;
	},
	values: (options) => ['rss', 'cpu', 'age', ...(options.unit === undefined ? [] : ['restarts'])],
	impliedMust: () => ['count > 0'],
	copyAs: choiceCommand,
	async probe(options, ports, context) {
		const answer = await findChosen(options, options.children, ports, context);
		if (!answer.ok) return answer;
		const { found, unit } = answer.value;
		const samples: Record<string, Samples[string]> = samplesOf(found, context.now);
		const restarts = unit === null ? null : unitNumber(unit, 'NRestarts');
		if (restarts !== null) samples['restarts'] = countSample(restarts);
		// Arguments of other people's programs may hold their secrets: only the name is shown.
		const response = found.slice(0, 20).map((one) => safeLine(options, `${one.pid} ${one.name}`, 200));
		return ok({
			samples,
			transcript: { request: [choiceText(options)], response, body: '', bytes: 0, timings: [] },
		});
	},
});

function samplesOf(found: readonly ProcessFacts[], now: number): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = { count: countSample(found.length) };
	const [oldest, youngest] = [found[0], found.at(-1)];
	if (oldest === undefined || youngest === undefined) return samples;
	const total = (of: (one: ProcessFacts) => number) => found.reduce((sum, one) => sum + of(one), 0);
	const load = total((one) => one.cpuMs / Math.max(1, now - one.startedAt));
	samples['rss'] = bytesSample(total((one) => one.rssBytes));
	samples['cpu'] = quantity(Math.round(load * 10_000) / 10_000, 'ratio');
	samples['cpuTime'] = msSample(total((one) => one.cpuMs));
	samples['age'] = msSample(now - youngest.startedAt);
	samples['started'] = momentSample(oldest.startedAt);
	samples['pid'] = countSample(oldest.pid);
	return samples;
}
