import { clean } from '../domain/text.ts';
import { isExactNumber, type Value } from '../domain/value.ts';

/** A member of a parsed object, or undefined: documents of other programs are not trusted to have a shape. */
export function memberOf(value: Value | undefined, name: string): Value | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || isExactNumber(value))
		return undefined;
	const members = value as { readonly [key: string]: Value };
	return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** The member at the end of a path of names. */
export function deepMember(value: Value | undefined, ...names: readonly string[]): Value | undefined {
	return names.reduce<Value | undefined>(memberOf, value);
}

export function listOf(value: Value | undefined): readonly Value[] {
	return Array.isArray(value) ? (value as readonly Value[]) : [];
}

/** One safe line, empty for everything that is no text. */
export function textOf(value: Value | undefined, max = 200): string {
	return typeof value === 'string' ? clean(value, { max }) : '';
}

/** 0 where there is no number: what these programs leave out when it is 0. */
export function numberOf(value: Value | undefined): number {
	return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
