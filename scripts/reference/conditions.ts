import { FUNCTIONS, type FunctionShape, type Operator } from '../../src/domain/condition/index.ts';
import { FAULTS, type FaultCode, fault } from '../../src/domain/fault.ts';
import { faultBrief } from '../../src/i18n/fault.ts';
import { DOCUMENT, judged, proved, readable } from './condition-examples.ts';
import { code, page, table } from './table.ts';

const OPERANDS: readonly (readonly [example: string, meaning: string])[] = [
	['latency', 'a value of this check: what its kind reads (see each kind), what `show` and `read` name'],
	['summary.net', 'the newest value of another check; unknown while that check is stale'],
	['$.customers[0].plan', 'a node of the answer, by JSONPath (RFC 9535)'],
	['header("Vary")', 'a header of the answer; names are the same in upper and lower case'],
	['48609', 'a number, exact however long; `1e6` too'],
	['500ms', 'a duration: `ns us ms s m h d`'],
	['1.5MiB', 'a size: `B`, `KB MB GB` = 1000, `KiB MiB GiB` = 1024'],
	['5%', 'a part of one, 0.05'],
	['"ready"', 'a text, in double or single quotes'],
	['true', '`true`, `false` or `null`'],
];

const OPERATORS: Readonly<
	Record<Exclude<Operator, `not ${string}`>, readonly [example: string, meaning: string]>
> = {
	'==': [
		'$.status == "healthy"',
		'the same value. Text that is a decimal counts as a number beside a number',
	],
	'!=': ['$.error != null', 'not the same value; of another kind is unknown, unless `null` is written'],
	'<': ['latency < 500ms', 'less'],
	'<=': ['status <= 299', 'not more'],
	'>': ['count($.customers[*]) > 0', 'more'],
	'>=': ['status >= 200', 'not less'],
	in: ['status in [200, 204]', 'one of a list, or of the nodes of a path'],
	contains: [
		'$.customers[*].plan contains "gold"',
		'a text holds a text; a list, or the nodes of a path, hold a value',
	],
	startsWith: ['$.status startsWith "heal"', 'a text begins with a text'],
	endsWith: ['$.status endsWith "y"', 'a text ends with a text'],
	matches: [
		'$.status matches "^(healthy|ok)$"',
		'a regular expression finds something in a text of at most 65,536 characters',
	],
	exists: ['$.error exists', 'it is there, be it `null`; written after its operand'],
	empty: ['$.tags empty', 'a text, list or object with nothing in it, or `null`; a path that finds none'],
};

const ABOUT: Readonly<Record<string, readonly [example: string, meaning: string]>> = {
	count: [
		'count($.customers[*]) == 2',
		'how many nodes a path finds. 0 only when the list is there; where it is missing: unknown',
	],
	len: ['len($.status) > 3', 'characters of a text, members of a list or object'],
	sum: ['sum(expenses, repayments) > 0', 'of its operands, and of every node its paths find; 0 of none'],
	min: ['min(latency, 1s) < 700ms', 'the least of them'],
	max: ['max(latency, 100ms) < 500ms', 'the greatest of them'],
	first: ['first($.customers[*].plan) == "gold"', 'the first node a path finds'],
	age: [
		'age($.checked_at) < 5m',
		'how long ago: ISO 8601 (UTC when it names no zone), an HTTP date, epoch seconds or milliseconds. More than a minute in the future is unknown',
	],
	drop: [
		'drop(transactions) < 5%',
		'how far the value fell below the last signed one, as a part of that; 0 when it did not',
	],
	rise: ['rise(transactions) < 5%', 'how far it rose above the last signed one'],
	change: ['change(transactions) < 20%', 'how far it moved either way; of a text 0 or 100 %'],
	usual: [
		'latency < 3 * usual(latency)',
		'what it usually is at this hour of the day: the middle of this hour’s means on the last seven days, unknown before three of them are known',
	],
	p50: [
		'p50(latency, 10m) < 500ms',
		'over the window: the value that half of them do not exceed (nearest rank, a value that was measured)',
	],
	p90: ['p90(latency, 10m) < 500ms', 'the same for 90 %'],
	p95: ['p95(latency, 10m) < 500ms', 'the same for 95 %'],
	p99: ['p99(latency, 10m) < 500ms', 'the same for 99 %'],
	avg: ['avg(latency, 10m) < 500ms', 'their mean'],
	rate: ['rate(latency, 10m) > 0', 'growth of a counter per second; after a fall it counted from zero'],
	ratio: ['ratio(latency, 10m) >= 99%', 'the part of them that is not 0; true is 1, false 0'],
	growth: [
		'growth(latency, 10m) < 20%',
		'how far the newest third (its middle value) lies above the oldest; less than 0 when it fell; unknown before half of the window was seen',
	],
	changes: [
		'changes(latency, 10m) == 0',
		'how often a value, the newest included, was another than the one before it',
	],
};

const TAKES: Readonly<Record<FunctionShape['takes'], string>> = {
	path: 'a path',
	one: 'one operand',
	many: 'operands and paths',
	sample: 'a value of this check',
	window: 'a value of this check, a duration',
};
const GIVES: Readonly<Record<FunctionShape['gives'], string>> = {
	none: 'without a unit',
	ms: 'a duration',
	ratio: 'a part of one',
	same: 'as what it is given',
};

const UNKNOWN: readonly string[] = [
	'$.missing == 1',
	'count($.absent[*]) == 0',
	'$.customers[*].plan == "gold"',
	'$.status != 0',
	'drop(expenses) < 5%',
	'transactions > usual(transactions) / 2',
	'header("X-Cache") == "HIT"',
	'backup.age < 1d',
];

const PROVED: readonly string[] = [
	'latency < 500ms',
	'count($.customers[?@.plan == "gold"]) > 0',
	'drop(transactions) < 5%',
	'latency < 3 * usual(latency)',
	'count($.customers[*]) >= 0',
	'ratio(latency, 10m) <= 100%',
	'summary.net exists',
	'count($.customers[*]) == 2.5',
	'latency >= 0',
];

function aboutOf(name: string): readonly [string, string] {
	const about = ABOUT[name];
	if (about === undefined) throw new Error(`scripts/reference/conditions.ts says nothing about "${name}"`);
	return about;
}

function row(text: string, ...before: readonly string[]): string[] {
	const { mark, reason } = judged(text);
	return [...before, code(text), mark, reason];
}

/** The condition language; every example on the page is judged by the program itself while the page is made. */
export function conditionsPage(): string {
	return page(
		'# Conditions',
		'',
		'Generated by `scripts/reference.ts`; do not edit. Every example here is judged by the program while this page is made.',
		'',
		'A condition states what is right: `operand operator operand`, or `operand exists`. `must` broken is critical, `should` broken a',
		'warning. The list is the *and*; there is no `or`, use `in` or `matches`. What cannot be answered is **unknown** with its reason, under',
		'every operator and every `not`: never true, never false. All arithmetic is decimal and exact; only a quotient is rounded, in its',
		'last digit.',
		'',
		'The examples are judged on this answer, with `status` 200, `latency` 612 ms (8, 9, 9 and 612 ms in the last four minutes, usually 9 ms),',
		'`transactions` 1,960 of which the last signed round saw 48,609, `expenses` 690,403,273, `repayments` 663,755,132, another check’s',
		'`summary.net` 266,481.41 and a header `Vary: Origin`, at 2026-01-05 09:00 UTC:',
		'',
		'```json',
		JSON.stringify(DOCUMENT, null, 2),
		'```',
		'',
		'## Operands',
		'',
		...table(
			['written', 'is'],
			OPERANDS.map(([example, meaning]) => [code(readable(example)), meaning]),
		),
		'',
		'A list (`[200, 204]`) stands on the right of `in`, `not in`, `==` and `!=`. A path that may find several nodes stands for one',
		'value only when it finds one; `in`, `contains`, `empty`, `exists` and the functions take all of them. Names may hold letters of',
		'any script, digits, `_`, and `-` or `.` between them, so a minus between two operands has spaces round it.',
		'',
		'## Operators',
		'',
		...table(
			['operator', 'true when', 'example', 'here', 'said as'],
			Object.entries(OPERATORS).map(([operator, [example, meaning]]) =>
				row(example, code(operator), meaning),
			),
		),
		'',
		'The word operators also have a `not` form: `not in`, `not contains`, `not startsWith`, `not endsWith`, `not matches`,',
		'`not exists`, `not empty`. Numbers have an order, and so have two ISO 8601 times; other text has none.',
		'',
		'## Arithmetic and units',
		'',
		'`+ - * /` and brackets, multiplication first. Unlike units are refused when the configuration is read: a duration is compared',
		'with a duration, a size with a size, a plain number with a plain number or a part of one. `0` is zero of anything. A duration by a',
		'duration is a plain number; a duration times a number stays a duration. Division by 0 is unknown.',
		'',
		...table(
			['example', 'here', 'said as'],
			[
				'(expenses - repayments) / 100 == summary.net',
				'$.net_balance == summary.net',
				'latency / 2 < 400ms',
				'repayments / expenses < 90%',
			].map((text) => row(text)),
		),
		'',
		'## Functions',
		'',
		...table(
			['function', 'takes', 'gives', 'meaning', 'example', 'here', 'said as'],
			Object.entries(FUNCTIONS).map(([name, { takes, gives }]) => {
				const [example, meaning] = aboutOf(name);
				return row(example, code(name), TAKES[takes], GIVES[gives], meaning);
			}),
		),
		'',
		'`drop`, `rise` and `change` compare with the **baseline**: the newest value of a check that entered a signed snapshot in this',
		'environment, because the check was ok when a round was signed or because the operator accepted it with a note. Until there is one',
		'they are unknown with “no signed snapshot yet”; that does not stand in the way of the first sign-off. From 0 to anything else has',
		'no percentage and is unknown.',
		'',
		'`usual` is what stands beside a slow time as “usually 9 ms at this hour”: one bad day does not move it, and days on which nothing',
		'was asked do not count. It is of this check’s own stored history, so an action has none.',
		'',
		'Windows (`5m`, `1h`) reach back over this check’s own stored values; one that was never measured is unknown.',
		'',
		'## Unknown, never green',
		'',
		...table(
			['example', 'here', 'said as'],
			UNKNOWN.map((text) => row(text)),
		),
		'',
		'## Proved before they are trusted',
		'',
		'`rounds config prove` makes up readings for every condition: one that must fail it, one that satisfies it. **proven**: both were',
		'found and judged so. **vacuous**: no reading could fail it, so it tests nothing. **impossible**: none could satisfy it. **unproven**:',
		'none was found, which says nothing about the condition.',
		'',
		...table(
			['example', 'class', 'said as'],
			PROVED.map((text) => {
				const { word, said } = proved(text);
				return [code(text), word, said];
			}),
		),
		'',
		'## Faults',
		'',
		'When there is no answer to judge, the conditions are not asked: the fault has its own level. **critical**: the other side said',
		'no. **unknown**: we could not ask, so nothing can be said about it.',
		'',
		...table(
			['fault', 'level', 'drawn as'],
			(Object.keys(FAULTS) as FaultCode[]).map((name) => [
				code(name),
				FAULTS[name].level,
				faultBrief(fault(name), 'en'),
			]),
		),
	);
}
