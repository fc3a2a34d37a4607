import {
	type Condition,
	checkUnits,
	type Expression,
	findVacuous,
	namesOf,
	nearest,
	type ParseProblem,
	parseCondition,
	parseExpression,
} from '../domain/condition/index.ts';
import type { Unit } from '../domain/value.ts';
import { problemHint, problemText, vacuousText } from '../i18n/condition-problem.ts';
import type { Complaints } from './complaints.ts';
import { kindWord } from './include.ts';
import type { Span } from './source.ts';
import { placeIn, type ScalarTree, type Tree } from './tree.ts';

/** A parsed condition or expression and where it is written. */
export interface Placed<Parsed> {
	readonly parsed: Parsed;
	readonly scalar: ScalarTree;
}

/** The conditions of a list. YAML may have cut one up: what is left of it says so. */
export function readConditions(tree: Tree | undefined, complaints: Complaints): Placed<Condition>[] {
	if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
	if (tree.kind !== 'list') {
		complaints.error(tree, 'expected', {
			expected: complaints.word('list'),
			found: kindWord(tree, complaints),
		});
		return [];
	}
	return tree.items.flatMap((item, index) => {
		const scalar = textOf(item, complaints);
		if (scalar === null) return [];
		const parsed = parseCondition(String(scalar.value));
		if (parsed.ok) return [{ parsed: parsed.value, scalar }];
		// A cut condition leaves a second half that says nothing of its own.
		if (index > 0 && wasCutAtComma(tree.items[index - 1], item)) return [];
		reportParse(parsed.error, scalar, tree.items[index + 1], complaints);
		return [];
	});
}

/** The named expressions of `show`. */
export function readShown(
	tree: Tree | undefined,
	complaints: Complaints,
): (Placed<Expression> & { readonly name: string; readonly key: Span })[] {
	if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return [];
	if (tree.kind !== 'map') {
		complaints.error(tree, 'expected', {
			expected: complaints.word('map'),
			found: kindWord(tree, complaints),
		});
		return [];
	}
	return [...tree.entries].flatMap(([name, { key, value }]) => {
		if (!/^\p{L}[\p{L}\p{N}_-]{0,63}$/u.test(name)) {
			complaints.error(key, 'bad-id', { key: name, limit: 64 });
			return [];
		}
		const scalar = textOf(value, complaints);
		if (scalar === null) return [];
		const parsed = parseExpression(String(scalar.value));
		if (parsed.ok) return [{ parsed: parsed.value, scalar, name, key }];
		reportParse(parsed.error, scalar, undefined, complaints);
		return [];
	});
}

function textOf(item: Tree, complaints: Complaints): ScalarTree | null {
	if (item.kind === 'scalar' && typeof item.value === 'string') return item;
	if (item.kind === 'scalar' && typeof item.value === 'number') return { ...item, value: String(item.value) };
	if (item.kind === 'map') complaints.error(item, 'condition-map', {}, { key: 'hint-quote' });
	else complaints.error(item, 'condition-not-text', { found: kindWord(item, complaints) });
	return null;
}

function wasCutAtComma(before: Tree | undefined, item: Tree): boolean {
	if (before?.kind !== 'scalar' || item.kind !== 'scalar' || !before.inFlow || before.style !== 'plain')
		return false;
	const parsed = parseCondition(String(before.value));
	return !parsed.ok && isCut(parsed.error);
}

function isCut(problem: ParseProblem): boolean {
	return (
		problem.hint?.code === 'quote-it' || problem.code === 'unexpected-end' || problem.code === 'needs-window'
	);
}

function reportParse(
	problem: ParseProblem,
	scalar: ScalarTree,
	next: Tree | undefined,
	complaints: Complaints,
) {
	const isPlain = scalar.style === 'plain';
	const behind = scalar.file.text.slice(scalar.end, scalar.end + 80);
	if (isPlain && scalar.inFlow && next !== undefined && /^\s*,/.test(behind) && isCut(problem)) {
		return complaints.error(scalar, 'condition-comma', {}, { key: 'hint-quote' });
	}
	if (isPlain && /^[ \t]+#/.test(behind) && isCut(problem))
		return complaints.error(scalar, 'condition-comment', {}, { key: 'hint-quote' });
	const text = complaints.word('condition', { detail: problemText(problem, complaints.locale) });
	complaints.errorText(
		placeIn(scalar, problem.offset, problem.length),
		text,
		problemHint(problem, complaints.locale),
	);
}

/** What the conditions of one check may speak of. */
export interface Known {
	/** Own samples and shown names with their units; null while a unit is not known. */
	readonly own: ReadonlyMap<string, Unit | null>;
	/** Another check's samples; undefined when there is no such check. */
	other(check: string): ReadonlyMap<string, Unit | null> | undefined;
	readonly checks: readonly string[];
	readonly isAction: boolean;
}

/** Names that nothing gives, units that cannot meet, and tests that cannot fail. */
export function checkNames(
	{ parsed, scalar }: Placed<Condition | Expression>,
	known: Known,
	complaints: Complaints,
): void {
	const names = namesOf(parsed, (name) => known.own.has(name));
	const at = (name: string) => {
		const found = new RegExp(
			`(?<![\\p{L}\\p{N}_.$-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}_-])`,
			'u',
		).exec(parsed.text);
		return found === null ? scalar : placeIn(scalar, found.index, name.length);
	};
	let unknown = false;
	for (const name of names.samples) {
		if (known.own.has(name)) continue;
		unknown = true;
		const candidates = [...known.own.keys()];
		const meant = nearest(name, candidates);
		complaints.error(
			at(name),
			known.isAction ? 'action-sample' : 'unknown-sample',
			{ name },
			meant !== null
				? { key: 'did-you-mean', values: { word: meant } }
				: candidates.length > 0
					? { key: 'samples-are', values: { names: candidates.join(', ') } }
					: null,
		);
	}
	for (const { check, sample, name } of names.others) {
		const samples = known.other(check);
		if (samples === undefined) {
			unknown = true;
			const meant = nearest(check, known.checks);
			complaints.error(
				at(name),
				'unknown-check',
				{ name: check },
				meant === null ? null : { key: 'did-you-mean', values: { word: `${meant}.${sample}` } },
			);
		} else if (!samples.has(sample)) {
			unknown = true;
			const meant = nearest(sample, [...samples.keys()]);
			complaints.error(
				at(name),
				'unknown-other-sample',
				{ check, name: sample },
				meant !== null
					? { key: 'did-you-mean', values: { word: `${check}.${meant}` } }
					: { key: 'samples-are', values: { names: [...samples.keys()].join(', ') } },
			);
		}
	}
	if (unknown) return;
	const unitOf = (name: string): Unit | undefined => {
		if (known.own.has(name)) return known.own.get(name) ?? undefined;
		const dot = name.lastIndexOf('.');
		return known.other(name.slice(0, dot))?.get(name.slice(dot + 1)) ?? undefined;
	};
	const clash = checkUnits(parsed, unitOf);
	if (clash !== null) reportParse(clash, scalar, undefined, complaints);
	if ('root' in parsed) return;
	const idle = findVacuous(parsed);
	if (idle !== null) complaints.warn(scalar, 'vacuous', { detail: vacuousText(idle, complaints.locale) });
}
