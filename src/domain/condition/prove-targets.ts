import { absolute, add, compare, divide, multiply, negate, round, subtract } from '../decimal.ts';
import { isQuantity, type Quantity, type SampleValue } from '../value.ts';
import { readTime } from './instant.ts';
import { asNumber } from './operand.ts';
import type { Target } from './prove-aim.ts';
import { textMatching } from './prove-pattern.ts';
import type { Operator } from './syntax.ts';

const OTHER_TEXT = 'other';
const DAY_MS = 86_400_000;
/** How far beside a duration the next one is that a person would say, by the duration's size. */
const STEPS_MS = [
	['1000', '1'],
	['60000', '100'],
	['3600000', '1000'],
	['86400000', '60000'],
] as const;

/** What the other side of a test is: one value, or a list. */
export type Partner = SampleValue | readonly SampleValue[];

function isMany(partner: Partner): partner is readonly SampleValue[] {
	return Array.isArray(partner);
}

export const PRESENCE: readonly Target[] = [{ kind: 'absent' }, { kind: 'present' }];

/** What may be empty, and what is not. */
export const EMPTINESS: readonly Target[] = [
	...many([], [{ number: '1', unit: 'none' }]),
	...each('', 'x', null),
	{ kind: 'present' },
];

/** Values to try beside a known one, those first that a person would name when asked what breaks the test. */
export function targetsBeside(
	operator: Operator,
	known: Partner,
	side: 'left' | 'right',
	pattern: RegExp | null,
): readonly Target[] {
	const word = operator.replace('not ', '');
	if (word === 'matches' && pattern !== null) return besidePattern(pattern);
	if (word === 'in' && side === 'left' && isMany(known)) return besideItems(known);
	if (word === 'contains' && side === 'right') {
		if (isMany(known)) return besideItems(known);
		return typeof known === 'string' ? each(OTHER_TEXT, known) : [];
	}
	if ((word === 'in' || word === 'contains') && !isMany(known)) {
		const [other] = valuesBeside('==', known);
		const lists = many([other ?? null], [known], []);
		return word === 'contains' && typeof known === 'string'
			? [...each(OTHER_TEXT, known, ''), ...lists]
			: lists;
	}
	if (isMany(known)) return many([...known, { number: '1', unit: 'none' }], known, []);
	if (typeof known === 'string' && /With$/.test(word)) {
		const longer = word === 'startsWith' ? `${known} …` : `… ${known}`;
		return side === 'left' ? each(OTHER_TEXT, known, '', longer) : each(OTHER_TEXT, known, '');
	}
	return each(...valuesBeside(operator, known));
}

/** What an operand may be while nothing is known of either side. */
export const ANYTHING: readonly Target[] = [
	...each({ number: '10', unit: 'none' }, 'ab', true, { number: '0', unit: 'none' }),
	...many([{ number: '10', unit: 'none' }], ['ab']),
];

function each(...values: readonly SampleValue[]): Target[] {
	return values.map((value) => ({ kind: 'value', value }));
}

function many(...lists: readonly (readonly SampleValue[])[]): Target[] {
	return lists.map((items) => ({ kind: 'list', items }));
}

function besidePattern(pattern: RegExp): Target[] {
	const fits = textMatching(pattern);
	const near = fits === null ? [] : [fits, `~${fits}`, `${fits}~`, fits.slice(1), fits.slice(0, -1)];
	return each(OTHER_TEXT, '', ...near, '0', '~', 'x', 'x\ny');
}

function besideItems(items: readonly SampleValue[]): Target[] {
	const numbers = items.map((item) => asNumber(item)).filter((number) => number !== null);
	const [largest] = [...numbers].sort((a, b) => compare(b.number, a.number));
	const [above, below]: SampleValue[] = largest === undefined ? [] : numbersBeside('in', largest);
	const outside = (value: SampleValue | undefined): SampleValue[] => (value === undefined ? [] : [value]);
	const texts = items.some((item) => typeof item === 'string') ? [OTHER_TEXT, 'x'] : [];
	const plain: readonly SampleValue[] = [
		{ number: '0', unit: 'none' },
		{ number: '1', unit: 'none' },
	];
	return each(...texts, ...outside(above), ...items, true, false, null, ...plain, ...outside(below));
}

function valuesBeside(operator: string, known: SampleValue): SampleValue[] {
	if (known === null) return [{ number: '1', unit: 'none' }, OTHER_TEXT, null];
	if (typeof known === 'boolean') return [!known, known];
	if (isQuantity(known)) return numbersBeside(operator, known);
	const at = readTime(known);
	const times =
		at === null ? [] : [at + DAY_MS, at - DAY_MS, at].map((instant) => new Date(instant).toISOString());
	const number = asNumber(known);
	return [
		...times,
		...(number === null ? [] : numbersBeside(operator, number)),
		known === OTHER_TEXT ? 'x' : OTHER_TEXT,
		known,
		'',
	];
}

function numbersBeside(operator: string, { number, unit }: Quantity): Quantity[] {
	const step = stepOf({ number, unit });
	const [more, less] = [add(number, step), subtract(number, step)];
	const near = nearby(operator, number, more, less);
	const far = [
		add(number, number),
		'0',
		'1',
		add(multiply(number, '10'), '10'),
		negate(multiply(number, '10')),
		'100',
	];
	const half = round(divide(number, '2') ?? '0', 2);
	return [...near, ...far, half, '-1'].map((value) => ({ number: value, unit }));
}

/** The one that breaks the test first, the one that keeps it next: a long list is not made three times. */
function nearby(operator: string, number: string, more: string, less: string): readonly string[] {
	if (operator === '>') return [number, more, less];
	if (operator === '>=') return [less, number, more];
	if (operator === '!=') return [number, more, less];
	return operator === '==' ? [more, number, less] : [more, less, number];
}

/** The smallest step that still shows where the value is drawn. */
function stepOf({ number, unit }: Quantity): string {
	const size = absolute(number);
	const places = number.split('.')[1]?.replace(/0+$/, '').length ?? 0;
	if (unit === 'ms' && places === 0)
		return STEPS_MS.find(([below]) => compare(size, below) < 0)?.[1] ?? '3600000';
	if (unit === 'bytes' && compare(size, '1024') >= 0) return round(divide(size, '10') ?? '1', 0);
	if (unit === 'ratio') return places <= 2 ? '0.01' : `0.${'0'.repeat(places - 1)}1`;
	return places === 0 ? '1' : `0.${'0'.repeat(places - 1)}1`;
}
