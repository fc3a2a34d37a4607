/** A Markdown table; `|` in a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** Text as code; the text itself holds no backtick. */
export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

export function page(...lines: readonly string[]): string {
	return `${lines
		.join('\n')
		.replace(/\n{3,}/g, '\n\n')
		.trimEnd()}\n`;
}
