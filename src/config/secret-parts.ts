/** Lines shorter than this are words that texts of ours may hold too. */
const SHORTEST_LINE = 16;

/**
 * A secret's value and what is secret in it by itself, for redaction: the password of an address, as it stands there and as it is
 * meant; the lines of a key file.
 */
export function secretParts(value: string): readonly string[] {
	const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : [];
	const keys = lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('#'));
	return [...new Set([value, ...passwordsOf(value), ...keys])];
}

function passwordsOf(value: string): readonly string[] {
	const password = /^[a-z][\w+.-]*:\/\//i.test(value) ? (URL.parse(value)?.password ?? '') : '';
	if (password === '') return [];
	try {
		return [password, decodeURIComponent(password)];
	} catch {
		return [password];
	}
}
