import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import type { Listener, ProbePorts, ProcessFacts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { port as portNumber, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { safeLine } from './masking.ts';
import { countSample, msSample } from './samples.ts';

const words = (error: string) =>
	written<string>((value) => typeof value === 'string' && value.trim() !== '', {
		json: { type: 'string', minLength: 1 },
		error,
	});

const schema = z
	.strictObject({
		port: portNumber().describe('The TCP port of this host, 1 to 65535.'),
		name: words('expected the name of a program')
			.optional()
			.describe('The program that should hold it, whole name.'),
		command: words('expected a part of the command line')
			.optional()
			.describe('A part of the command line of the program that should hold it.'),
		free: z.boolean({ error: 'expected true or false' }).prefault(false).describe('Nobody should hold it.'),
	})
	.superRefine((options, context) => {
		if (options.free && (options.name ?? options.command) !== undefined)
			context.addIssue({ code: 'custom', message: 'expected either "free" or a holder, not both' });
	});

export type PortOptions = z.output<typeof schema>;

/**
 * Samples: `held`; `holder` (name), `pid`, `age` of the oldest that holds it, `holders` (how many), `addresses`; with `name`
 * or `command` also `other`: who else holds it, name and number, empty when all is as it should be. What belongs to others
 * may be hidden from us: then all but `held` and `addresses` are absent. Faults: `no-permission`, `command-missing`, `timeout`.
 */
export const port = defineCheckKind<PortOptions>({
	name: 'port',
	title: { en: 'Holder of a port', 'zh-CN': '端口占用' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<PortOptions>,
	paths: [],
	example: `port-5000:
  kind: port
  port: 5000
  command: run.py
  must:
    - held == true
    - other == ""
  should:
    - addresses == "127.0.0.1"
`,
	headline: null,
	origin: () => null,
	target: (options) => `:${options.port}`,
	texts: () => ['holder', 'addresses', 'other'],
	samples: (options) => {
		const units: Record<string, Unit> = {
			held: 'none',
			holder: 'none',
			pid: 'none',
			age: 'ms',
			holders: 'none',
			addresses: 'none',
		};
		if (isExpecting(options)) units['other'] = 'none';
		return units;
	},
	values: () => ['holder', 'pid'],
	impliedMust: (options) => {
		if (options.free) return ['held == false'];
		return isExpecting(options) ? ['held == true', 'other == ""'] : ['held == true'];
	},
	copyAs: (options) => `lsof -nP -iTCP:${options.port} -sTCP:LISTEN`,
	async probe(options, ports, context) {
		const answer = await ports.processes.listeners(options.port, context);
		if (!answer.ok) return answer;
		const listeners = answer.value;
		const held = listeners.length > 0 ? ok(true) : await answers(options.port, ports, context);
		if (!held.ok) return held;
		const samples: Record<string, Samples[string]> = { held: held.value };
		if (listeners.length > 0) samples['addresses'] = addressesOf(listeners);
		const holders = holdersOf(listeners);
		const [oldest] = holders;
		if (oldest !== undefined) {
			samples['holder'] = safeLine(options, oldest.name, 200);
			samples['pid'] = countSample(oldest.pid);
			samples['age'] = msSample(context.now - oldest.startedAt);
			samples['holders'] = countSample(holders.length);
		}
		const isSeen = !held.value || (listeners.length > 0 && listeners.every((one) => one.holders.length > 0));
		if (isExpecting(options) && isSeen) samples['other'] = othersOf(options, holders);
		const response = holders.slice(0, 20).map((one) => safeLine(options, `${one.pid} ${one.name}`, 200));
		return ok({
			samples,
			transcript: { request: [`:${options.port}`], response, body: '', bytes: 0, timings: [] },
		});
	},
});

function isExpecting({ name, command }: PortOptions): boolean {
	return (name ?? command) !== undefined;
}

/**
 * Whether somebody answers on a port that no process we see holds: another user's on some systems, or a container's whose
 * port the kernel itself passes on.
 */
async function answers(
	number: number,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<boolean, ProbeFault>> {
	const answer = await ports.net.connect({ host: '127.0.0.1', port: number }, context);
	if (answer.ok) return ok(true);
	return answer.error.code === 'refused' ? ok(false) : answer;
}

function holdersOf(listeners: readonly Listener[]): readonly ProcessFacts[] {
	const all = new Map(listeners.flatMap(({ holders }) => holders.map((one) => [one.pid, one] as const)));
	return [...all.values()].sort((left, right) => left.startedAt - right.startedAt || left.pid - right.pid);
}

function addressesOf(listeners: readonly Listener[]): string {
	return clean([...new Set(listeners.map(({ address }) => address))].sort().join(', '), { max: 200 });
}

function othersOf(options: PortOptions, holders: readonly ProcessFacts[]): string {
	const { name, command } = options;
	const isOurs = (one: ProcessFacts) =>
		(name === undefined || one.name === name || one.command.split(' ')[0]?.split('/').at(-1) === name) &&
		(command === undefined || one.command.includes(command));
	const others = holders.filter((one) => !isOurs(one)).map((one) => `${one.name} (pid ${one.pid})`);
	return safeLine(options, others.join(', '), 200);
}
