import type { Locale } from '../domain/own-text.ts';

const UNITS = {
	en: { s: ' s', m: ' min', h: ' h', d: ' d' },
	'zh-CN': { s: ' 秒', m: ' 分', h: ' 小时', d: ' 天' },
} as const satisfies Record<Locale, Record<string, string>>;

/**
 * An age in steps that change seldom (5 s below a minute, then minutes, then hours), because every changed cell is sent
 * over a slow link: `5 s`, `7 min`, `3 h`, `2 d`.
 */
export function ageText(ms: number, locale: Locale): string {
	const units = UNITS[locale];
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 60) return `${Math.max(5, Math.ceil(seconds / 5) * 5)}${units.s}`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)}${units.m}`;
	if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}${units.h}`;
	return `${Math.floor(seconds / 86_400)}${units.d}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${zone} ${JSON.stringify(options)}`;
	let made = formats.get(key);
	if (!made) {
		made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
		formats.set(key, made);
	}
	return made;
}

/** `09:18` in a zone. */
export function clockText(at: number, zone: string): string {
	return format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** `09:18:07` in a zone. */
export function secondsText(at: number, zone: string): string {
	return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** `2025-11-22` in a zone. */
export function dateText(at: number, zone: string): string {
	const parts = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
	const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
	return `${part('year')}-${part('month')}-${part('day')}`;
}

/** `2025-11-22 09:34` in a zone. */
export function momentText(at: number, zone: string): string {
	return `${dateText(at, zone)} ${clockText(at, zone)}`;
}

/** A zone's short name: `UTC`, `Kuala_Lumpur`. */
export function zoneText(zone: string): string {
	return zone === 'Etc/UTC' ? 'UTC' : (zone.split('/').at(-1) ?? zone);
}
