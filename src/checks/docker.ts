import { z } from 'zod';
import { fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { toSample, type Unit, type Value } from '../domain/value.ts';
import { written } from '../fields/fields.ts';
import { askCommand, commandTranscript } from './ask-command.ts';
import { defineCheckKind } from './define.ts';
import { memberOf, textOf } from './members.ts';
import { countSample, momentSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const schema = z.strictObject({
	container: written<string>((value) => typeof value === 'string' && /^[A-Za-z0-9][\w.-]*$/.test(value), {
		json: { type: 'string', minLength: 1 },
		error: 'expected the name or number of a container',
	}).describe('Name or number of the container.'),
	host: written<string>((value) => typeof value === 'string' && /^[a-z]+:\/\/[^\s]+$/.test(value), {
		json: { type: 'string', minLength: 1 },
		error: 'expected an address such as unix:///var/run/docker.sock',
	})
		.optional()
		.describe('The Docker to ask, when it is not the one of this host.'),
});

export type DockerOptions = z.output<typeof schema>;

const UNITS: Readonly<Record<string, Unit>> = {
	running: 'none',
	state: 'none',
	health: 'none',
	restarts: 'none',
	image: 'none',
	digest: 'none',
	exit: 'none',
	killed: 'none',
	since: 'none',
	age: 'ms',
};

/**
 * Samples: `running`, `state` (running, exited, restarting …), `health` (healthy, unhealthy, starting; `none` without a health
 * check), `restarts`, `image` (as it was asked for), `digest` (what it really is), `exit` code, `killed` (for want of memory),
 * `since` and `age` of the last start. Never variables or labels: they hold secrets. Faults: `object-missing`,
 * `command-missing`, `command-failed` (no Docker answers), `no-permission`, `bad-body`, `timeout`.
 */
export const docker = defineCheckKind<DockerOptions>({
	name: 'docker',
	title: { en: 'Docker container', 'zh-CN': 'Docker 容器' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<DockerOptions>,
	paths: [],
	example: `fund-trading-container:
  kind: docker
  container: fund-trading
  must:
    - running == true
    - health != "unhealthy"
  should:
    - changes(restarts, 1h) == 0
    - image == "fund-trading:latest"
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(options.container, { max: 200 }),
	texts: () => ['state', 'health', 'image', 'digest', 'since'],
	samples: () => UNITS,
	values: () => ['state', 'health', 'restarts', 'image'],
	impliedMust: () => ['running == true', 'health != "unhealthy"'],
	copyAs: (options) =>
		questionOf(options)
			.map((part) => shellWord(part))
			.join(' '),
	async probe(options, ports, context) {
		const argv = questionOf(options);
		const answer = await askCommand(
			{
				argv,
				explain: ({ stderr }) =>
					/no such (container|object)/i.test(stderr)
						? err(
								fault('object-missing', { what: 'container', name: clean(options.container, { max: 120 }) }),
							)
						: null,
			},
			ports,
			context,
		);
		if (!answer.ok) return answer;
		const parsed = parseJson(answer.value.stdout.trim());
		if (!parsed.ok) return err(fault('bad-body', { format: 'JSON', reason: parsed.why.code }));
		const samples = readContainer(parsed.value, context.now);
		if (samples === null) return err(fault('bad-body', { format: 'docker inspect', reason: 'not-json' }));
		const lines = Object.entries(samples).map(
			([name, value]) => `${name} ${typeof value === 'object' ? (value?.number ?? '') : value}`,
		);
		return ok({ samples, transcript: commandTranscript(argv, lines) });
	},
});

function questionOf({ container, host }: DockerOptions): string[] {
	const where = host === undefined ? [] : ['--host', host];
	return ['docker', ...where, 'inspect', '--type', 'container', '--format', '{{json .}}', container];
}

/** What `docker inspect` prints of one container as samples; null when it is something else. */
export function readContainer(container: Value, now: number): Record<string, Samples[string]> | null {
	const state = memberOf(container, 'State');
	const running = memberOf(state, 'Running');
	if (typeof running !== 'boolean') return null;
	const samples: Record<string, Samples[string]> = {
		running,
		state: textOf(memberOf(state, 'Status')),
		health: textOf(memberOf(memberOf(state, 'Health'), 'Status')) || 'none',
		image: textOf(memberOf(memberOf(container, 'Config'), 'Image')),
		digest: textOf(memberOf(container, 'Image')),
		killed: memberOf(state, 'OOMKilled') === true,
	};
	const restarts = memberOf(container, 'RestartCount');
	if (typeof restarts === 'number') samples['restarts'] = countSample(restarts);
	// A running one has not ended: the code is that of the run before.
	const exit = toSample(memberOf(state, 'ExitCode') ?? null);
	if (!running && exit !== undefined && exit !== null) samples['exit'] = exit;
	const started = Date.parse(textOf(memberOf(state, 'StartedAt')));
	// Year 1 means "never".
	if (started > 0) {
		samples['since'] = momentSample(started);
		samples['age'] = msSample(now - started);
	}
	return samples;
}
