/** Whether a condition can name it. */
export function isSampleName(name: string): boolean {
	return name.length <= 64 && /^[\p{L}_][\p{L}\p{N}_]*([.-][\p{L}\p{N}_]+)*$/u.test(name);
}

/** Names with a statement each; `took` is the check's own sample. */
export function isQueries(value: unknown): value is Readonly<Record<string, string>> {
	return (
		typeof value === 'object' &&
		value !== null &&
		!Array.isArray(value) &&
		Object.keys(value).length > 0 &&
		Object.entries(value).every(
			([name, query]) =>
				isSampleName(name) && name !== 'took' && typeof query === 'string' && query.trim() !== '',
		)
	);
}
