import { type Fault, fault } from '../domain/fault.ts';
import { judge, type Surroundings } from '../domain/judge.ts';
import type { Level } from '../domain/level.ts';
import type { Reason } from '../domain/observation.ts';
import { operatorPattern, PatternOverTime } from '../domain/pattern.ts';
import type { Clock, ProcessesPort } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { masked } from '../domain/secret.ts';
import type { ActionDefinition, SystemDefinition } from '../domain/system.ts';
import { quantity, readQuantity } from '../domain/value.ts';

const OUTPUT_LIMIT = 64 * 1024;

/** How an action ended. `output` is redacted already. */
export interface OperationEnd {
	readonly level: Level;
	readonly samples: Samples;
	readonly reasons: readonly Reason[];
	readonly output: string;
	readonly files: readonly string[];
	readonly cancelled?: boolean;
}

/**
 * How much this action asks before it runs: one marked `confirm` asks as strongly as its environment wants, and so does a
 * sequence that such a one is part of, however deep.
 */
export function guardOf(action: ActionDefinition, system: SystemDefinition): 'none' | 'confirm' | 'typed' {
	if (!asks(action, system, new Set())) return 'none';
	return system.environment.guard === 'typed' ? 'typed' : 'confirm';
}

function asks(action: ActionDefinition, system: SystemDefinition, seen: Set<string>): boolean {
	if (action.confirm) return true;
	if (action.body.kind !== 'sequence' || seen.has(action.id)) return false;
	seen.add(action.id);
	return action.body.parts.some((part) => {
		const inner = 'action' in part ? system.actions.find((a) => a.id === part.action) : undefined;
		return inner !== undefined && asks(inner, system, seen);
	});
}

/** What would run, secrets masked. */
export function commandText(action: ActionDefinition): string {
	if (action.body.kind === 'run') return action.body.argv.map(masked).join(' ');
	if (action.body.kind === 'builtin') return `rounds ${action.body.name}`;
	if (action.body.kind === 'backup') {
		const { verb, plan, args = {} } = action.body;
		const words = Object.entries(args).map(([name, value]) => ` --${name} ${value}`);
		return `rounds ${verb} ${plan}${words.join('')}`;
	}
	return action.body.parts.map((part) => ('action' in part ? part.action : part.check)).join(' → ');
}

/** Runs an action's command to its end and judges what it left: exit code, duration, the named groups of its result. */
export async function runCommand(
	action: ActionDefinition,
	body: Extract<ActionDefinition['body'], { kind: 'run' }>,
	parts: {
		readonly clock: Clock;
		readonly processes: ProcessesPort;
		readonly redact: (text: string) => string;
	},
	signal: AbortSignal,
	onText: (text: string) => void,
	onStarted: (group: number) => void = () => {},
): Promise<OperationEnd> {
	const { clock, redact } = parts;
	if (action.broken !== undefined) return endOfFault(action.broken, false);
	const answered = await parts.processes.run(
		{
			argv: body.argv,
			cwd: body.cwd,
			env: body.env,
			outputLimit: OUTPUT_LIMIT,
			onStarted,
			onOutput: (_stream, text) => onText(redact(text)),
		},
		{ deadline: clock.monotonic() + body.timeoutMs, signal },
	);
	if (!answered.ok) return endOfFault(answered.error, signal.aborted);
	const { exit, signal: killedBy, durationMs } = answered.value;
	// Before anything is taken out of it: a part of a secret could not be found any more.
	const [stdout, stderr] = [redact(answered.value.stdout), redact(answered.value.stderr)];
	const gap = stderr === '' || stdout === '' || stdout.endsWith('\n') ? '' : '\n';
	const output = `${stdout}${gap}${stderr}`;
	if (signal.aborted)
		return { level: 'unknown', samples: {}, reasons: [], output, files: [], cancelled: true };
	if (exit === null) {
		const command = masked(body.argv[0] ?? '');
		return { ...endOfFault(fault('exit-by-signal', { signal: killedBy ?? '', command }), false), output };
	}
	const samples: Record<string, Samples[string]> = { took: quantity(Math.round(durationMs), 'ms') };
	samples['exit'] = quantity(exit);
	try {
		Object.assign(samples, namedGroups(action.result, stdout));
	} catch (thrown) {
		if (!(thrown instanceof PatternOverTime)) throw thrown;
		return { ...endOfFault(thrown.fault, false), samples, output };
	}
	const { level, reasons } = judge(
		{ ok: true, value: { samples } },
		{ must: action.must, should: action.should, show: [] },
		itself(clock.now()),
	).verdict;
	return { level, samples, reasons, output, files: [] };
}

/** The named groups of a result pattern as samples; the last match counts, since a summary stands at the end. */
function namedGroups(pattern: string | null, text: string): Samples {
	if (pattern === null) return {};
	const samples: Record<string, Samples[string]> = {};
	for (const match of text.matchAll(operatorPattern(pattern, 'gmu'))) {
		for (const [name, value] of Object.entries(match.groups ?? {})) {
			if (value !== undefined) samples[name] = readQuantity(value) ?? value;
		}
	}
	return samples;
}

function endOfFault({ code, detail }: Fault, cancelled: boolean): OperationEnd {
	if (cancelled) return { level: 'unknown', samples: {}, reasons: [], output: '', files: [], cancelled };
	const { verdict } = judge(
		{ ok: false, error: fault(code, detail) },
		{ must: [], should: [], show: [] },
		itself(0),
	);
	return { level: verdict.level, samples: {}, reasons: verdict.reasons, output: '', files: [] };
}

/** An action's conditions look at its own samples only. */
function itself(now: number): Surroundings {
	return { now, latest: () => undefined, baseline: () => undefined, window: () => [] };
}
