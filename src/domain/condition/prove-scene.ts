import type { Reading } from '../reading.ts';
import { isQuantity, type SampleValue, type Unit, type Value } from '../value.ts';
import { evaluateExpression } from './evaluate.ts';
import type { Point } from './history.ts';
import type { EvaluationContext } from './outcome.ts';
import { splitName } from './resolve.ts';
import type { Expression } from './syntax.ts';

/** What is known of the names a condition may speak of, before anything was read. */
export interface ProofNames {
	/** A sample's unit by its full name (`latency`, `summary.net`); undefined while it is not known. */
	unitOf(name: string): Unit | undefined;
	/** Whether an own sample is a word; of many that is not known. */
	isText?(name: string): boolean;
	/** Tells dotted names of own samples (`customers.took`) from another check's. */
	isOwn(name: string): boolean;
	/** Values worked out of the reading: what they come to follows from it. */
	readonly show: readonly { readonly name: string; readonly expression: Expression }[];
}

/** What is known beside a reading when it is judged. */
export type Surroundings = Pick<EvaluationContext, 'now' | 'latest' | 'baseline' | 'window' | 'usual'>;

/** The instant at which every made-up reading is taken: a Thursday noon, so that no example depends on the day it is run. */
const NOW = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;
/** As many days as are enough. */
const USUAL_DAYS = 3;

/** A made-up world for one condition: what was read, and what was known before. */
export interface Scene {
	readonly names: ProofNames;
	now: number;
	document: Value | undefined;
	readonly samples: Map<string, SampleValue>;
	readonly headers: Map<string, string>;
	readonly others: Map<string, SampleValue>;
	readonly signed: Map<string, SampleValue>;
	/** What a sample usually is at this hour, in its unit. */
	readonly usuals: Map<string, number>;
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
		usuals: new Map(),
		histories: new Map(),
	};
}

/** What the probe of a scene brought back. */
export function readingOf({ samples, headers, document }: Scene): Reading {
	return {
		samples: Object.fromEntries(samples),
		headers: Object.fromEntries(headers),
		...(document === undefined ? {} : { document }),
	};
}

/** What was known in a scene before the probe. */
export function surroundingsOf(scene: Scene): Surroundings {
	const { now } = scene;
	return {
		now,
		latest: (check, sample) => {
			const value = scene.others.get(`${check}.${sample}`);
			return value === undefined ? undefined : { value, at: now, stale: false };
		},
		baseline: (sample) => {
			const value = scene.signed.get(sample);
			return value === undefined ? undefined : { value, at: now - DAY_MS };
		},
		window: (sample, ms) => historyOf(scene, sample, ms),
		usual: (sample) => {
			const value = scene.usuals.get(sample) ?? null;
			return { value, days: value === null ? 0 : USUAL_DAYS, need: USUAL_DAYS };
		},
	};
}

/** The scene as a condition reads it, by the same rules by which a real reading is judged. */
export function contextOf(scene: Scene): EvaluationContext {
	const around = surroundingsOf(scene);
	const shown = new Map<string, SampleValue | undefined>();
	const context: EvaluationContext = {
		...around,
		document: scene.document,
		header: (name) => scene.headers.get(name),
		sample: (name) => {
			const show = scene.names.show.find((value) => value.name === name);
			if (show === undefined) return scene.samples.get(name);
			if (!shown.has(name)) {
				// Set before, so that a value that would read itself is not there.
				shown.set(name, undefined);
				shown.set(name, evaluateExpression(show.expression, context).value);
			}
			return shown.get(name);
		},
		window: (sample, ms) => {
			const value = pointOf(context.sample(sample));
			const before = around.window(sample, ms);
			return value === null ? before : [...before, { at: scene.now, value }];
		},
	};
	return context;
}

/** One history for all windows of a sample: a longer one holds, before its own points, only what is older than the shorter. */
function historyOf(scene: Scene, sample: string, ms: number): Point[] {
	const windows = [...(scene.histories.get(sample) ?? [])].sort((a, b) => a.ms - b.ms);
	const points: Point[] = [];
	let until = scene.now;
	for (const window of windows) {
		points.push(...window.points.filter((point) => point.at < until && point.at >= scene.now - ms));
		until = scene.now - window.ms;
	}
	return points.sort((a, b) => a.at - b.at);
}

function pointOf(value: SampleValue | undefined): number | null {
	if (typeof value === 'boolean') return Number(value);
	return value !== undefined && isQuantity(value) ? Number(value.number) : null;
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
