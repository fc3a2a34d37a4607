import { suggestion } from './lex.ts';
import { nearest } from './spelling.ts';
import type { Operator } from './syntax.ts';
import { endOfText, fail, type Tokens } from './tokens.ts';

const SYMBOLS = ['==', '!=', '<', '<=', '>', '>='] as const;
/** The operators that are words; each may have `not` before it. */
export const OPERATOR_WORDS: readonly string[] = [
	'in',
	'contains',
	'startsWith',
	'endsWith',
	'matches',
	'exists',
	'empty',
];

// What other languages call it.
const FOREIGN: Readonly<Record<string, string>> = {
	'=': '==',
	'===': '==',
	'!==': '!=',
	'<>': '!=',
	'≠': '!=',
	'!': '!=',
	'=<': '<=',
	'≤': '<=',
	'=>': '>=',
	'≥': '>=',
	'=~': 'matches',
	'~': 'matches',
	is: '==',
	equals: '==',
	eq: '==',
	ne: '!=',
	lt: '<',
	le: '<=',
	lte: '<=',
	gt: '>',
	ge: '>=',
	gte: '>=',
	includes: 'contains',
	has: 'contains',
	like: 'contains',
	match: 'matches',
	isEmpty: 'empty',
	isnt: '!=',
};
const JOINS = ['and', 'or', '&&', '||', '&', '|', 'AND', 'OR'];

/** Reads one operator, `not` forms included; anything else is a problem that says what was probably meant. */
export function readOperator(tokens: Tokens): Operator {
	const strange = tokens.hintFor(tokens.peek());
	const token = tokens.take();
	const { text } = token;
	if ((SYMBOLS as readonly string[]).includes(text)) return text as Operator;
	if (OPERATOR_WORDS.includes(text)) return text as Operator;
	if (text === 'not') {
		const word = tokens.take();
		if (word.kind === 'end') throw endOfText(word);
		if (OPERATOR_WORDS.includes(word.text)) return `not ${word.text}` as Operator;
		const meant = nearest(word.text, OPERATOR_WORDS);
		throw fail('unknown-operator', word, { found: word.text }, meant ? suggestion(meant).hint : undefined);
	}
	if (JOINS.includes(text))
		throw fail('joined-tests', token, { found: text }, { code: 'two-conditions', params: {} });
	if (text === ')' || text === ']') throw fail('bracket-extra', token, { bracket: text });
	if (token.kind !== 'name' && token.kind !== 'symbol') throw fail('unexpected-word', token, { found: text });
	const meant = Object.hasOwn(FOREIGN, text) ? (FOREIGN[text] ?? null) : nearest(text, OPERATOR_WORDS);
	// `5 ms < …`: the word is a unit that lost its number, not an operator.
	if (strange) throw fail('unexpected-word', token, { found: text }, strange);
	throw fail('unknown-operator', token, { found: text }, meant === null ? undefined : suggestion(meant).hint);
}
