import type { CheckDefinition } from './check.ts';

/**
 * Whether two definitions ask the same and judge it alike, so that what is known from the one holds for the other. Secrets
 * compare by their references only: a new token asks the same question.
 */
export function isSameQuestion(a: CheckDefinition, b: CheckDefinition): boolean {
	return a === b || questionText(a) === questionText(b);
}

function questionText({ kind, options, must, should, show, broken }: CheckDefinition): string {
	const shown = show.map(({ name, expression }) => [name, expression.text]);
	return JSON.stringify([
		kind,
		options,
		must.map((c) => c.text),
		should.map((c) => c.text),
		shown,
		broken ?? null,
	]);
}
