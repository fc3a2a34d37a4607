import { lex, Stop } from './lex.ts';
import { checkOperands } from './operand-check.ts';
import { OPERATOR_WORDS, readOperator } from './operators.ts';
import { compilePattern } from './pattern.ts';
import type { Condition, Expression, ParseProblem, ParseResult } from './syntax.ts';
import { parseSum } from './terms.ts';
import { endOfText, fail, Tokens } from './tokens.ts';

/** The longest condition or expression that is read. */
export const MAX_TEXT = 2000;

/**
 * Parses one test: `operand operator operand`, or `operand exists`. The grammar: sums of products of operands, unary
 * minus binding tightest; exactly one operator; no `and`, because the list of conditions is the and.
 */
export function parseCondition(text: string): ParseResult<Condition> {
	return attempt(text, (tokens) => {
		rejectPrefix(tokens);
		const left = parseSum(tokens);
		const at = tokens.peek();
		if (at.kind === 'end')
			throw new Stop({ code: 'missing-operator', params: {}, offset: text.length, length: 0 });
		const operator = readOperator(tokens);
		const isPostfix = /exists$|empty$/.test(operator);
		if (!isPostfix && tokens.peek().kind === 'end') throw endOfText(tokens.peek());
		const right = isPostfix ? null : parseSum(tokens);
		rejectRest(tokens);
		const condition = { text, left, operator, operatorOffset: at.offset, right };
		checkOperands(condition);
		return { ...condition, pattern: compilePattern(condition) };
	});
}

/** Parses what `show:` takes: an operand or a calculation, without a test. */
export function parseExpression(text: string): ParseResult<Expression> {
	return attempt(text, (tokens) => {
		const root = parseSum(tokens);
		const rest = tokens.peek();
		if (rest.kind !== 'end') {
			throw isOperator(rest.text) ? fail('is-a-test', rest, {}) : unexpected(tokens);
		}
		if (root.kind === 'list') throw fail('list-here', root, {});
		return { text, root };
	});
}

function attempt<T>(text: string, parse: (tokens: Tokens) => T): ParseResult<T> {
	try {
		if (text.length > MAX_TEXT) {
			const params = { limit: String(MAX_TEXT) };
			throw new Stop({ code: 'too-long', params, offset: MAX_TEXT, length: text.length - MAX_TEXT });
		}
		const tokens = new Tokens(text, lex(text));
		if (tokens.peek().kind === 'end')
			throw new Stop({ code: 'empty', params: {}, offset: 0, length: text.length });
		return { ok: true, value: parse(tokens) };
	} catch (error) {
		if (error instanceof Stop) return { ok: false, error: error.problem };
		throw error;
	}
}

function isOperator(text: string): boolean {
	return /^(?:[<>=!&|≤≥≠~]+|not|and|or|in|contains|startsWith|endsWith|matches|exists|empty)$/.test(text);
}

/** `not $.a exists` and `exists $.a`: the word stands behind its operand. */
function rejectPrefix(tokens: Tokens): void {
	const [first, second] = [tokens.peek(), tokens.peek(1)];
	if (first.text !== 'not' && first.text !== '!' && !OPERATOR_WORDS.includes(first.text)) return;
	const isOperand = second.kind === 'path' || (second.kind === 'name' && !isOperator(second.text));
	if (!isOperand && first.text !== 'not' && first.text !== '!') return;
	const params = { found: first.text };
	throw fail('unexpected-word', first, params, { code: 'operator-after', params: {} });
}

function rejectRest(tokens: Tokens): void {
	const rest = tokens.peek();
	if (rest.kind === 'end') return;
	if (!isOperator(rest.text)) throw unexpected(tokens);
	throw fail('joined-tests', rest, { found: rest.text }, { code: 'two-conditions', params: {} });
}

function unexpected(tokens: Tokens): Stop {
	const rest = tokens.peek();
	if (rest.text === ')' || rest.text === ']') return fail('bracket-extra', rest, { bracket: rest.text });
	const hint: ParseProblem['hint'] = tokens.hintFor(rest);
	return fail('unexpected-word', rest, { found: rest.text }, hint);
}
