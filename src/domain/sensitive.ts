const HIDDEN = '***';
const NAMES = [
	'pass(?:word|wd|phrase)?',
	'pwd',
	'secret',
	'token',
	'authorization',
	'api[_-]?key',
	'access[_-]?key',
	'private[_-]?key',
	'client[_-]?secret',
	'cookie',
	'session(?:[_-]?id)?',
	'jwt',
	'credential',
	'open[_-]?id',
	'union[_-]?id',
	'id[_-]?card',
	'id[_-]?number',
	'phone(?:[_-]?number)?',
	'mobile',
	'card[_-]?(?:no|number)',
];
const literally = (name: string) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Hides what must not be read by everybody: passwords, tokens, identities, by the name they stand under or by their shape. */
export interface SensitiveMask {
	hide(text: string): string;
	/** Whether something stands there in the open. */
	shows(text: string): boolean;
}

/** `names` are fields beside those that are always hidden; case and `_` or `-` before them do not matter. */
export function createSensitiveMask(names: readonly string[] = []): SensitiveMask {
	const words = [...NAMES, ...names.map(literally)].join('|');
	// The name may be the end of a longer one: `db_password`, `X-Api-Key`, `refresh_token`.
	const name = `(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,40}[_.-]){0,4}(?:${words})`;
	const rules: readonly (readonly [RegExp, string])[] = [
		[
			new RegExp(`("${name}"\\s{0,4}:\\s{0,4})("(?:[^"\\\\]|\\\\.){0,4000}"?|[\\w.+-]{1,400})`, 'gi'),
			`$1"${HIDDEN}"`,
		],
		[
			new RegExp(`('${name}'\\s{0,4}:\\s{0,4})('(?:[^'\\\\]|\\\\.){0,4000}'?|[\\w.+-]{1,400})`, 'gi'),
			`$1'${HIDDEN}'`,
		],
		[/\b(Bearer|Basic)\s{1,4}[\w.~+/=-]{6,4000}/gi, `$1 ${HIDDEN}`],
		[
			new RegExp(`(${name}\\s{0,2}[=:]\\s{0,2})(?!(?:Bearer|Basic) )([^\\s&;,"'{}\\[\\]()]{1,4000})`, 'gi'),
			`$1${HIDDEN}`,
		],
		[/(\/\/[^\s/:@]{0,100}:)[^\s/@]{1,200}@/g, `$1${HIDDEN}@`],
		[/\beyJ[\w-]{8,4000}\.[\w-]{4,4000}(?:\.[\w-]{0,4000})?/g, HIDDEN],
		[/(?<![\d.])1[3-9]\d{9}(?![\d.])/g, HIDDEN],
		[
			/(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])/g,
			HIDDEN,
		],
	];
	const hide = (text: string) => rules.reduce((done, [found, by]) => done.replace(found, by), text);
	// What was masked by its writer reads the same with our mask on it.
	const level = (text: string) =>
		text.replace(/"?[*•x#]{3,}"?|"?\[?(?:REDACTED|MASKED|FILTERED)\]?"?/gi, HIDDEN);
	return {
		hide,
		shows: (text) => level(hide(text)) !== level(text),
	};
}
