/** Comments and texts, from the left: whichever begins first hides what would begin the other. */
const NO_NAMES =
	/\/\*(?!!)(?:[^*]|\*(?!\/))*\*\/|(?:--\s|#)[^\n]*|'(?:[^'\\]|\\[\s\S]|'')*'|"((?:[^"\\]|\\[\s\S]|"")*)"/g;

/**
 * Whether a statement about a restored copy names the live database, which lies beside it on the same server: written with its
 * database, or after `use`, it would change what is live. Texts are no names, but for one that the server may be told to take for one.
 */
export function namesDatabase(statement: string, live: string): boolean {
	const isLive = (inner: string | undefined) => inner?.toLowerCase() === live.toLowerCase();
	const bare = statement.replace(NO_NAMES, (found, inner?: string) => (isLive(inner) ? found : ' '));
	if (/^[\s;]*use\b/i.test(bare)) return true;
	const name = live.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
	const quoted = live.replaceAll('`', '``').replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
	return new RegExp(`(?:(?<![\\w$\\u0080-\\uffff])${name}|"${name}"|\`${quoted}\`)\\s*\\.`, 'i').test(bare);
}
