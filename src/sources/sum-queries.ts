import { queries } from '../fields/database-options.ts';

/** Names with a SELECT of one value each; one statement, so that none ends the transaction that may only read. */
export function sumQueries(description: string) {
	return queries(description).refine(
		(sums) => Object.values(sums ?? {}).every((query) => !query.replace(/[\s;]+$/, '').includes(';')),
		{ error: 'expected one SELECT each, without ";" in it' },
	);
}
