import { broken, type Outcome, type Report, results, type TestResult } from './suite-results.ts';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plainText(text: string): string {
	return text.replace(
		/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi,
		(whole, decimal, hex, name) => {
			if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
			const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
			return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
		},
	);
}

/**
 * JUnit XML as pytest, vitest, ruff, mypy, schemathesis and many more write it. Read as tags, without a document: nothing is
 * fetched, no entity is expanded. A file that does not end with its root is truncated.
 */
export function readJunit(text: string): Report {
	if (text.trim() === '') return broken('empty');
	if (!/<testsuites?[\s>/]/.test(text)) return broken('broken');
	const found: TestResult[] = [];
	const suites: string[] = [];
	let open: { readonly name: string; outcome: Outcome } | null = null;
	let depth = 0;
	let sawRoot = false;
	const tags = tagsOf(text);
	if (tags === null) return broken('truncated');
	for (const { slash, tag, attributes, ends } of tags) {
		const closes = slash;
		if (tag === 'testsuite' || tag === 'testsuites') {
			if (closes) {
				depth--;
				if (tag === 'testsuite') suites.pop();
				continue;
			}
			sawRoot = true;
			if (ends) continue;
			depth++;
			if (tag === 'testsuite') suites.push(attributeOf(attributes, 'name'));
		} else if (tag === 'testcase' && closes) {
			if (open !== null) found.push(open);
			open = null;
		} else if (tag === 'testcase') {
			const parts = [
				suites.at(-1) ?? '',
				attributeOf(attributes, 'classname'),
				attributeOf(attributes, 'name'),
			];
			const outcome: Outcome = attributeOf(attributes, 'status') === 'skipped' ? 'skipped' : 'passed';
			open = { name: parts.filter((part) => part !== '').join(' › '), outcome };
			if (ends) {
				found.push(open);
				open = null;
			}
		} else if (open !== null && !closes) {
			if (tag === 'failure' || tag === 'error') open.outcome = 'failed';
			else if (tag === 'skipped' && open.outcome !== 'failed') open.outcome = 'skipped';
		}
	}
	return sawRoot && depth === 0 && open === null ? results(found) : broken('truncated');
}

interface Tag {
	readonly slash: boolean;
	readonly tag: string;
	readonly attributes: string;
	readonly ends: boolean;
}

/** Every tag in one pass; null when the text ends inside one, so that no text is gone over twice. */
function tagsOf(text: string): readonly Tag[] | null {
	const found: Tag[] = [];
	for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
		const close = ['<!--', '<![CDATA[', '<?'].findIndex((begin) => text.startsWith(begin, at));
		if (close >= 0) {
			const ending = ['-->', ']]>', '?>'][close] as string;
			const end = text.indexOf(ending, at);
			if (end < 0) return null;
			at = end + ending.length;
			continue;
		}
		const end = endOfTag(text, at);
		if (end < 0) return null;
		const inner = text.slice(at + 1, end);
		const [, slash = '', tag = ''] = /^(\/?)([A-Za-z][\w.:-]*)/.exec(inner) ?? [];
		if (tag !== '')
			found.push({
				slash: slash === '/',
				tag,
				attributes: inner.slice(slash.length + tag.length),
				ends: inner.endsWith('/'),
			});
		at = end + 1;
	}
	return found;
}

function endOfTag(text: string, from: number): number {
	let quote = '';
	for (let at = from + 1; at < text.length; at++) {
		const character = text[at] as string;
		if (quote !== '') {
			if (character === quote) quote = '';
		} else if (character === '"' || character === "'") quote = character;
		else if (character === '>') return at;
	}
	return -1;
}

function attributeOf(attributes: string, name: string): string {
	const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
	return plainText(match?.[1] ?? match?.[2] ?? '');
}
