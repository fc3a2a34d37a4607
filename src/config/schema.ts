import { z } from 'zod';
import { CHECK_KINDS } from '../checks/index.ts';
import { type OwnText, ownText } from '../domain/own-text.ts';
import { SOURCES } from '../sources/index.ts';
import { TARGETS } from '../targets/index.ts';
import { planSchema, targetSchema } from './backup-sections.ts';
import { checkSchema, SECTIONS } from './sections.ts';

/** A JSON Schema, as plain data. */
export type Json = { [key: string]: unknown };

/** What every family says of its members: a name, a title, the keys of its own, an example. */
export interface Member {
	readonly name: string;
	readonly title: OwnText;
	readonly schema: z.ZodType;
	readonly example: string;
}

export interface Family {
	/** Keys that all members have. */
	readonly common: z.ZodObject;
	/** The key that names the member. */
	readonly tag: string;
	readonly members: readonly Member[];
	readonly description: string;
}

const membersOf = (list: readonly unknown[]): readonly Member[] => list as readonly Member[];

/** Sections whose entries are of a kind, and have that kind's keys. */
export const FAMILIES: Readonly<Record<string, Family>> = {
	checks: {
		common: checkSchema,
		tag: 'kind',
		members: membersOf(CHECK_KINDS),
		description: 'Questions asked about services.',
	},
	targets: {
		common: targetSchema,
		tag: 'kind',
		members: membersOf(TARGETS),
		description: 'Places for backups, by name; a plain folder needs no name.',
	},
	backups: {
		common: planSchema,
		tag: 'source',
		members: membersOf(SOURCES),
		description: 'Backup plans: what is copied, where to, when, how long it is kept, how it is proven.',
	},
};

// These are read before anything is filled in.
const NOT_FILLED = new Set(['version', 'environments', 'secrets', 'include']);

/** The JSON Schema (draft 2020-12) of the whole file, made of the same schemas that the loader checks with. */
export function configSchema(): Json {
	const properties: Json = {};
	for (const [key, schema] of Object.entries(SECTIONS)) {
		if (key in FAMILIES) {
			properties[key] = familyShape(FAMILIES[key] as Family);
			continue;
		}
		properties[key] = NOT_FILLED.has(key) ? shapeOf(schema) : withReferences(shapeOf(schema));
		if (key === 'secrets') properties[key] = secretsShape(properties[key] as Json);
		if (key === 'services') {
			properties['checks'] = familyShape(FAMILIES['checks'] as Family);
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

function familyShape(family: Family): Json {
	const { description, common, members } = family;
	const shapes = members.map((member) => memberShape(member, family));
	// A plan that says why there is nothing to copy needs no source.
	const plain = 'nothing' in common.shape ? [plainShape(common, ['title', 'nothing'])] : [];
	return {
		description,
		type: 'object',
		additionalProperties: { oneOf: [...shapes, ...plain] },
	};
}

function plainShape(common: z.ZodObject, keys: readonly string[]): Json {
	const { properties } = withReferences(shapeOf(common)) as { properties: Json };
	return {
		type: 'object',
		properties: Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key))),
		required: keys.slice(-1),
		additionalProperties: false,
	};
}

/** One member's entries: the keys of every entry and the member's own. */
function memberShape(member: Member, { common: schema, tag }: Family): Json {
	const common = shapeOf(schema);
	const own = shapeOf(member.schema);
	const required = [
		tag,
		...((common['required'] as string[] | undefined) ?? []),
		...((own['required'] as string[] | undefined) ?? []),
	];
	const shape = withReferences({
		properties: { ...(common['properties'] as Json), ...(own['properties'] as Json) },
	});
	const title = ownText(member.title, 'en');
	return {
		title: `${member.name}: ${title}`,
		type: 'object',
		properties: { ...(shape['properties'] as Json), [tag]: { const: member.name, description: title } },
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
