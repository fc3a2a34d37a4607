import { negate } from '../decimal.ts';
import { isQuantity } from '../value.ts';
import { FUNCTIONS, functionShape } from './functions.ts';
import { cut, Stop, suggestion, type Token } from './lex.ts';
import { compilePath } from './path.ts';
import { nearest } from './spelling.ts';
import type { ArithmeticOperator, Literal, Node } from './syntax.ts';
import { endOfText, fail, type Tokens } from './tokens.ts';

/** The deepest nesting of brackets, functions and minus signs. */
export const MAX_DEPTH = 50;

/** sum := product (("+" | "-") product)* */
export function parseSum(tokens: Tokens, depth = 0): Node {
	return parseChain(tokens, ['+', '-'], () => parseProduct(tokens, depth));
}

/** product := factor (("*" | "/") factor)* */
function parseProduct(tokens: Tokens, depth: number): Node {
	return parseChain(tokens, ['*', '/'], () => parseFactor(tokens, depth));
}

function parseChain(tokens: Tokens, operators: readonly string[], parse: () => Node): Node {
	let left = parse();
	while (tokens.peek().kind === 'symbol' && operators.includes(tokens.peek().text)) {
		const operator = tokens.take();
		const right = parse();
		for (const side of [left, right]) if (side.kind === 'list') throw fail('list-here', side, {});
		left = {
			kind: 'arithmetic',
			operator: operator.text as ArithmeticOperator,
			operatorOffset: operator.offset,
			left,
			right,
			...span(tokens, left.offset),
		};
	}
	return left;
}

/** factor := "-" factor | "(" sum ")" | list | operand */
function parseFactor(tokens: Tokens, depth: number): Node {
	const token = tokens.take();
	if (depth > MAX_DEPTH) throw fail('too-deep', token, { limit: String(MAX_DEPTH) });
	switch (token.kind) {
		case 'end':
			throw endOfText(token);
		case 'number':
		case 'string':
			return { kind: 'literal', value: token.value, offset: token.offset, text: token.text };
		case 'path':
			return parsePath(token);
		case 'name':
			return parseName(tokens, token, depth);
		case 'symbol':
			return parseSymbol(tokens, token, depth);
	}
}

function parseSymbol(tokens: Tokens, token: Token, depth: number): Node {
	if (token.text === '-') {
		const operand = parseFactor(tokens, depth + 1);
		const place = span(tokens, token.offset);
		if (operand.kind === 'literal' && typeof operand.value === 'object' && operand.value !== null) {
			return { kind: 'literal', value: { ...operand.value, number: negate(operand.value.number) }, ...place };
		}
		if (operand.kind === 'list') throw fail('list-here', operand, {});
		return { kind: 'negation', operand, ...place };
	}
	if (token.text === '(') {
		const inner = parseSum(tokens, depth + 1);
		close(tokens, token, ')');
		return { ...inner, ...span(tokens, token.offset) };
	}
	if (token.text === '[') return parseList(tokens, token, depth);
	if (token.text === ')' || token.text === ']') throw fail('bracket-extra', token, { bracket: token.text });
	throw fail('unexpected-word', token, { found: token.text });
}

function close(tokens: Tokens, open: Token, bracket: string): void {
	const token = tokens.peek();
	if (tokens.takeSymbol(bracket)) return;
	const problem = { params: { bracket: open.text }, offset: open.offset, length: 1 };
	if (token.kind === 'end') throw cut({ code: 'bracket-open', ...problem });
	throw fail('unexpected-word', token, { found: token.text }, tokens.hintFor(token));
}

/** list := "[" (literal ("," literal)*)? "]" */
function parseList(tokens: Tokens, open: Token, depth: number): Node {
	const items: Literal[] = [];
	while (!tokens.takeSymbol(']')) {
		if (items.length > 0 && !tokens.takeSymbol(',')) close(tokens, open, ',');
		if (tokens.peek().kind === 'end') close(tokens, open, ']');
		const item = parseFactor(tokens, depth + 1);
		if (item.kind !== 'literal') throw fail('list-here', item, {});
		items.push(item);
	}
	return { kind: 'list', items, ...span(tokens, open.offset) };
}

function parsePath(token: Token): Node {
	const path = compilePath(token.text);
	if ('query' in path) return { kind: 'path', path, offset: token.offset, text: token.text };
	const { offset, detail } = path;
	const at = token.offset + Math.min(offset, token.text.length - 1);
	throw new Stop({
		code: 'path-invalid',
		params: { detail },
		offset: at,
		length: token.offset + token.text.length - at,
	});
}

const CONSTANTS: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null };

function parseName(tokens: Tokens, token: Token, depth: number): Node {
	const { text, offset } = token;
	if (tokens.peek().text === '(' && tokens.peek().kind === 'symbol') return parseCall(tokens, token, depth);
	if (Object.hasOwn(CONSTANTS, text))
		return { kind: 'literal', value: CONSTANTS[text] ?? null, offset, text };
	return { kind: 'name', name: text, offset, text };
}

function parseCall(tokens: Tokens, name: Token, depth: number): Node {
	const open = tokens.take();
	if (name.text !== 'header' && functionShape(name.text) === null) {
		const meant = nearest(name.text, [...Object.keys(FUNCTIONS), 'header']);
		throw fail(
			'unknown-function',
			name,
			{ name: name.text },
			meant === null ? undefined : suggestion(meant).hint,
		);
	}
	const args: Node[] = [];
	while (!tokens.takeSymbol(')')) {
		if (args.length > 0 && !tokens.takeSymbol(',')) close(tokens, open, ',');
		if (tokens.peek().kind === 'end') close(tokens, open, ')');
		args.push(parseSum(tokens, depth + 1));
	}
	return makeCall(name.text, args, span(tokens, name.offset));
}

function makeCall(name: string, args: readonly Node[], place: { text: string; offset: number }): Node {
	const takes = name === 'header' ? 'header' : functionShape(name)?.takes;
	const expected = takes === 'window' ? 2 : takes === 'many' ? Math.max(1, args.length) : 1;
	if (args.length !== expected) {
		throw fail('argument-count', place, { name, expected: String(expected), found: String(args.length) });
	}
	const [first, second] = args as [Node, Node | undefined];
	for (const argument of args) if (argument.kind === 'list') throw fail('list-here', argument, {});
	if (takes === 'header') {
		const isText = first.kind === 'literal' && typeof first.value === 'string' && first.value !== '';
		if (!isText) throw fail('needs-text', first, { name });
		return { kind: 'header', name: String((first as Literal).value).toLowerCase(), ...place };
	}
	if (takes === 'path' && first.kind !== 'path') throw fail('needs-path', first, { name });
	if (name === 'count' && first.kind === 'path' && first.path.keys !== null) {
		throw fail('count-of-one', first, { path: first.text }, suggestion(`count(${first.text}[*])`).hint);
	}
	if (takes === 'sample' || takes === 'window') {
		if (first.kind !== 'name') throw fail('needs-sample', first, { name }, { code: 'show-it', params: {} });
		if (takes === 'window')
			return { kind: 'window', name, sample: first.name, ms: windowMs(name, second), ...place };
	}
	return { kind: 'call', name, args, ...place };
}

function windowMs(name: string, node: Node | undefined): number {
	const value = node?.kind === 'literal' ? node.value : null;
	const ms = isQuantity(value) && value.unit === 'ms' ? Number(value.number) : 0;
	if (!(ms > 0)) throw fail('needs-window', node as Node, { name });
	return ms;
}

function span(tokens: Tokens, offset: number): { text: string; offset: number } {
	return { text: tokens.textSince(offset), offset };
}
