import type { Result } from '../result.ts';
import type { SampleValue } from '../value.ts';
import type { Path } from './path.ts';

/** Tests between two operands; each word also has its `not` form. */
export type BinaryOperator =
	| '=='
	| '!='
	| '<'
	| '<='
	| '>'
	| '>='
	| 'in'
	| 'not in'
	| 'contains'
	| 'not contains'
	| 'startsWith'
	| 'not startsWith'
	| 'endsWith'
	| 'not endsWith'
	| 'matches'
	| 'not matches';
/** Tests of one operand, written after it. */
export type PostfixOperator = 'exists' | 'not exists' | 'empty' | 'not empty';
export type Operator = BinaryOperator | PostfixOperator;
export type ArithmeticOperator = '+' | '-' | '*' | '/';

/** Where a node stands in the text it was parsed from, and that text. */
interface Span {
	readonly text: string;
	readonly offset: number;
}

export type Literal = Span & { readonly kind: 'literal'; readonly value: SampleValue };
export type ListLiteral = Span & { readonly kind: 'list'; readonly items: readonly Literal[] };
export type NameNode = Span & { readonly kind: 'name'; readonly name: string };
export type PathNode = Span & { readonly kind: 'path'; readonly path: Path };
export type HeaderNode = Span & { readonly kind: 'header'; readonly name: string };
/** A function of operands. */
export type CallNode = Span & {
	readonly kind: 'call';
	readonly name: string;
	readonly args: readonly Node[];
};
/** A function of one of this check's samples over its history. */
export type WindowNode = Span & {
	readonly kind: 'window';
	readonly name: string;
	readonly sample: string;
	readonly ms: number;
};
export type NegationNode = Span & { readonly kind: 'negation'; readonly operand: Node };
export type ArithmeticNode = Span & {
	readonly kind: 'arithmetic';
	readonly operator: ArithmeticOperator;
	readonly operatorOffset: number;
	readonly left: Node;
	readonly right: Node;
};
export type Node =
	| Literal
	| ListLiteral
	| NameNode
	| PathNode
	| HeaderNode
	| CallNode
	| WindowNode
	| NegationNode
	| ArithmeticNode;

/** One parsed operand or calculation, as `show:` takes it. Holds compiled paths, so it never crosses a thread. */
export interface Expression {
	readonly text: string;
	readonly root: Node;
}

/** One parsed test. Holds compiled paths and patterns, so it never crosses a thread. */
export interface Condition {
	readonly text: string;
	readonly left: Node;
	readonly operator: Operator;
	readonly operatorOffset: number;
	/** null for the tests of one operand. */
	readonly right: Node | null;
	/** Compiled for `matches`. */
	readonly pattern: RegExp | null;
}

export type ProblemCode =
	| 'empty'
	| 'too-long'
	| 'too-deep'
	| 'unexpected-character'
	| 'unexpected-end'
	| 'unexpected-word'
	| 'unknown-operator'
	| 'unknown-function'
	| 'unknown-unit'
	| 'missing-operator'
	| 'is-a-test'
	| 'joined-tests'
	| 'minus-spaces'
	| 'string-open'
	| 'bracket-open'
	| 'bracket-extra'
	| 'number-form'
	| 'path-invalid'
	| 'pattern-invalid'
	| 'pattern-slow'
	| 'needs-list'
	| 'needs-text'
	| 'needs-name'
	| 'needs-path'
	| 'needs-sample'
	| 'needs-window'
	| 'argument-count'
	| 'count-of-one'
	| 'list-here'
	| 'unlike-units';

export type HintCode =
	| 'did-you-mean'
	| 'two-conditions'
	| 'quote-it'
	| 'operator-after'
	| 'quote-name'
	| 'show-it'
	| 'no-space'
	| 'no-commas'
	| 'plain-number';

/** What is wrong with a text, in codes that `i18n` says; `offset` and `length` count UTF-16 units of that text. */
export interface ParseProblem {
	readonly code: ProblemCode;
	readonly params: Readonly<Record<string, string>>;
	readonly offset: number;
	readonly length: number;
	readonly hint?: { readonly code: HintCode; readonly params: Readonly<Record<string, string>> };
}

export type ParseResult<T> = Result<T, ParseProblem>;
