import { z } from 'zod';
import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit, Value } from '../domain/value.ts';
import { path, written } from '../fields/fields.ts';
import { askCommand, commandTranscript } from './ask-command.ts';
import { defineCheckKind } from './define.ts';
import { readPods, readRevisions, readRollout, selectorOf } from './rollout.ts';
import { shellWord } from './shell-word.ts';

const name = (error: string) =>
	written<string>((value) => typeof value === 'string' && /^[A-Za-z0-9][\w.:@/-]*$/.test(value), {
		json: { type: 'string', minLength: 1 },
		error,
	});

const schema = z.strictObject({
	workload: written<string>(
		(value) =>
			typeof value === 'string' && /^(deployment|statefulset|daemonset)\/[a-z0-9][a-z0-9.-]*$/.test(value),
		{
			json: { type: 'string', pattern: '^(deployment|statefulset|daemonset)/' },
			error: 'expected a workload such as deployment/app-backend',
		},
	).describe('What is rolled out: deployment/NAME, statefulset/NAME or daemonset/NAME.'),
	namespace: name('expected the name of a namespace').optional().describe('Its namespace.'),
	context: name('expected the name of a context').optional().describe('The context of the kubeconfig.'),
	kubeconfig: path().optional().describe("The kubeconfig file; without it kubectl's own."),
});

export type KubernetesOptions = z.output<typeof schema>;

const UNITS: Readonly<Record<string, Unit>> = {
	complete: 'none',
	wanted: 'none',
	updated: 'none',
	ready: 'none',
	available: 'none',
	stalled: 'none',
	paused: 'none',
	revision: 'none',
	image: 'none',
	images: 'none',
	kept: 'none',
	pods: 'none',
	restarts: 'none',
	waiting: 'none',
	age: 'ms',
};

/**
 * Samples: `complete` (what `kubectl rollout status` waits for), `wanted`, `updated`, `ready`, `available` (pods), `stalled`
 * (progress deadline exceeded), `paused`, `revision`, `image`; `images`: the images of the last three revisions, newest
 * first, `kept` how many revisions are there to roll back to, the present one counted; of the pods `pods`, `restarts` (all
 * containers together), `waiting` (why some do not run, e.g. `CrashLoopBackOff`), `age` of the youngest. The document of
 * paths is the workload's `status`. Faults: `object-missing`, `command-missing`, `command-failed` (no cluster answers),
 * `no-permission`, `bad-body`, `timeout`.
 */
export const kubernetes = defineCheckKind<KubernetesOptions>({
	name: 'kubernetes',
	title: { en: 'Kubernetes workload', 'zh-CN': 'Kubernetes 工作负载' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<KubernetesOptions>,
	paths: ['kubeconfig'],
	example: `backend-rollout:
  kind: kubernetes
  workload: deployment/app-backend
  namespace: booking
  timeout: 15s
  must:
    - complete == true
    - ready == wanted
  should:
    - changes(restarts, 1h) == 0
    - kept >= 3
`,
	headline: null,
	origin: () => null,
	target: ({ workload, namespace }) =>
		clean(namespace === undefined ? workload : `${namespace} ${workload}`, { max: 200 }),
	texts: () => ['image', 'images', 'waiting'],
	samples: () => UNITS,
	values: () => ['ready', 'restarts', 'image'],
	impliedMust: () => ['complete == true', 'ready == wanted', 'wanted > 0'],
	copyAs: (options) =>
		[...kubectl(options), 'rollout', 'status', options.workload].map((part) => shellWord(part)).join(' '),
	async probe(options, ports, context) {
		const asked = ['get', options.workload, '-o', 'json'];
		const workload = await get(options, asked, ports, context);
		if (!workload.ok) return workload;
		const selector = selectorOf(workload.value);
		if (selector === null) return err(fault('bad-body', { format: 'kubectl get', reason: 'not-json' }));
		const [sort] = options.workload.split('/');
		const parts = sort === 'deployment' ? 'replicasets,pods' : 'controllerrevisions,pods';
		const family = await get(options, ['get', parts, '-l', selector, '-o', 'json'], ports, context);
		if (!family.ok) return family;
		const samples = {
			...readRollout(workload.value),
			...readRevisions(workload.value, family.value),
			...readPods(family.value, context.now),
		};
		const lines = Object.entries(samples).map(
			([key, value]) => `${key} ${typeof value === 'object' ? (value?.number ?? '') : value}`,
		);
		return ok({
			samples,
			document: statusOf(workload.value),
			transcript: commandTranscript([...kubectl(options), ...asked], lines),
		});
	},
});

function statusOf(workload: Value): Value {
	const status = (workload as { readonly status?: Value }).status;
	return { status: status ?? null };
}

function kubectl({ namespace, context, kubeconfig }: KubernetesOptions): string[] {
	return [
		'kubectl',
		...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
		...(context === undefined ? [] : ['--context', context]),
		...(namespace === undefined ? [] : ['--namespace', namespace]),
	];
}

async function get(
	options: KubernetesOptions,
	question: readonly string[],
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Value, ProbeFault>> {
	const left = Math.max(1, Math.ceil((context.deadline - ports.clock.monotonic()) / 1000));
	const answer = await askCommand(
		{
			argv: [...kubectl(options), `--request-timeout=${left}s`, ...question],
			explain: ({ stderr }) =>
				/\(NotFound\)/.test(stderr)
					? err(fault('object-missing', { what: 'workload', name: clean(options.workload, { max: 120 }) }))
					: null,
		},
		ports,
		context,
	);
	if (!answer.ok) return answer;
	const parsed = parseJson(answer.value.stdout);
	return parsed.ok ? ok(parsed.value) : err(fault('bad-body', { format: 'JSON', reason: parsed.why.code }));
}
