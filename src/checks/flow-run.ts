import type { ProbeContext } from '../domain/check.ts';
import { type Fault, fault, timeoutFault } from '../domain/fault.ts';
import type { HttpAnswer, ProbePorts } from '../domain/ports.ts';
import { Secret } from '../domain/secret.ts';
import { quantity, type Value } from '../domain/value.ts';
import { captureFrom } from './flow-capture.ts';
import { expectedOf, type FlowOptions, type FlowStep, isWriting, methodOfStep } from './flow-options.ts';
import { filledStep, type Known, referencesOf } from './flow-references.ts';
import { requestOf } from './flow-send.ts';
import { documentOf } from './http-document.ts';

/** Cleaning up gets a third of the time, and no more than this: what is left behind must not depend on how slow the rest was. */
const MOST_CLEANING_MS = 10_000;

export interface Asked {
	readonly step: FlowStep;
	/** What it brought that must never be shown. */
	readonly secrets: readonly Secret[];
	/** null: it was not asked. */
	readonly answer: HttpAnswer | null;
	readonly document: Value | undefined;
	readonly fault: Fault | null;
	/** Why it is not as it should be; null when it is. */
	readonly wrong: string | null;
}

export interface Ran {
	readonly steps: readonly Asked[];
	readonly cleanup: readonly Asked[];
	/** Whether something that was written may still be there. */
	readonly uncleaned: number;
	/** The first failure of the world; later steps were not asked. */
	readonly fault: Fault | null;
	readonly known: Known;
	/** What must never be shown of the answers. */
	readonly secrets: readonly Secret[];
	readonly tookMs: number;
}

/** Asks every step, then cleans up, however the steps went. Never throws. */
export async function runFlow(options: FlowOptions, ports: ProbePorts, context: ProbeContext): Promise<Ran> {
	const began = ports.clock.monotonic();
	const known = new Map<string, string | Secret>();
	for (const [name, value] of Object.entries(options.testData ?? {}))
		known.set(`test.${name}`, String(value));
	const { cleanup = [] } = options;
	const left = context.deadline - began;
	const keptBack = cleanup.length === 0 ? 0 : Math.max(0, Math.min(left / 3, MOST_CLEANING_MS));
	const limits = { now: context.now, deadline: context.deadline - keptBack, signal: context.signal };

	const steps: Asked[] = [];
	let found: Fault | null = null;
	let maybeWritten = false;
	for (const step of options.steps) {
		// Once something is wrong, nothing more is written: what a step would rest on is not as it was meant.
		const isHeld = isWriting(step) && steps.some((asked) => asked.wrong !== null);
		const asked = isHeld ? skipped(step) : await askStep(options, step, known, ports, limits);
		steps.push(asked);
		maybeWritten ||= isWriting(step) && mayHaveWritten(asked);
		if (asked.fault === null) continue;
		found = asked.fault.code === 'timeout' ? timeoutFault(context.deadline - began) : asked.fault;
		break;
	}
	const tookMs = ports.clock.monotonic() - began;
	const cleaned = found === null || maybeWritten ? await cleanUp(options, known, ports, context) : [];
	const unclean = cleaned.filter((asked) => asked.wrong !== null);
	return {
		steps,
		cleanup: cleaned,
		// A clean-up that had nothing to take away may fail as it likes.
		uncleaned: maybeWritten ? unclean.length : unclean.filter((asked) => asked.answer !== null).length,
		fault: found,
		known,
		// A token that a later one took the place of is a token still.
		secrets: [...steps, ...cleaned].flatMap((asked) => asked.secrets),
		tookMs,
	};
}

/** With a deadline and a signal of its own: that the probe is no longer wanted does not take away what it wrote. */
async function cleanUp(
	options: FlowOptions,
	known: Map<string, string | Secret>,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Asked[]> {
	const now = ports.clock.monotonic();
	const deadline = context.signal.aborted
		? now + MOST_CLEANING_MS / 10
		: Math.min(context.deadline, now + MOST_CLEANING_MS);
	const limits = { now: context.now, deadline, signal: new AbortController().signal };
	const asked: Asked[] = [];
	for (const step of options.cleanup ?? []) asked.push(await askStep(options, step, known, ports, limits));
	return asked;
}

async function askStep(
	options: FlowOptions,
	step: FlowStep,
	known: Map<string, string | Secret>,
	ports: ProbePorts,
	limits: { readonly now: number; readonly deadline: number; readonly signal: AbortSignal },
): Promise<Asked> {
	if (referencesOf(step).some((name) => !known.has(name))) return skipped(step);
	const failed = (why: Fault, answer: HttpAnswer | null = null): Asked => ({
		step,
		secrets: [],
		answer,
		document: undefined,
		fault: why,
		wrong: why.code,
	});
	if (limits.signal.aborted) return failed(fault('cancelled'));
	const request = await requestOf(options, filledStep(step, known), ports, limits);
	if (!request.ok) return failed(request.error);
	const answered = await ports.http.request(request.value, limits);
	if (!answered.ok) return failed(answered.error);
	const answer = answered.value;
	const document = documentOf({ read: 'auto' }, methodOfStep(step), answer);
	if (!document.ok) return failed(document.error, answer);
	const { values, missing } = captureFrom(step, answer, document.value, limits.now);
	for (const [name, value] of values) known.set(`captured.${name}`, value);
	return {
		step,
		secrets: [...values.values()].filter((value) => value instanceof Secret),
		answer,
		document: document.value,
		fault: null,
		wrong: wrongWith(step, answer.status, missing),
	};
}

function skipped(step: FlowStep): Asked {
	return { step, secrets: [], answer: null, document: undefined, fault: null, wrong: 'not asked' };
}

function wrongWith(step: FlowStep, status: number, missing: readonly string[]): string | null {
	const expected = expectedOf(step);
	const isRight = expected === null ? status < 400 : expected.includes(status);
	if (!isRight) return `${status} instead of ${expected?.join(' or ') ?? '< 400'}`;
	return missing.length === 0 ? null : `no ${missing.join(', ')}`;
}

/** A refusal leaves nothing behind; no answer, or the server's own failure, may. */
function mayHaveWritten({ answer, fault: found }: Asked): boolean {
	if (answer === null) return found !== null && found.code !== 'refused' && found.code !== 'name-not-found';
	return answer.status < 400 || answer.status >= 500;
}

/** Shown captured values as samples; numbers stay numbers. */
export function shownCaptures(options: FlowOptions, known: Known) {
	const names = [...options.steps].flatMap((step) => Object.entries(step.capture ?? {}));
	return Object.fromEntries(
		names.flatMap(([name, written]) => {
			const value = known.get(`captured.${name}`);
			if (typeof written === 'string' || written.secret !== false || typeof value !== 'string') return [];
			const isNumber = /^-?\d{1,15}(\.\d{1,6})?$/.test(value);
			return [[`captured.${name}`, isNumber ? quantity(value) : value] as const];
		}),
	);
}
