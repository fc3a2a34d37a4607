import { clean } from '../../domain/text.ts';

/**
 * Text from outside as inert Markdown on one line: no markup, no HTML, no table border, no link, not even one that a
 * renderer would make of a bare address.
 */
export function inert(text: string, max = 2000): string {
	return inertCell(text, max).replace(
		/^(\s*)([-+#>]|\d+[.)])/,
		(_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
	);
}

/** The same inside a table, where what begins a line elsewhere means nothing. */
export function inertCell(text: string, max = 2000): string {
	return clean(text, { max })
		.replace(/[\\`*_[\]|~&$@]|<(?![\s\d=])/g, '\\$&')
		.replace(/:(?=\/\/)/g, '\\:')
		.replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\\.`);
}

/** Several lines from outside, kept as lines of a quotation. */
export function inertLines(text: string): string {
	return clean(text, { newlines: 'keep', max: 20_000 })
		.split('\n')
		.map((line) => `> ${inert(line).replace(/^\s*=/, '\\=')}`)
		.join('  \n');
}

/** Text shown as it is. The fence is longer than any run of backticks inside, so that nothing gets out. */
export function codeBlock(text: string, max = 16_000): string {
	const safe = clean(text, { newlines: 'keep', max }).replace(/\n+$/, '');
	const longest = Math.max(2, ...[...safe.matchAll(/`+/g)].map((run) => run[0].length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}text\n${safe}\n${fence}`;
}

/** A table of cells that are inert already; empty cells are a dash. */
export function table(
	head: readonly string[],
	rows: readonly (readonly string[])[],
	right: readonly number[] = [],
): string {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell || '–').join(' | ')} |`;
	const rule = `| ${head.map((_, index) => (right.includes(index) ? '---:' : '---')).join(' | ')} |`;
	return [line(head), rule, ...rows.map(line)].join('\n');
}
