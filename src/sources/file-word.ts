/** A name as a part of a file name. */
export function fileWord(name: string): string {
	const word = name
		.replace(/[^\p{L}\p{N}_.-]+/gu, '_')
		.replace(/^[.-]+/, '')
		.slice(0, 80);
	return word === '' ? 'database' : word;
}
