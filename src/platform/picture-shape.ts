import { LEVELS } from '../domain/level.ts';
import { isQuantity } from '../domain/value.ts';

type Fits = (value: unknown) => boolean;

const text: Fits = (value) => typeof value === 'string';
const number: Fits = (value) => typeof value === 'number';
const truth: Fits = (value) => typeof value === 'boolean';
const level: Fits = (value) => (LEVELS as readonly unknown[]).includes(value);
const maybe =
	(fits: Fits): Fits =>
	(value) =>
		value === null || fits(value);
const list =
	(fits: Fits): Fits =>
	(value) =>
		Array.isArray(value) && value.every(fits);
const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const all =
	(fits: Fits): Fits =>
	(value) =>
		isObject(value) && Object.values(value).every(fits);
const shape =
	(fields: Readonly<Record<string, Fits>>): Fits =>
	(value) =>
		isObject(value) && Object.entries(fields).every(([name, fits]) => fits(value[name]));
const oneOf =
	(kinds: Readonly<Record<string, Fits>>): Fits =>
	(value) =>
		isObject(value) && Object.hasOwn(kinds, String(value['kind'])) && !!kinds[String(value['kind'])]?.(value);

const words: Fits = (value) => text(value) || shape({ en: text })(value);
const quantity = shape({ number: text, unit: text });
const sample: Fits = (value) =>
	value === null || text(value) || truth(value) || (isQuantity(value as never) && quantity(value));
const reason = oneOf({
	fault: shape({ fault: shape({ code: text, detail: isObject }) }),
	bug: shape({ text }),
	condition: shape({
		severity: text,
		outcome: shape({
			condition: text,
			resolved: list(shape({ text })),
			must: shape({ operator: text, value: text }),
		}),
	}),
});
const environment = shape({ name: text });
const definition = oneOf({
	check: shape({ checks: list(text) }),
	run: shape({ action: text }),
	ask: isObject,
});
const evidence = shape({ kind: text, at: number });
const EVENTS = oneOf({
	system: shape({
		face: shape({
			system: text,
			environment,
			environments: list(environment),
			timezone: text,
			operator: text,
			services: list(shape({ id: text, title: words })),
			checks: list(
				shape({
					id: text,
					title: maybe(words),
					service: maybe(text),
					kind: text,
					target: text,
					everyMs: number,
					must: list(text),
					should: list(text),
					values: list(shape({ name: text })),
					headline: maybe(text),
				}),
			),
			actions: list(shape({ id: text, title: words, key: maybe(text), guard: text, command: text })),
			sheets: list(shape({ id: text, title: words, atMinute: maybe(number), steps: list(definition) })),
			keys: all(text),
			statePath: text,
		}),
	}),
	picture: shape({
		now: number,
		checks: list(
			shape({ id: text, level, since: number, at: number, samples: all(sample), reasons: list(reason) }),
		),
		trends: list(shape({ check: text, points: list(shape({ at: number, value: maybe(number), level })) })),
		uptime: list(shape({ check: text, share: number })),
	}),
	baseline: shape({ baseline: all(all(shape({ value: sample, at: number }))), signedAt: maybe(number) }),
	plan: shape({ plan: list(shape({ sheet: text, dueAt: number, lateAt: number, standing: text })) }),
	round: shape({
		round: shape({
			id: number,
			sheet: text,
			title: words,
			startedAt: number,
			startedBy: text,
			version: number,
			steps: list(
				shape({
					index: number,
					definition,
					answer: maybe(shape({ outcome: text, at: number, by: text })),
					found: list(evidence),
				}),
			),
		}),
	}),
});

/** Whether kept events can be drawn: a file of another build, or one somebody changed, may hold anything. */
export const areEvents = list(EVENTS);
