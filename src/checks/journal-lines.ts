import { parseJson } from '../domain/json.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import { listOf, memberOf } from './members.ts';

export interface JournalLine {
	/** Epoch ms. */
	readonly at: number;
	/** 0 (emerg) to 7 (debug). */
	readonly priority: number;
	/** As it was written: not yet safe to show. */
	readonly message: string;
}

/** A program that says nothing of its priority means `info`. */
const USUAL_PRIORITY = 6;

/** What `journalctl --output=json` prints, one object a line; null when a line is none. */
export function readJournal(stdout: string): readonly JournalLine[] | null {
	const lines: JournalLine[] = [];
	for (const line of stdout.split('\n')) {
		// "-- No entries --" and "-- Boot … --" are said for a reader.
		if (line === '' || line.startsWith('-- ')) continue;
		const parsed = parseJson(line);
		if (!parsed.ok) return null;
		const at = Number(memberOf(parsed.value, '__REALTIME_TIMESTAMP')) / 1000;
		if (!Number.isFinite(at)) return null;
		const priority = memberOf(parsed.value, 'PRIORITY');
		lines.push({
			at,
			priority: typeof priority === 'string' && /^[0-7]$/.test(priority) ? Number(priority) : USUAL_PRIORITY,
			message: messageOf(memberOf(parsed.value, 'MESSAGE')),
		});
	}
	return lines;
}

/** Text; a list of bytes where it is no valid text; a list of such where it was given several times; null when too long. */
function messageOf(value: Value | undefined): string {
	if (typeof value === 'string') return value;
	const parts = listOf(value);
	if (parts.length > 0 && parts.every((part) => Number.isInteger(part)))
		return Buffer.from(parts as readonly number[]).toString('utf8');
	return parts.map(messageOf).join(' ');
}

const NAMED =
	/\b([\w-]*(?:password|passwd|secret|token|api[_-]?key)[\w-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi;
const CARRIED = /\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi;
const IN_ADDRESS = /(\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s:@/]{1,80}:)[^\s@/]{1,200}@/gi;

/** One safe line of a log, without what looks like a password, a token or a key: it is stored, drawn and told. */
export function hideCredentials(text: string, max: number): string {
	return clean(
		text
			.slice(0, max * 4)
			.replace(CARRIED, '$1***')
			.replace(NAMED, '$1***')
			.replace(IN_ADDRESS, '$1***@'),
		{ max },
	);
}
