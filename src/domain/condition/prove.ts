import type { Reading } from '../reading.ts';
import type { SampleValue } from '../value.ts';
import { evaluateCondition } from './evaluate.ts';
import { isList, isSample } from './operand.ts';
import type { ConditionOutcome } from './outcome.ts';
import { aim, type Target } from './prove-aim.ts';
import { textMatching } from './prove-pattern.ts';
import { type Certainty, findCertainty, type ProofCode } from './prove-reason.ts';
import {
	contextOf,
	createScene,
	type ProofNames,
	readingOf,
	type Scene,
	Stuck,
	type StuckCode,
	type Surroundings,
	surroundingsOf,
} from './prove-scene.ts';
import { ANYTHING, EMPTINESS, type Partner, PRESENCE, targetsBeside } from './prove-targets.ts';
import { resolve, resolveAsList } from './resolve.ts';
import type { Condition, Node } from './syntax.ts';
import { findVacuous } from './vacuous.ts';

export type { ProofCode } from './prove-reason.ts';
export type { ProofNames, StuckCode } from './prove-scene.ts';

/** A made-up reading and what the condition really answered to it. */
export interface Example {
	readonly outcome: ConditionOutcome;
	readonly reading: Reading;
	readonly around: Surroundings;
}

/**
 * What is known of a condition before anything is asked. `proven`: one reading breaks it and another keeps it. `vacuous`: no
 * reading could break it. `impossible`: none could keep it. `unproven`: no such reading was found, which proves nothing.
 */
export type Proof = {
	readonly condition: string;
	readonly fails: Example | null;
	readonly holds: Example | null;
} & (
	| { readonly kind: 'proven' }
	| { readonly kind: 'vacuous' | 'impossible'; readonly code: ProofCode; readonly operand: string }
	| {
			readonly kind: 'unproven';
			readonly code: StuckCode;
			readonly operand: string;
			/** What was looked for and not found. */
			readonly missing: 'failing' | 'holding' | 'both';
	  }
);

/** More attempts than these find nothing new. */
const MOST_TRIES = 120;

/**
 * Looks for a reading that breaks the condition and for one that keeps it. Pure; whatever it claims as an example was judged
 * by `evaluateCondition` itself.
 */
export function proveCondition(condition: Condition, names: ProofNames): Proof {
	const { fails, holds, stuck } = search(condition, names);
	const found = { condition: condition.text, fails, holds };
	if (fails !== null && holds !== null) return { kind: 'proven', ...found };
	const certain = certaintyOf(condition, names, found);
	if (certain !== null) {
		const { never, code, operand } = certain;
		return { kind: never === 'fail' ? 'vacuous' : 'impossible', code, operand, ...found };
	}
	return {
		kind: 'unproven',
		...blame(condition, stuck),
		missing: fails === null ? (holds === null ? 'both' : 'failing') : 'holding',
		...found,
	};
}

function blame(
	{ pattern, right, text }: Condition,
	stuck: Stuck | null,
): { readonly code: StuckCode; readonly operand: string } {
	if (stuck !== null) return { code: stuck.code, operand: stuck.operand };
	return pattern !== null && right !== null && textMatching(pattern) === null
		? { code: 'pattern', operand: right.text }
		: { code: 'none-found', operand: text };
}

/** An example outweighs any reasoning: what was really judged so can be so. */
function certaintyOf(
	condition: Condition,
	names: ProofNames,
	{ fails, holds }: Pick<Proof, 'fails' | 'holds'>,
): Certainty | null {
	const certain = findCertainty(condition, names);
	const idle = findVacuous(condition);
	const code = idle ?? certain;
	if (certain !== null && (certain.never === 'fail' ? fails : holds) === null)
		return { ...certain, ...(code === null ? {} : code) };
	if (idle === null) return null;
	// Neither broken nor kept: a test of constants that has no answer, which keeps it from ever being right.
	const never = fails === null && holds !== null ? 'fail' : 'hold';
	return fails === null && holds === null && idle.code !== 'constant' ? null : { never, ...idle };
}

interface Search {
	fails: Example | null;
	holds: Example | null;
	stuck: Stuck | null;
}

function search(condition: Condition, names: ProofNames): Search {
	const found: Search = { fails: null, holds: null, stuck: null };
	let tries = 0;
	for (const arrange of plansFor(condition, names)) {
		if ((found.fails !== null && found.holds !== null) || tries++ >= MOST_TRIES) break;
		const scene = createScene(names);
		try {
			if (arrange(scene) === false) continue;
		} catch (thrown) {
			if (!(thrown instanceof Stuck)) throw thrown;
			// What the generator cannot do tells more than that it found nothing.
			if (found.stuck === null || found.stuck.code === 'none-found') found.stuck = thrown;
			continue;
		}
		const outcome = evaluateCondition(condition, contextOf(scene));
		const example = (): Example => ({ outcome, reading: readingOf(scene), around: surroundingsOf(scene) });
		if (outcome.holds === false) found.fails ??= example();
		if (outcome.holds === true) found.holds ??= example();
	}
	return found;
}

type Plan = (scene: Scene) => boolean | undefined;

function* plansFor(condition: Condition, names: ProofNames): Generator<Plan> {
	const { left, right, operator } = condition;
	const one = (node: Node, target: Target): Plan => {
		return (scene) => {
			aim(node, target, scene);
			return true;
		};
	};
	if (right === null) {
		for (const target of operator.endsWith('exists') ? PRESENCE : EMPTINESS) yield one(left, target);
		return;
	}
	const beside = (known: Partner, side: 'left' | 'right') =>
		targetsBeside(operator, known, side, condition.pattern);
	const empty = createScene(names);
	const [a, b] = [constantOf(left, empty), constantOf(right, empty)];
	if (a !== undefined && b !== undefined) yield () => true;
	else if (b !== undefined) for (const target of beside(b, 'left')) yield one(left, target);
	else if (a !== undefined) for (const target of beside(a, 'right')) yield one(right, target);
	else yield* plansForBoth(condition, beside);
}

/** Both sides are read: one is set, and the other beside it; in both orders, since they may share what they read. */
function* plansForBoth(
	{ left, right }: Condition,
	beside: (known: Partner, side: 'left' | 'right') => readonly Target[],
): Generator<Plan> {
	const MOST = 14;
	const orders = [
		['left', right as Node, left],
		['right', left, right as Node],
	] as const;
	for (const base of ANYTHING) {
		for (const [side, first, second] of orders) {
			for (let index = 0; index < MOST; index++) {
				yield (scene) => {
					aim(first, base, scene);
					const known = partnerOf(first, scene, base.kind === 'list');
					const target = known === undefined ? undefined : beside(known, side)[index];
					if (target === undefined) return false;
					aim(second, target, scene);
					return true;
				};
			}
		}
	}
}

function partnerOf(node: Node, scene: Scene, asList: boolean): Partner | undefined {
	const found = (asList ? resolveAsList : resolve)(node, contextOf(scene), new Map());
	if (!found.ok) return undefined;
	if (isSample(found.value)) return found.value;
	return isList(found.value) ? found.value.items().filter(isSample) : undefined;
}

/** What an operand is whatever is read; undefined when it is read, or is the age of something, which the clock decides. */
function constantOf(node: Node, empty: Scene): Partner | undefined {
	if (node.kind === 'list') return node.items.map((item): SampleValue => item.value);
	return hasAge(node) ? undefined : partnerOf(node, empty, false);
}

function hasAge(node: Node): boolean {
	if (node.kind === 'call') return node.name === 'age' || node.args.some(hasAge);
	if (node.kind === 'negation') return hasAge(node.operand);
	return node.kind === 'arithmetic' && (hasAge(node.left) || hasAge(node.right));
}
