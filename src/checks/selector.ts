import { operatorPattern } from '../domain/pattern.ts';
import { type Labels, readQuoted, type Series } from './exposition.ts';

interface Matcher {
	readonly label: string;
	readonly isNegated: boolean;
	readonly test: (value: string) => boolean;
}

/** Which series of a metrics page are meant, as PromQL writes it: `http_requests_total{status=~"5.."}`. */
export interface Selector {
	readonly name: string;
	readonly matchers: readonly Matcher[];
}

const OPERATOR = /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*/y;

/** null when the text is no selector. The pattern of `=~` must fit the whole value. */
export function readSelector(text: string): Selector | null {
	const head = /^\s*([a-zA-Z_:][\w:]*)\s*(\{)?/.exec(text);
	if (head === null) return null;
	const [whole, name = '', brace] = head;
	if (brace === undefined) return text.trim() === name ? { name, matchers: [] } : null;
	const matchers: Matcher[] = [];
	for (let at = whole.length; ; ) {
		const rest = /^\s*\}\s*$/.test(text.slice(at));
		if (rest) return { name, matchers };
		OPERATOR.lastIndex = at;
		const found = OPERATOR.exec(text);
		if (found === null) return null;
		const [all, label = '', operator = ''] = found;
		const value = readQuoted(text, at + all.length);
		if (value === null) return null;
		const test = testOf(operator, value.text);
		if (test === null) return null;
		matchers.push({ label, isNegated: operator.startsWith('!'), test });
		const after = /^\s*(,?)/.exec(text.slice(value.end));
		at = value.end + (after?.[0].length ?? 0);
		if (after?.[1] !== ',' && !/^\s*\}\s*$/.test(text.slice(at))) return null;
	}
}

function testOf(operator: string, wanted: string): ((value: string) => boolean) | null {
	if (!operator.endsWith('~')) return (value) => value === wanted;
	try {
		const pattern = operatorPattern(`^(?:${wanted})$`, 'su');
		return (value) => pattern.test(value);
	} catch {
		return null;
	}
}

/** A label that a series does not have is as good as an empty one. */
export function isSelected({ matchers }: Selector, labels: Labels): boolean {
	return matchers.every(({ label, isNegated, test }) => test(labels.get(label) ?? '') !== isNegated);
}

export function selectSeries(selector: Selector, series: readonly Series[]): readonly Series[] {
	return series.filter(({ name, labels }) => name === selector.name && isSelected(selector, labels));
}
