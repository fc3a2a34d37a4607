import type { Compression } from './backup.ts';
import { zoneOffsetMs } from './schedule.ts';

const STAMP = /YYYY-?MM-?DD(?:[_T-]?HH-?MM(?:-?SS)?)?/;
export const NAME_LIMIT = 200;

/** Whether a template names copies that can be told apart by their day, as one file name. */
export function isNameTemplate(template: string): boolean {
	return (
		STAMP.test(template) &&
		template.length <= NAME_LIMIT &&
		/^[^/\0-\x1f\x7f]+$/.test(template) &&
		!/^[.-]/.test(template)
	);
}

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
