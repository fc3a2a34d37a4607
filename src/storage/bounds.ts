import type { Evidence } from '../domain/round.ts';

const EVIDENCE_OUTPUT_BYTES = 64 * 1024;
const EVIDENCE_LINES = 500;
const EVIDENCE_LINE_BYTES = 4 * 1024;

/** The last `limit` UTF-8 bytes of a text, beginning at a whole character. */
export function keepTail(text: string, limit: number): string {
	if (text.length * 3 <= limit) return text;
	const bytes = Buffer.from(text, 'utf8');
	if (bytes.length <= limit) return text;
	let start = bytes.length - limit;
	while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
	return bytes.subarray(start).toString('utf8');
}

/** Evidence is copied into every answer: what a program printed must not make the record grow without end. */
export function boundEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
	return evidence.map((one): Evidence => {
		if (one.kind === 'operation') return { ...one, output: keepTail(one.output, EVIDENCE_OUTPUT_BYTES) };
		if (one.kind !== 'lines') return one;
		return {
			...one,
			lines: one.lines.slice(-EVIDENCE_LINES).map((line) => keepTail(line, EVIDENCE_LINE_BYTES)),
		};
	});
}
