/** What a record is made of before it becomes text. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** The one spelling of a document: keys sorted, two spaces, a newline at the end. The same content gives the same bytes. */
export function canonicalJson(value: Plain): string {
	return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

function sortKeys(value: Plain): Plain {
	if (isList(value)) return value.map(sortKeys);
	if (typeof value !== 'object' || value === null) return value;
	// A map keeps a key named __proto__ an ordinary one.
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((key) => [key, sortKeys(value[key] ?? null)]),
	);
}

function isList(value: Plain): value is readonly Plain[] {
	return Array.isArray(value);
}

/** Every text in a document, keys too, changed by `change`: the one place where redaction and cleaning meet a record. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
	const walk = (part: unknown): unknown => {
		if (typeof part === 'string') return change(part);
		if (Array.isArray(part)) return part.map(walk);
		if (typeof part !== 'object' || part === null) return part;
		return Object.fromEntries(Object.entries(part).map(([key, inner]) => [change(key), walk(inner)]));
	};
	return walk(value) as T;
}
