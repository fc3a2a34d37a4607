import {
	formatValue,
	isExactNumber,
	type Quantity,
	readQuantity,
	type SampleValue,
	toSample,
	type Value,
} from '../value.ts';
import type { ResolvedValue, Why, WhyCode } from './outcome.ts';

/** A list in the middle of a calculation. Its items are made only when asked for: a body's list may be long. */
export interface ListOperand {
	readonly size: number;
	readonly items: () => readonly Operand[];
}
/** An object of a document: it can be counted and tested for emptiness, nothing else. */
export interface ObjectOperand {
	readonly members: number;
}
/** A number that none is, e.g. `.nan` in YAML, or one with thousands of digits. */
export interface UnreadableNumber {
	readonly unreadable: true;
}
export type Operand = SampleValue | ListOperand | ObjectOperand | UnreadableNumber;
export type Kind = 'null' | 'boolean' | 'number' | 'text' | 'list' | 'object' | 'unreadable';

export type Found<T = Operand> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly why: Why };

export function found<T>(value: T): Found<T> {
	return { ok: true, value };
}

export function unknown(code: WhyCode, operand: string, params: Readonly<Record<string, string>> = {}) {
	return { ok: false as const, why: { code, params: { operand, ...params } } };
}

export function kindOf(operand: Operand): Kind {
	if (operand === null) return 'null';
	if (typeof operand === 'boolean') return 'boolean';
	if (typeof operand === 'string') return 'text';
	if ('number' in operand) return 'number';
	if ('size' in operand) return 'list';
	return 'members' in operand ? 'object' : 'unreadable';
}

export function isSample(operand: Operand): operand is SampleValue {
	return typeof operand !== 'object' || operand === null || 'number' in operand;
}

export function isList(operand: Operand): operand is ListOperand {
	return typeof operand === 'object' && operand !== null && 'size' in operand;
}

export function listOf(items: readonly Operand[]): ListOperand {
	return { size: items.length, items: () => items };
}

/** A node of a document as an operand. */
export function fromDocument(value: Value): Operand {
	if (Array.isArray(value)) return { size: value.length, items: () => value.map(fromDocument) };
	if (typeof value === 'object' && value !== null && !isExactNumber(value)) {
		return { members: Object.keys(value).length };
	}
	const sample = toSample(value);
	return sample === undefined ? { unreadable: true } : sample;
}

/** The number an operand is; text that is a decimal counts as one. */
export function asNumber(operand: Operand): Quantity | null {
	if (typeof operand === 'string') return readQuantity(operand);
	return kindOf(operand) === 'number' ? (operand as Quantity) : null;
}

const STORED_TEXT = 200;
const STORED_ITEMS = 9;

/** The operand as an outcome keeps it, or undefined for what has no value of its own. */
export function toResolved(operand: Operand): ResolvedValue | undefined {
	if (isList(operand)) {
		const items = operand.items().slice(0, STORED_ITEMS);
		return items.map((item) => (isSample(item) ? cutText(item) : '…'));
	}
	return isSample(operand) ? cutText(operand) : undefined;
}

function cutText(value: SampleValue): SampleValue {
	if (typeof value !== 'string' || value.length <= STORED_TEXT) return value;
	return `${value.slice(0, STORED_TEXT - 1).toWellFormed()}…`;
}

/** A short text of an operand for the parameters of a reason. */
export function describe(operand: Operand): string {
	if (isSample(operand)) return formatValue(operand, { maxText: 40 });
	const kind = kindOf(operand);
	return kind === 'list' ? '[…]' : kind === 'object' ? '{…}' : '?';
}
