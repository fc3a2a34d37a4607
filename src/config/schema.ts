import { z } from 'zod';
import type { RegisteredKind } from '../checks/define.ts';
import { CHECK_KINDS } from '../checks/index.ts';
import { ownText } from '../domain/own-text.ts';
import { checkSchema, SECTIONS } from './sections.ts';

/** A JSON Schema, as plain data. */
export type Json = { [key: string]: unknown };

const KINDS = CHECK_KINDS as readonly unknown[] as readonly RegisteredKind[];
// These are read before anything is filled in.
const NOT_FILLED = new Set(['version', 'environments', 'secrets', 'include']);

/** The JSON Schema (draft 2020-12) of the whole file, made of the same schemas that the loader checks with. */
export function configSchema(): Json {
	const properties: Json = {};
	for (const [key, schema] of Object.entries(SECTIONS)) {
		properties[key] = NOT_FILLED.has(key) ? shapeOf(schema) : withReferences(shapeOf(schema));
		if (key === 'secrets') properties[key] = secretsShape(properties[key] as Json);
		if (key === 'services') {
			properties['checks'] = {
				description: 'Questions asked about services.',
				type: 'object',
				additionalProperties: { oneOf: KINDS.map(checkShape) },
			};
		}
	}
	return {
		$schema: 'https://json-schema.org/draft/2020-12/schema',
		title: 'rounds.yaml',
		type: 'object',
		properties,
		patternProperties: { '^x-': {} },
		required: ['version', 'system'],
		additionalProperties: false,
	};
}

/** One kind's checks: the keys of every check and the kind's own. */
function checkShape(kind: RegisteredKind): Json {
	const common = shapeOf(checkSchema);
	const own = shapeOf(kind.schema);
	const required = [
		...((common['required'] as string[] | undefined) ?? []),
		...((own['required'] as string[] | undefined) ?? []),
	];
	const shape = withReferences({
		properties: { ...(common['properties'] as Json), ...(own['properties'] as Json) },
	});
	return {
		title: `${kind.name}: ${ownText(kind.title, 'en')}`,
		type: 'object',
		properties: {
			...(shape['properties'] as Json),
			kind: { const: kind.name, description: ownText(kind.title, 'en') },
		},
		required: [...new Set(required)],
		additionalProperties: false,
	};
}

function shapeOf(schema: z.ZodType): Json {
	const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
	return shape;
}

function secretsShape(shape: Json): Json {
	return { ...shape, additionalProperties: { type: 'string', pattern: '^(env|file|cmd):' } };
}

/** Wherever a number, a choice or a patterned text stands, a reference such as `${port}` may stand too. */
function withReferences(shape: Json): Json {
	const changed = Object.fromEntries(
		Object.entries(shape).map(([key, value]) => [key, isSchemaPlace(key) ? referencesIn(value) : value]),
	);
	const isOpen =
		changed['type'] === 'string' &&
		changed['pattern'] === undefined &&
		changed['enum'] === undefined &&
		changed['format'] === undefined;
	const isScalar = ['string', 'number', 'integer', 'boolean'].includes(String(changed['type']));
	if (!isScalar || isOpen || changed['const'] !== undefined) return changed;
	const { description, default: fallback, ...rest } = changed;
	return {
		...(description === undefined ? {} : { description }),
		...(fallback === undefined ? {} : { default: fallback }),
		anyOf: [rest, { type: 'string', pattern: '\\$\\{' }],
	};
}

function isSchemaPlace(key: string): boolean {
	return ['properties', 'additionalProperties', 'items', 'anyOf', 'oneOf'].includes(key);
}

function referencesIn(value: unknown): unknown {
	if (Array.isArray(value)) return value.map((item) => withReferences(item as Json));
	if (typeof value !== 'object' || value === null) return value;
	const record = value as Json;
	const isMapOfSchemas =
		!('type' in record && typeof record['type'] === 'string') &&
		!('anyOf' in record && Array.isArray(record['anyOf'])) &&
		!('const' in record && typeof record['const'] !== 'object');
	if (!isMapOfSchemas) return withReferences(record);
	return Object.fromEntries(
		Object.entries(record).map(([key, item]) => [
			key,
			typeof item === 'object' && item !== null ? withReferences(item as Json) : item,
		]),
	);
}
