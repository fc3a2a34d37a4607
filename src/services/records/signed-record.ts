import { join } from 'node:path';
import { type Fault, fault } from '../../domain/fault.ts';
import type { OwnFilesPort } from '../../domain/ports.ts';
import { sha256 } from '../../domain/record-proof.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { dateText } from '../../i18n/times.ts';
import { canonicalJson } from './canonical.ts';
import { recordWord } from './record-words.ts';
import { buildSigned, plainOf } from './signed-document.ts';
import { renderSigned } from './signed-markdown.ts';
import type { SignedInput } from './signed-shape.ts';

export type { SignedInput } from './signed-shape.ts';

/** A signed round as two texts, and the name (by the day it was due) of its files without number and ending: `2025-11-22-morning`. */
export interface SignedRecord {
	readonly markdown: string;
	readonly json: string;
	readonly name: string;
}

/** Pure. The record for people and, byte for byte reproducible, for programs; the first holds the sums of both. */
export function signedRecord(input: SignedInput): SignedRecord {
	const document = buildSigned(input);
	const json = canonicalJson(plainOf(document));
	const word = (key: Parameters<typeof recordWord>[1]) => recordWord(input.locale, key);
	const text = `${renderSigned(document)}\n## ${word('proof')}\n\n${word('proofText')}\n\n- ${word('jsonSum')}: \`sha256:${sha256(json)}\`\n`;
	const markdown = `${text}- ${word('textSum')}: \`sha256:${sha256(text)}\`\n`;
	return {
		markdown,
		json,
		name: `${dateText(Date.parse(document.round.dueAt ?? document.round.signedAt), input.face.timezone)}-${fileWord(input.round.sheet)}`,
	};
}

const MOST_OF_A_DAY = 1000;

/**
 * Writes the pair into `folder` under the first free number, never over anything: the JSON file, made exclusively, claims
 * the number for both. Returns the absolute paths, Markdown first.
 */
export async function writeSignedRecord(
	files: OwnFilesPort,
	folder: string,
	record: SignedRecord,
): Promise<Result<readonly string[], Fault>> {
	const made = await files.ensureDirectory(folder);
	if (!made.ok) return made;
	for (let number = 1; number <= MOST_OF_A_DAY; number += 1) {
		const base = join(folder, number === 1 ? record.name : `${record.name}-${number}`);
		if (await files.exists(`${base}.md`)) continue;
		const claimed = await files.write(`${base}.json`, record.json);
		if (!claimed.ok && isTaken(claimed.error)) continue;
		if (!claimed.ok) return claimed;
		const written = await files.write(`${base}.md`, record.markdown);
		if (!written.ok && isTaken(written.error)) continue;
		return written.ok ? ok([`${base}.md`, `${base}.json`]) : written;
	}
	return err(fault('own-limit', { path: folder, limit: MOST_OF_A_DAY }));
}

function isTaken({ code, detail }: Fault): boolean {
	return code === 'io-error' && detail['reason'] === 'exists';
}

/** A sheet's id as part of a file name. */
function fileWord(id: string): string {
	return id.replace(/[^\p{Letter}\p{Number}_-]+/gu, '-').slice(0, 60) || 'round';
}
