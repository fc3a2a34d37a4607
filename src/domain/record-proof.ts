import { createHash } from 'node:crypto';

/** Of the JSON half of a signed record; a later shape gets a later number. */
export const SIGNED_SCHEMA = 'rounds.signed-round/1';

/** Lower-case hex. */
export function sha256(text: string): string {
	return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** What is wrong with a record: its JSON or its text is not what was signed, has no sums, or is of a later version. */
export type RecordProblem =
	| 'no-sums'
	| 'json-changed'
	| 'markdown-changed'
	| 'json-unreadable'
	| 'schema-unknown';

/** Pure. Empty when neither file was changed since it was written. */
export function verifyRecord(json: string, markdown: string): readonly RecordProblem[] {
	const sums = /^([\s\S]*\n- [^\n]*`sha256:([0-9a-f]{64})`\n)- [^\n]*`sha256:([0-9a-f]{64})`\n$/.exec(
		markdown,
	);
	if (!sums) return ['no-sums'];
	const problems: RecordProblem[] = [];
	const [, text = '', jsonSum, textSum] = sums;
	if (sha256(text) !== textSum) problems.push('markdown-changed');
	if (sha256(json) !== jsonSum) problems.push('json-changed');
	try {
		const found = JSON.parse(json) as { schema?: unknown } | null;
		if (found?.schema !== SIGNED_SCHEMA) problems.push('schema-unknown');
	} catch {
		problems.push('json-unreadable');
	}
	return problems;
}
