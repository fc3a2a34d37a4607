import type { SampleValue, Unit, Value } from '../value.ts';
import { isQuantity } from '../value.ts';
import { evaluateExpression } from './evaluate.ts';
import type { Point } from './history.ts';
import type { EvaluationContext } from './outcome.ts';
import { splitName } from './resolve.ts';
import type { Expression } from './syntax.ts';

/** What is known of the names a condition may speak of, before anything was read. */
export interface ProofNames {
	/** A sample's unit by its full name (`latency`, `summary.net`); undefined while it is not known. */
	unitOf(name: string): Unit | undefined;
	/** Tells dotted names of own samples (`customers.took`) from another check's. */
	isOwn(name: string): boolean;
	/** Values worked out of the reading: what they come to follows from it. */
	readonly show: readonly { readonly name: string; readonly expression: Expression }[];
}

/** The instant at which every made-up reading is taken: a Thursday noon, so that no example depends on the day it is run. */
const NOW = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;

/** A made-up world for one condition: what was read, and what was known before. */
export interface Scene {
	readonly names: ProofNames;
	now: number;
	document: Value | undefined;
	readonly samples: Map<string, SampleValue>;
	readonly headers: Map<string, string>;
	readonly others: Map<string, SampleValue>;
	readonly signed: Map<string, SampleValue>;
	/** What was seen in the window of so many ms, without the value of this very reading. */
	readonly histories: Map<string, { readonly ms: number; readonly points: readonly Point[] }[]>;
}

export function createScene(names: ProofNames): Scene {
	return {
		names,
		now: NOW,
		document: undefined,
		samples: new Map(),
		headers: new Map(),
		others: new Map(),
		signed: new Map(),
		histories: new Map(),
	};
}

/** The scene as a condition reads it, by the same rules by which a real reading is judged. */
export function contextOf(scene: Scene): EvaluationContext {
	const { names, now } = scene;
	const shown = new Map<string, SampleValue | undefined>();
	const context: EvaluationContext = {
		now,
		document: scene.document,
		header: (name) => scene.headers.get(name),
		sample: (name) => {
			const show = names.show.find((value) => value.name === name);
			if (show === undefined) return scene.samples.get(name);
			if (!shown.has(name)) {
				// Set before, so that a value that would read itself is not there.
				shown.set(name, undefined);
				shown.set(name, evaluateExpression(show.expression, context).value);
			}
			return shown.get(name);
		},
		latest: (check, sample) => {
			const value = scene.others.get(`${check}.${sample}`);
			return value === undefined ? undefined : { value, at: now, stale: false };
		},
		baseline: (sample) => {
			const value = scene.signed.get(sample);
			return value === undefined ? undefined : { value, at: now - DAY_MS };
		},
		window: (sample, ms) => pointsOf(scene, sample, ms, context.sample(sample)),
	};
	return context;
}

/** One history for all windows of a sample: a longer one holds, before its own points, only what is older than the shorter. */
function pointsOf(scene: Scene, sample: string, ms: number, value: SampleValue | undefined): Point[] {
	const windows = [...(scene.histories.get(sample) ?? [])].sort((a, b) => a.ms - b.ms);
	const points: Point[] = [];
	let until = scene.now;
	for (const window of windows) {
		points.push(...window.points.filter((point) => point.at < until && point.at >= scene.now - ms));
		until = scene.now - window.ms;
	}
	points.sort((a, b) => a.at - b.at);
	const current =
		typeof value === 'boolean'
			? Number(value)
			: value !== undefined && isQuantity(value)
				? Number(value.number)
				: null;
	return current === null ? points : [...points, { at: scene.now, value: current }];
}

/** Whether a name is another check's sample. */
export function isOther(name: string, names: ProofNames): boolean {
	return splitName(name) !== null && !names.isOwn(name) && !names.show.some((shown) => shown.name === name);
}

/** Why no reading could be made. */
export type StuckCode = 'filter' | 'pattern' | 'path' | 'below-zero' | 'too-many' | 'function' | 'none-found';

/** The generator does not know how to bring an operand to a value; it never says that nothing could. */
export class Stuck extends Error {
	override name = 'Stuck';
	readonly code: StuckCode;
	readonly operand: string;

	constructor(code: StuckCode, operand: string) {
		super(`${code}: ${operand}`);
		this.code = code;
		this.operand = operand;
	}
}
