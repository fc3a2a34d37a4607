import { type CronTime, isZone, parseCron } from '../domain/cron.ts';

/** One entry of a table: what is started, and when. */
export interface Entry {
	/** As written: `0 3 * * *`, `@reboot`, or a timer's name. */
	readonly written: string;
	/** null when it has no times of its own (`@reboot`), or only the timer knows them. */
	readonly time: CronTime | null;
	readonly command: string;
	/** Epoch ms, from those who know: systemd. */
	readonly nextAt: number | null;
	readonly lastAt: number | null;
	/** Zone the table names for itself. */
	readonly zone: string | null;
}

export interface Table {
	readonly entries: readonly Entry[];
	/** Lines that are neither an entry, a variable nor a comment: cron refuses the whole table for one. */
	readonly broken: number;
	/** Entries behind a `#`: switched off. */
	readonly off: readonly Entry[];
}

export const NO_TABLE: Table = { entries: [], broken: 0, off: [] };

/** Reads a crontab. `hasUser`: /etc/crontab and /etc/cron.d name who runs it in front of the command. */
export function readCrontab(text: string, hasUser: boolean): Table {
	const entries: Entry[] = [];
	const off: Entry[] = [];
	let broken = 0;
	let zone: string | null = null;
	for (const raw of text.split(/\r?\n/)) {
		const line = raw.trim();
		if (line === '') continue;
		if (line.startsWith('#')) {
			const entry = readEntry(line.replace(/^#+\s*/, ''), hasUser, zone);
			if (entry !== null) off.push(entry);
			continue;
		}
		const variable = /^["']?([A-Za-z_]\w*)["']?\s*=\s*(.*)$/.exec(line);
		if (variable !== null) {
			const value = (variable[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
			if (variable[1] === 'CRON_TZ') zone = isZone(value) ? value : null;
			continue;
		}
		const entry = readEntry(line, hasUser, zone);
		if (entry === null) broken++;
		else entries.push(entry);
	}
	return { entries, broken, off };
}

function readEntry(line: string, hasUser: boolean, zone: string | null): Entry | null {
	const parts = /^(@\w+|(?:\S+\s+){4}\S+)\s+(.+)$/.exec(line);
	if (parts === null) return null;
	const [, written = '', rest = ''] = parts;
	const time = parseCron(written);
	if (time === null && written !== '@reboot') return null;
	const command = hasUser ? rest.replace(/^\S+\s+/, '') : rest;
	return { written: written.replace(/\s+/g, ' '), time, command, nextAt: null, lastAt: null, zone };
}

/** Reads `systemctl list-timers --all --output=json`: times are in microseconds, 0 or null means never. null when it is none. */
export function readTimers(text: string): Table | null {
	let list: unknown;
	try {
		list = JSON.parse(text);
	} catch {
		return null;
	}
	if (!Array.isArray(list)) return null;
	const entries: Entry[] = [];
	for (const one of list as unknown[]) {
		if (typeof one !== 'object' || one === null) return null;
		const { unit, activates, next, last } = one as Record<string, unknown>;
		if (typeof unit !== 'string') return null;
		entries.push({
			written: unit,
			time: null,
			command: typeof activates === 'string' ? activates : '',
			nextAt: momentOf(next),
			lastAt: momentOf(last),
			zone: null,
		});
	}
	return { entries, broken: 0, off: [] };
}

function momentOf(microseconds: unknown): number | null {
	// Beyond exact doubles stands "never", as the largest number there is.
	return typeof microseconds === 'number' && microseconds > 0 && Number.isSafeInteger(microseconds)
		? Math.round(microseconds / 1000)
		: null;
}
