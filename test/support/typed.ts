const NAMED: Readonly<Record<string, string>> = {
	enter: '\r',
	esc: '\x1b',
	tab: '\t',
	'shift-tab': '\x1b[Z',
	space: ' ',
	backspace: '\x7f',
	delete: '\x1b[3~',
	up: '\x1b[A',
	down: '\x1b[B',
	right: '\x1b[C',
	left: '\x1b[D',
	home: '\x1b[H',
	end: '\x1b[F',
	pgup: '\x1b[5~',
	pgdn: '\x1b[6~',
	'ctrl-left': '\x1b[1;5D',
	'ctrl-right': '\x1b[1;5C',
	'ctrl-space': '\0',
};

/** What a terminal sends for a key by name; any other text is typed as it is. */
export const bytesOf = (key: string): string => {
	const known = NAMED[key];
	if (known !== undefined) return known;
	if (/^ctrl-.$/.test(key)) return String.fromCharCode(key.charCodeAt(5) & 0x1f);
	if (/^alt-.$/.test(key)) return `\x1b${key[4]}`;
	return key;
};
