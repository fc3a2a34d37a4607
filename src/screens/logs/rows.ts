import {
	isFollowing,
	LEVEL_CHOICE,
	linesHeld,
	logSources,
	SEARCH_CHOICE,
	wantedLogs,
} from '../../actions/index.ts';
import type { LogLevel, LogLine } from '../../domain/log-line.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import { dateText, momentText, secondsText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { fileFaultText, type LogWord, logWord } from './words.ts';

/** A held line as plain values. */
export interface LogRow {
	readonly key: string;
	/** `09:18:07`; '' for a line that continues the one above it, and for one without a time. */
	readonly time: string;
	/** The day that begins with this line, else ''. */
	readonly day: string;
	readonly level: LogLevel;
	readonly source: string;
	readonly text: string;
	readonly isOurs: boolean;
	/** Belongs to the record above: a line of its stack trace. */
	readonly isContinued: boolean;
}

interface MadeRows {
	readonly zone: string;
	readonly today: string;
	readonly rows: readonly LogRow[];
}

/** Telling a thousand times in a zone costs more than a key may: rows are made once for what is held. */
const made = new WeakMap<object, MadeRows>();

/** Oldest first. Pure. A day is named where it begins; today, alone, need not be. */
export function toLogRows(state: PictureState, now: number, zone: string): readonly LogRow[] {
	const pages = state.fetched.logs?.pages;
	if (!pages) return [];
	const today = dateText(now, zone);
	const known = made.get(pages);
	if (known && known.zone === zone && known.today === today) return known.rows;
	const rows = makeRows(linesHeld(state.fetched.logs), today, zone);
	made.set(pages, { zone, today, rows });
	return rows;
}

function makeRows(lines: readonly LogLine[], today: string, zone: string): readonly LogRow[] {
	let day = today;
	let before = { source: '', isRecord: false };
	const rows: LogRow[] = [];
	const isOneDay = lines.every((line) => line.at === null || dateText(line.at, zone) === day);
	if (!isOneDay) day = '';
	for (const line of lines) {
		const isContinued: boolean = line.level === 'unknown' && before.source === line.source && before.isRecord;
		const own = line.at === null ? day : dateText(line.at, zone);
		rows.push({
			key: line.key,
			time: line.at === null || isContinued ? '' : secondsText(line.at, zone),
			day: own === day ? '' : own,
			level: line.level,
			source: line.source,
			text: bareText(line),
			isOurs: line.ours,
			isContinued,
		});
		day = own;
		before = { source: line.source, isRecord: line.level !== 'unknown' || isContinued };
	}
	return rows;
}

const STAMP = /^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?\s+/;
const LEVEL = /^\[?(?:trace|debug|info|notice|warn|warning|error|critical|fatal)\]?(?::|\s)\s*/i;

/** Without the time and the level at its beginning: they stand in columns of their own. The opened record shows all. */
export function bareText({ text, at, level }: Pick<LogLine, 'text' | 'at' | 'level'>): string {
	const timeless = at === null ? text : text.replace(STAMP, '');
	const bare = level === 'unknown' || timeless === text ? timeless : timeless.replace(LEVEL, '');
	return bare === '' ? text : bare;
}

export interface LogHead {
	readonly sources: readonly { readonly title: string; readonly isOpen: boolean }[];
	readonly level: string;
	readonly search: string;
	/** '' while nothing was signed: then there is nothing to count from. */
	readonly errors: string;
	readonly hasErrors: boolean;
	readonly follow: { readonly word: LogWord; readonly isOn: boolean };
	/** One line for each file that cannot be read. */
	readonly faults: readonly { readonly name: string; readonly text: string }[];
}

export function toLogHead(state: PictureState, locale: Locale, zone: string): LogHead {
	const { logs } = state.fetched;
	const { source } = wantedLogs(state);
	const { signedAt } = state.signed;
	const level = state.view.choices[LEVEL_CHOICE];
	const follows = isFollowing(state);
	const time = signedAt === null ? '' : momentText(signedAt, zone);
	const count = logs?.errors ?? null;
	const errors =
		signedAt === null
			? ''
			: count === null
				? logWord(locale, 'counting', { time })
				: logWord(locale, count === 1 ? 'error-one' : 'errors', { count, time });
	return {
		sources: logSources(state).map((id) => {
			const service = state.face?.services.find((s) => s.id === id);
			return {
				title: id === null ? logWord(locale, 'all') : service ? ownText(service.title, locale) : id,
				isOpen: id === source,
			};
		}),
		level: logWord(
			locale,
			level === 'error' || level === 'warning' || level === 'info' ? `from-${level}` : 'from-all',
		),
		search: state.view.choices[SEARCH_CHOICE] ?? '',
		errors,
		hasErrors: (count ?? 0) > 0,
		follow: {
			word: follows ? 'following' : logs && (logs.seen !== state.logs || logs.isCut) ? 'newer' : 'stopped',
			isOn: follows,
		},
		faults: (logs?.sources ?? []).flatMap((file) =>
			file.fault === null ? [] : [{ name: file.path, text: fileFaultText(locale, file.fault) }],
		),
	};
}
