/** Names and values of a .env file, nothing expanded; or the number of the first line that is none. The last of one name wins. */
export function readEnvFile(text: string): ReadonlyMap<string, string> | number {
	const found = new Map<string, string>();
	const lines = text.split(/\r?\n/);
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] as string;
		if (/^\s*(#|$)/.test(line)) continue;
		const [, name, written = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/s.exec(line) ?? [];
		if (name === undefined) return at + 1;
		const quote = written[0];
		if (quote !== '"' && quote !== "'") {
			found.set(name, written.replace(/(^|\s)#.*$/, '').trim());
			continue;
		}
		let value = written.slice(1);
		const start = at;
		// A private key stands in quotes over many lines.
		while (endOf(value, quote) < 0 && at + 1 < lines.length) value += `\n${lines[++at]}`;
		const end = endOf(value, quote);
		if (end < 0) return start + 1;
		found.set(name, value.slice(0, end));
	}
	return found;
}

function endOf(value: string, quote: string): number {
	for (let at = 0; at < value.length; at++) {
		if (value[at] === '\\' && quote === '"') at++;
		else if (value[at] === quote) return at;
	}
	return -1;
}
