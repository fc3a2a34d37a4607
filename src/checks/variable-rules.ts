import { z } from 'zod';
import { operatorPattern } from '../domain/pattern.ts';
import { reveal, type Text } from '../domain/secret.ts';
import { isText, pattern, written } from '../fields/fields.ts';

const texts = (error: string) =>
	written<readonly Text[]>(
		(value) => Array.isArray(value) && value.length > 0 && value.every((one) => isText(one)),
		{ json: { type: 'array', items: { type: 'string' }, minItems: 1 }, error },
	);

const NEEDS = ['must', 'should', 'may', 'never'] as const;

const ruleSchema = z.strictObject(
	{
		need: z
			.enum(NEEDS, { error: 'expected must, should, may or never' })
			.prefault('must')
			.describe(
				'Whether it has to be set: must, should (a warning), may (only a value that is there is looked at), never.',
			),
		equals: written<Text>(isText, { json: { type: 'string' }, error: 'expected text' })
			.optional()
			.describe('The only value that is right.'),
		oneOf: texts('expected a list of values, such as [INFO, WARNING]')
			.optional()
			.describe('The values that are right.'),
		not: texts('expected a list of values, such as [demo_token_2025]')
			.optional()
			.describe('Values that are wrong, such as the one of the documentation.'),
		real: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Refuses what examples are shipped with: changeme, your-key-here, demo…, test, xxx.'),
		minLength: z
			.int({ error: 'expected a number of characters' })
			.min(1, 'expected a number of characters')
			.optional()
			.describe('The least number of characters.'),
		matches: pattern().optional().describe('A regular expression that the whole value has to match.'),
	},
	{ error: 'expected rules such as {need: must, minLength: 32}' },
);

export type VariableRule = z.output<typeof ruleSchema>;

export const variableRules = z.record(
	z.string().regex(/^[A-Za-z_]\w*$/, 'expected names of variables, such as [DATABASE_URL, SECRET_KEY]'),
	ruleSchema,
	{ error: 'expected names of variables with their rules, such as {SECRET_KEY: {minLength: 32}}' },
);

/** What a rule says of a value, by name and never with the value: `unset`, `forbidden`, `equals`, `oneOf`, `demo` … */
export type Breach = 'unset' | 'forbidden' | 'equals' | 'oneOf' | 'not' | 'demo' | 'minLength' | 'matches';

const DEMO =
	/^(change[-_ ]?(me|it|this)|(replace|fill)[-_ ]?(me|in|this)|todo|tbd|xx+|\*+|\.\.\.|<.*>|(my|the|some|super)?[-_ ]?(secret|password|passwd)([-_ ]?key)?|admin|root|demo|test|dev|default|example|sample|dummy|placeholder|none|null|undefined|insecure|letmein|qwerty|123456\d*|(your|my|demo|test|example|sample|dummy|dev|insecure|django-insecure|changeme)[-_ ].*|.*[-_ ](here|changeme|placeholder))$/i;

/** The first rule that a value breaks, null when it keeps them all. An empty value is an unset one. */
export function breachOf(rule: VariableRule, value: string | undefined): Breach | null {
	const isSet = value !== undefined && value !== '';
	if (rule.need === 'never') return isSet ? 'forbidden' : null;
	if (!isSet) return rule.need === 'may' ? null : 'unset';
	if (rule.equals !== undefined && reveal(rule.equals) !== value) return 'equals';
	if (rule.oneOf !== undefined && !rule.oneOf.some((one) => reveal(one) === value)) return 'oneOf';
	if (rule.not?.some((one) => reveal(one) === value) === true) return 'not';
	if (rule.real && DEMO.test(value.trim())) return 'demo';
	if (rule.minLength !== undefined && [...value].length < rule.minLength) return 'minLength';
	if (rule.matches !== undefined && !operatorPattern(`^(?:${rule.matches})$`, 'u').test(value))
		return 'matches';
	return null;
}
