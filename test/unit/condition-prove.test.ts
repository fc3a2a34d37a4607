import { describe, expect, it } from 'vitest';
import {
	type Condition,
	type EvaluationContext,
	evaluateCondition,
	type Proof,
	type ProofNames,
	parseCondition,
	parseExpression,
	proveCondition,
} from '../../src/domain/condition/index.ts';
import { parseJson } from '../../src/domain/json.ts';
import { judge } from '../../src/domain/judge.ts';
import { ok } from '../../src/domain/result.ts';
import { quantity, type SampleValue, type Unit, type Value } from '../../src/domain/value.ts';
import { exampleText, proofText } from '../../src/i18n/proof.ts';

const UNITS: Readonly<Record<string, Unit>> = {
	status: 'none',
	latency: 'ms',
	size: 'bytes',
	total: 'bytes',
	used: 'ratio',
	bills: 'none',
	'bills.took': 'ms',
	up: 'none',
};

function condition(text: string): Condition {
	const parsed = parseCondition(text);
	if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`);
	return parsed.value;
}

function shownAs(name: string, text: string): ProofNames['show'][number] {
	const parsed = parseExpression(text);
	if (!parsed.ok) throw new Error(text);
	return { name, expression: parsed.value };
}

const show = [shownAs('customers', 'count($.customers[*])'), shownAs('net', '$.net')];
const names: ProofNames = {
	show,
	unitOf: (name) => (Object.hasOwn(UNITS, name) ? UNITS[name] : undefined),
	isText: (name) => name === 'word',
	isOwn: (name) => name === 'word' || Object.hasOwn(UNITS, name) || name === 'customers' || name === 'net',
};
const prove = (text: string): Proof => proveCondition(condition(text), names);

describe('a condition that can fail', () => {
	it.each([
		['status == 200', 'status = 201'],
		['$.status == "healthy"', '$.status = "other"'],
		['latency < 500ms', 'latency = 501 ms'],
		['latency <= 2s', 'latency = 2.1 s'],
		['count($.customers[*]) > 0', 'count($.customers[*]) = 0'],
		['customers >= 5', 'customers = 4'],
		['net == summary.net', 'net = 11, summary.net = 10'],
		['drop(bills) < 5%', 'drop(bills) = 6 % (1,000 → 940)'],
		['change(customers) < 20%', 'change(customers) = 21 % (1,000 → 1,210)'],
		['status in [200, 204]', 'status = 205'],
		['status not in [500, 503]', 'status = 500'],
		['header("Vary") contains "Origin"', 'header("Vary") = "other"'],
		['header("Vary") exists', 'header("Vary"): not there'],
		['$.error not exists', '$.error = 1'],
		['$.tags not empty', '$.tags = []'],
		['$.at matches "^v\\\\d+$"', '$.at = "other"'],
		['p95(latency, 5m) < 500ms', 'p95(latency, 5m) = 501 ms'],
		['ratio(up, 5m) >= 99%', 'ratio(up, 5m) = 98 %'],
		['changes(bills, 1h) == 0', 'changes(bills, 1h) = 1'],
		['growth(size, 1h) < 20%', 'growth(size, 1h) = 21 %'],
		['age("2026-01-01") < 30d', 'age("2026-01-01") = 30 d 1 h'],
		['latency < 3 * usual(latency)', 'latency = 10 ms, usual(latency) = 3.33 ms'],
		['bills > usual(bills) / 2', 'bills = 10, usual(bills) / 2 = 10, usual(bills) = 20'],
		['bills.took <= usual(bills.took)', 'bills.took = 11 ms, usual(bills.took) = 10 ms'],
		['$.a contains ""', '$.a = ["other"]'],
		['$.a matches "^.*$"', '$.a = "x␊y"'],
		['change(word) == 0', 'change(word) = 100 % ("one" → "other")'],
		['usual(size) < 1MiB', 'usual(size) = 1.1 MiB'],
		['size / total < 90%', 'size / total = 91 %, size = 91 B, total = 100 B'],
		['$.day >= "2026-01-01"', '$.day = "2025-12-31T00:00:00.000Z"'],
	])('%s fails at %s', (text, example) => {
		const proof = prove(text);
		expect(proof.kind).toBe('proven');
		expect(exampleText(proof.fails!.outcome, 'en')).toBe(example);
		expect(proof.holds!.outcome.holds).toBe(true);
	});

	it.each([
		'$.items[?@.state == "x" && @.n > 5].id contains "gold"',
		'count($.items[?@.state != "ok" || !@.seen]) == 0',
		'count($.items[?match(@.name, "a[bc]+") && length(@.tag) >= 3]) < 2',
		'count($.items[?@.a == 1]) == count($.items[*])',
		'sum($.groups[*].items[*].size) < 100',
		'$.list[2].x == $.list[-1].y',
		'$.list[1:3] contains 7',
		'$..name == "x"',
		"$['a','b'] contains true",
		'first($.a[*]) startsWith "x"',
		'max($.a[*], bills) < 10',
		'status in $.codes[*]',
		'"abc" contains $.part',
		'$.exact == 12345678901234567890.5',
		'rate(bills, 5m) > 2',
		'avg(latency, 1h) * 2 > p95(latency, 5m)',
		'-$.a + 3 * (bills - 2) != 7',
		'bills * 3 - $.y == 0',
		'$.a[?@ > 3] not empty',
		'$ != null',
		'len(first($.a[*])) == 3',
		'$.a matches "(?<=v)[1-9]{3}$"',
		'count($.list[*]) > 48609',
	])('%s is proven', (text) => {
		expect(prove(text)).toMatchObject({ kind: 'proven' });
	});
});

const VACUOUS = [
	['count($.a[*]) >= 0', 'never-negative'],
	['count($.a[*]) != -1', 'never-negative'],
	['customers >= 0', 'never-negative'],
	['customers != 2.5', 'never-whole'],
	['size >= 0', 'never-negative'],
	['size + total >= 0', 'never-negative'],
	['ratio(up, 5m) <= 100%', 'out-of-range'],
	['min(latency, 1s) < 2s', 'out-of-range'],
	['usual(size) >= 0', 'never-negative'],
	['usual(latency) == usual( latency )', 'same-both-sides'],
	['len($.a) not in [-1, 0.5]', 'never-negative'],
	['bills == bills', 'same-both-sides'],
	['1 < 2', 'constant'],
	['header("Vary") contains ""', 'any-text'],
	['$.a matches "x*"', 'any-text'],
	['status not in []', 'empty-list'],
	['$ exists', 'always-there'],
	['header("x") != null', 'other-kind'],
	['summary.net exists', 'unknown-when-absent'],
	['$.a endsWith ""', 'any-text'],
	['word contains word', 'same-both-sides'],
	['$.a <= $.a', 'same-both-sides'],
] as const;
const IMPOSSIBLE = [
	['count($.a[*]) < 0', 'never-negative'],
	['customers == 2.5', 'never-whole'],
	['ratio(up, 5m) > 1.5', 'out-of-range'],
	['bills != bills', 'same-both-sides'],
	['2 < 1', 'constant'],
	['1 / 0 == 1', 'constant'],
	['$ not exists', 'always-there'],
	['count($.a[*]) == "many"', 'other-kind'],
	['count($.a[*]) != true', 'other-kind'],
	['len($.a) startsWith "x"', 'other-kind'],
	['header("x") == true', 'other-kind'],
	['customers in [-3, 7.25, "ok"]', 'never-negative'],
	['status < "ok"', 'no-order'],
	['$.a >= true', 'no-order'],
	['summary.net not exists', 'unknown-when-absent'],
	['status in []', 'empty-list'],
] as const;

describe('a condition that tests nothing', () => {
	it.each(VACUOUS)('%s is vacuous: %s', (text, code) => {
		expect(prove(text)).toMatchObject({ kind: 'vacuous', code, fails: null });
	});

	it.each(IMPOSSIBLE)('%s is impossible: %s', (text, code) => {
		expect(prove(text)).toMatchObject({ kind: 'impossible', code, holds: null });
	});

	it.each([
		['latency >= 0', 'below-zero', 'failing'],
		// An object is not made up, and equals nothing.
		['$.a == $.a', 'none-found', 'failing'],
		['count($.a[*]) < 1e9', 'too-many', 'failing'],
		['$.a[?@.b == $.c].d == 1', 'filter', 'both'],
		['$.a matches "^(a)\\\\1$"', 'pattern', 'holding'],
	])('%s is unproven, and says so: %s', (text, code, missing) => {
		expect(prove(text)).toMatchObject({ kind: 'unproven', code, missing });
	});

	it('is said in one line, in both languages', () => {
		expect(proofText(prove('latency >= 0'), 'en')).toBe(
			'found no reading that fails it: only latency below zero would do',
		);
		expect(proofText(prove('customers >= 0'), 'zh-CN')).toBe(
			'任何读数都不会使其不成立：customers 永远不会小于零',
		);
	});
});

/** The same numbers every time. */
function createDice(seed: number): (faces: number) => number {
	let state = seed;
	return (faces) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * faces);
	};
}

const pick = <T>(dice: (faces: number) => number, from: readonly T[]): T => from[dice(from.length)] as T;

/** Pairs of an operand and literals that may stand beside it. */
const PLAIN = ['0', '1', '-3', '7.25', '200', '48609'];
const TEXTS = ['"ok"', '""', '"2026-01-01"', '"12"'];
const OPERANDS: readonly (readonly [string, readonly string[]])[] = [
	['status', [...PLAIN, ...TEXTS, 'true', 'null']],
	['$.a.b', [...PLAIN, ...TEXTS, 'false', 'null', '$.c', 'bills']],
	['$.list[*].n', [...PLAIN, '"x"']],
	['$.list[?@.k == "v" && @.n >= 2].n', [...PLAIN, '"x"']],
	['header("Server")', [...TEXTS, '5', 'null']],
	['summary.net', [...PLAIN, '"x"', 'bills']],
	['customers', [...PLAIN, 'bills']],
	['latency', ['0', '5ms', '500ms', '2m', 'bills.took']],
	['size', ['0', '10B', '1.5MiB', 'total']],
	['used', ['5%', '0.5', '100%']],
	['count($.list[*])', [...PLAIN, 'customers']],
	['count($.list[?@.n > 3])', ['0', '2', 'count($.list[*])']],
	['len($.a.b)', ['0', '3', '12']],
	['sum($.list[*].n)', [...PLAIN, '$.sum']],
	['min(bills, $.x)', PLAIN],
	['age($.at)', ['0', '5m', '3d']],
	['drop(bills)', ['0', '5%', '120%']],
	['rise(customers)', ['10%']],
	['change(bills)', ['0.5%', '20%']],
	['p95(latency, 5m)', ['500ms', 'p95(latency, 1h)']],
	['ratio(up, 10m)', ['99%', '0', '100%']],
	['growth(size, 1h)', ['20%', '-10%']],
	['changes(bills, 1h)', ['0', '3']],
	['usual(latency)', ['9ms', 'latency', 'bills.took', 'p95(latency, 5m)']],
	['3 * usual(latency)', ['latency', '1s']],
	['usual(customers)', ['0', 'customers', 'bills']],
	['(bills - $.x) / 100', [...PLAIN, 'summary.net']],
	['bills * 3 - $.y', PLAIN],
	['size / total', ['90%', '2']],
];
const COMPARING = ['==', '!=', '<', '<=', '>', '>='];
const WORDS = ['contains', 'not contains', 'startsWith', 'not startsWith', 'endsWith'];

function writeCondition(dice: (faces: number) => number): string {
	const [operand, partners] = pick(dice, OPERANDS);
	const kind = dice(10);
	if (kind === 0) return `$.a.b ${pick(dice, ['exists', 'not exists', 'empty', 'not empty'])}`;
	if (kind === 1)
		return `${pick(dice, ['$.a.b', 'header("Server")', '$.list[0].s'])} ${pick(dice, WORDS)} "ok"`;
	if (kind === 2) {
		const items = [pick(dice, PLAIN), pick(dice, PLAIN), pick(dice, TEXTS)].join(', ');
		return `${pick(dice, ['status', '$.a.b', 'customers'])} ${pick(dice, ['in', 'not in'])} [${items}]`;
	}
	if (kind === 3) return `${pick(dice, ['$.a.b', 'header("Server")'])} matches "^[a-c]+\\\\d{2,}(x|yz)?$"`;
	const [left, right] = dice(4) === 0 ? [pick(dice, partners), operand] : [operand, pick(dice, partners)];
	return `${left} ${pick(dice, COMPARING)} ${right}`;
}

function writeMany(count: number): readonly string[] {
	const dice = createDice(20_260_101);
	const texts = new Set<string>();
	while (texts.size < count) {
		const text = writeCondition(dice);
		if (parseCondition(text).ok) texts.add(text);
	}
	return [...texts];
}

describe('hundreds of written conditions', () => {
	const texts = writeMany(600);

	it('are mostly proven, and every example is judged as claimed by the judge of real readings', () => {
		let proven = 0;
		for (const text of texts) {
			const parsed = condition(text);
			const proof = proveCondition(parsed, names);
			if (proof.kind === 'proven') proven++;
			for (const [example, holds] of [
				[proof.fails, false],
				[proof.holds, true],
			] as const) {
				if (example === null) continue;
				const { verdict } = judge(ok(example.reading), { must: [parsed], should: [], show }, example.around);
				expect([text, verdict.outcomes[0]?.outcome.holds]).toEqual([text, holds]);
				expect(verdict.outcomes[0]?.outcome).toEqual(example.outcome);
			}
			if (proof.kind === 'proven')
				expect([text, proof.fails !== null && proof.holds !== null]).toEqual([text, true]);
			if (proof.kind === 'vacuous') expect([text, proof.fails]).toEqual([text, null]);
			if (proof.kind === 'impossible') expect([text, proof.holds]).toEqual([text, null]);
		}
		expect(proven).toBeGreaterThan(texts.length * 0.8);
	});

	it('have examples that a server could really send: their documents are JSON', () => {
		let seen = 0;
		for (const text of texts) {
			const { fails } = prove(text);
			const document = fails?.reading.document;
			if (document === undefined) continue;
			const sent = JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value));
			expect(parseJson(sent).ok).toBe(true);
			seen++;
		}
		expect(seen).toBeGreaterThan(100);
	});
});

describe('what is said to be certain', () => {
	const dice = createDice(7);
	const number = () => pick(dice, ['0', '-1', '0.5', '3', '1000', '99999999']);
	const sample = (name: string): SampleValue | undefined => {
		const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : 'none';
		// Nothing has a size below nothing.
		const text = unit === 'bytes' ? number().replace('-', '') : number();
		return pick(dice, [quantity(text, unit), quantity(text, unit), null, 'n/a', '12', undefined]);
	};
	const node = (): Value => pick<Value>(dice, [0, -1, 2.5, 'x', '', null, true, [], [1, 'x'], {}, { n: 1 }]);
	const anyContext = (): EvaluationContext => {
		const document = pick(dice, [undefined, { a: node(), customers: node(), net: node() }, node()]);
		const known = new Map<string, SampleValue | undefined>();
		const usuals = new Map<string, number | null>();
		const context: EvaluationContext = {
			now: 1_800_000_000_000,
			document,
			sample: (name) => {
				const list = (document as { customers?: unknown } | undefined | null)?.customers;
				if (name === 'customers') return Array.isArray(list) ? quantity(list.length) : undefined;
				if (!known.has(name)) known.set(name, name.startsWith('summary.') ? undefined : sample(name));
				return known.get(name);
			},
			header: () => pick(dice, [undefined, '', 'x', '5', 'true', 'null']),
			latest: () => pick(dice, [undefined, { value: quantity(1), at: 0, stale: dice(2) === 0 }]),
			baseline: () => pick(dice, [undefined, { value: quantity(number()), at: 0 }]),
			usual: (name) => {
				if (!usuals.has(name))
					usuals.set(name, pick(dice, [null, UNITS[name] === 'bytes' ? dice(9) : dice(9) - 4]));
				return { value: usuals.get(name) ?? null, days: 2, need: 3 };
			},
			window: () => [0, 1, 1].map((value, at) => ({ at, value: dice(2) * value })),
		};
		return context;
	};

	it.each([
		...VACUOUS.map(([text]) => [text, false] as const),
		...IMPOSSIBLE.map(([text]) => [text, true] as const),
	])('%s never comes out as %s, whatever is read', (text, never) => {
		const parsed = condition(text);
		for (let round = 0; round < 400; round++) {
			expect(evaluateCondition(parsed, anyContext()).holds).not.toBe(never);
		}
	});
});
