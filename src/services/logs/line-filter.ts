import {
	beginsTrace,
	ERROR_BYTES,
	isOwnLine,
	looksContinued,
	readLine,
	type TimeFrame,
	WARNING_BYTES,
} from '../../domain/log-format.ts';
import type { LogFilter, LogLevel } from '../../domain/log-line.ts';
import { clean } from '../../domain/text.ts';

/** Bytes of one line that are looked at; what is longer is cut with a mark. */
export const LINE_LIMIT = 64 * 1024;
const SHOWN_LIMIT = 4096;
const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, unknown: 1, info: 1, warning: 2, error: 3 };

/** What came before a line in its file: decides what an untimed line belongs to. */
export interface Before {
	/** Time of the nearest line with one. */
	readonly at: number | null;
	/** Level of the record the line before belongs to. */
	readonly level: LogLevel;
	/** How that record began; `none` before the first line. */
	readonly began: 'none' | 'bare' | 'levelled' | 'timed';
}

export const NOTHING_BEFORE: Before = { at: null, level: 'unknown', began: 'none' };

export interface ReadLine {
	/** Begins a record; else it goes on with the one before it. */
	readonly head: boolean;
	readonly at: number | null;
	/** Of its record. */
	readonly level: LogLevel;
	readonly next: Before;
}

/** Everything that one reading asks of lines, prepared once. */
export interface LineFilter {
	readonly filter: LogFilter;
	/** Finds places in bytes (as Latin-1 text) where a wanted line may be; null when every line has to be looked at. */
	readonly places: RegExp | null;
	/** Whether lines that go on with a wanted record are wanted too. */
	readonly wholeRecords: boolean;
	read(bytes: Buffer, before: Before): ReadLine;
	/** Redacted and cleaned text for the screen. */
	show(bytes: Buffer, wholeBytes: number): string;
	passesLevel(level: LogLevel): boolean;
	passesText(bytes: Buffer): boolean;
	isOurs(bytes: Buffer): boolean;
}

export interface LineRules {
	readonly frame: TimeFrame;
	readonly redact: (text: string) => string;
	readonly ownMark: string;
}

export function createLineFilter(filter: LogFilter, rules: LineRules): LineFilter {
	const wanted = filter.text?.toLowerCase() ?? '';
	const least = filter.level === null ? -1 : RANK[filter.level];
	const plain = (bytes: Buffer) => rules.redact(bytes.toString('utf8'));
	return {
		filter,
		places: wanted
			? textPlaces(wanted)
			: least === RANK.error
				? ERROR_BYTES
				: least === RANK.warning
					? WARNING_BYTES
					: null,
		wholeRecords: wanted === '' && least >= 0,
		read: (bytes, before) => foldLine(headText(bytes), before, rules.frame),
		show: (bytes, wholeBytes) => {
			// A secret is hidden before the text is cut, so that no cut leaves a half of it.
			const text = plain(bytes).trimEnd().replaceAll('\t', '    ');
			if (wholeBytes <= bytes.length) return clean(text, { max: SHOWN_LIMIT });
			return `${clean(text, { max: SHOWN_LIMIT - 64 })} [${wholeBytes.toLocaleString('en-US')} B]`;
		},
		passesLevel: (level) => RANK[level] >= least,
		passesText: (bytes) => wanted === '' || plain(bytes).toLowerCase().includes(wanted),
		isOurs: (bytes) => bytes.includes(rules.ownMark) && isOwnLine(bytes.toString('utf8'), rules.ownMark),
	};
}

/** Reads one line in the light of what came before it. */
export function foldLine(line: string, before: Before, frame: TimeFrame): ReadLine {
	const parts = readLine(line, frame);
	const level: LogLevel = parts.level ?? 'unknown';
	if (parts.at !== null)
		return { head: true, at: parts.at, level, next: { at: parts.at, level, began: 'timed' } };
	const { at } = before;
	// "Error: …" is also how a JavaScript trace goes on after the line that announced it.
	const announced = before.level === 'error' && line.startsWith('Error: ');
	if (parts.start && !announced)
		return { head: true, at: null, level, next: { at, level, began: 'levelled' } };
	// A trace under its own error line is part of it; alone it is an error that nobody announced.
	if (beginsTrace(line) && before.level !== 'error')
		return {
			head: true,
			at: null,
			level: 'error',
			next: { at, level: 'error', began: before.began === 'none' ? 'bare' : before.began },
		};
	if (before.began === 'none' || (before.began === 'bare' && !looksContinued(line))) {
		return { head: true, at: null, level, next: { at, level, began: 'bare' } };
	}
	return { head: false, at: null, level: before.level, next: before };
}

/** Enough of a line to read time and level; JSON is needed whole. */
function headText(bytes: Buffer): string {
	return bytes[0] === 0x7b
		? bytes.toString('utf8')
		: bytes.toString('latin1', 0, Math.min(bytes.length, 9000));
}

/** The text in the ways its bytes may be written; ASCII letters in either case. */
function textPlaces(wanted: string): RegExp {
	const forms = new Set([wanted, wanted.toUpperCase(), wanted.normalize('NFC'), wanted.normalize('NFD')]);
	// What the screen shows cleaned is searched by its readable part.
	const sources = [...forms].map((form) =>
		Buffer.from(form)
			.toString('latin1')
			.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
	);
	return new RegExp(sources.join('|'), 'gi');
}
