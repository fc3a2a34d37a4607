import type { Compression } from './backup.ts';
import { zoneOffsetMs } from './schedule.ts';
import { clean } from './text.ts';

const STAMP = /YYYY-?MM-?DD(?:[_T-]?HH-?MM(?:-?SS)?)?/;
export const NAME_LIMIT = 200;

/** Whether a template names copies that can be told apart by their day, as one file name. */
export function isNameTemplate(template: string): boolean {
	return (
		STAMP.test(template) &&
		template.length <= NAME_LIMIT &&
		/^[^/]+$/.test(template) &&
		clean(template) === template &&
		!/^[.-]/.test(template)
	);
}

/** Whether copies of one day get names of their own. */
export function namesClock(template: string): boolean {
	return /HH/.test(STAMP.exec(template)?.[0] ?? '');
}

/** The same template with the time of day in it. */
export function withClock(template: string): string {
	return namesClock(template) ? template : template.replace(STAMP, (day) => `${day}_HHMMSS`);
}

/** The same template with a word after its stamp. */
export function withWord(template: string, word: string): string {
	return template.replace(STAMP, (stamp) => `${stamp}.${word}`);
}

/** Whether a file may have been named by this template, whenever that was. */
export function looksLikeCopy(name: string, template: string, suffix: string): boolean {
	const shape = nameOfCopy(template, suffix, 0, 'UTC');
	const stamp = STAMP.exec(template)?.[0] ?? '';
	const at = template.indexOf(stamp);
	const [before, after] = [template.slice(0, at), shape.slice(at + stamp.length)];
	if (!name.startsWith(before) || !name.endsWith(after)) return false;
	const between = name.slice(before.length, name.length - after.length);
	const wanted = stamp.replace(/[A-Z]/g, letterOrDigit);
	return [between, between.replace(/-\d{1,2}$/, '')].some((one) => one.replace(/\d/g, '0') === wanted);
}

/** `T` stands between day and hour as itself. */
const letterOrDigit = (letter: string): string => (letter === 'T' ? letter : '0');

/** What compressing and encrypting add to a name. */
export function sealedSuffix(compress: Compression, encrypted: boolean): string {
	return `${{ none: '', gzip: '.gz', zstd: '.zst' }[compress]}${encrypted ? '.age' : ''}`;
}

/**
 * The name of a copy: the template's stamp filled in by the zone's clock, the suffix added unless it is written there already.
 * `turn` 2 and more follows the stamp (`…20260223-2`): a name that is taken is never taken again.
 */
export function nameOfCopy(template: string, suffix: string, at: number, zone: string, turn = 1): string {
	const local = new Date(at + zoneOffsetMs(at, zone));
	const two = (value: number) => String(value).padStart(2, '0');
	const day = [
		String(local.getUTCFullYear()).padStart(4, '0'),
		two(local.getUTCMonth() + 1),
		two(local.getUTCDate()),
	];
	const time = [two(local.getUTCHours()), two(local.getUTCMinutes()), two(local.getUTCSeconds())];
	const filled = template.replace(STAMP, (stamp) => {
		const [, year = '', clock = ''] = /^(YYYY-?MM-?DD)(.*)$/.exec(stamp) ?? [];
		const shownDay = day.join(year.includes('-') ? '-' : '');
		const [, between = '', hours = ''] = /^([_T-]?)(.*)$/.exec(clock) ?? [];
		const parts = hours.includes('SS') ? time : hours === '' ? [] : time.slice(0, 2);
		const shown = `${shownDay}${between}${parts.join(hours.includes('-') ? '-' : '')}`;
		return turn > 1 ? `${shown}-${turn}` : shown;
	});
	return filled.endsWith(suffix) ? filled : `${filled}${suffix}`;
}
