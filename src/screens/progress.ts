import type { ProgressPicture } from '../domain/backup-picture.ts';
import type { Locale } from '../domain/own-text.ts';
import { pad } from '../domain/text.ts';
import { formatValue, quantity } from '../domain/value.ts';
import { bytesText, phaseWord } from '../i18n/backup.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { ageText } from '../i18n/times.ts';
import type { Line } from '../ui/line.ts';
import type { Theme } from '../ui/theme.ts';

const texts = defineMessages({
	en: {
		of: '{done} of {total}',
		files: 'files',
		steps: 'steps',
		'so-far': '{done} so far',
		rate: '{amount}/s',
		left: '{age} left',
		starting: 'starting …',
	},
	'zh-CN': {
		of: '{done} / {total}',
		files: '个文件',
		steps: '步',
		'so-far': '已完成 {done}',
		rate: '{amount}/秒',
		left: '还剩 {age}',
		starting: '正在开始 …',
	},
});

const PHASE_WIDTH = 11;
const AMOUNT_WIDTH = 20;
const RATE_WIDTH = 12;
const LEFT_WIDTH = 12;
const MOST_BAR = 40;
const LEAST_BAR = 8;

/** Every part at its own fixed width, so that only what changes is sent. */
export interface ProgressRow {
	readonly phase: string;
	/** 0 to 1; null: nobody knows. */
	readonly share: number | null;
	readonly amount: string;
	readonly rate: string;
	readonly left: string;
}

/** Pure. What is told of a long task, as text. */
export function toProgressRow(progress: ProgressPicture, locale: Locale): ProgressRow {
	const { phase, done, total, rate, leftMs, unit } = progress;
	const share = total === null || total <= 0 ? null : Math.max(0, Math.min(1, done / total));
	return {
		phase: phaseWord(phase, locale),
		share,
		amount: amountText(progress, locale),
		rate: rate === null || unit === 'steps' ? '' : rateText(rate, unit, locale),
		left: leftMs === null ? '' : say(texts, locale, 'left', { age: ageText(leftMs, locale) }),
	};
}

const SIZES = [
	[2 ** 40, 'TiB'],
	[2 ** 30, 'GiB'],
	[2 ** 20, 'MiB'],
	[2 ** 10, 'KiB'],
] as const;

/** `312.4 of 1,024.0 MiB`: both in one unit, because two that change are hard to compare. */
function amountText({ done, total, unit }: ProgressPicture, locale: Locale): string {
	if (unit !== 'bytes') {
		if (total === null && done === 0) return '';
		const name = say(texts, locale, unit);
		const text = total === null ? String(done) : say(texts, locale, 'of', { done, total });
		return `${text} ${name}`;
	}
	if (total === null)
		return done === 0 ? '' : say(texts, locale, 'so-far', { done: bytesText(done, locale) });
	const [step, name] = SIZES.find(([least]) => total >= least * 10) ?? [1, 'B'];
	const places = step === 1 || total / step >= 1000 ? 0 : 1;
	const whole = (total / step).toFixed(places);
	const part = pad((Math.min(done, total) / step).toFixed(places), whole.length, 'right');
	return `${say(texts, locale, 'of', { done: part, total: whole })} ${name}`;
}

function rateText(rate: number, unit: 'bytes' | 'files', locale: Locale): string {
	const amount =
		unit === 'bytes' ? bytesText(rate, locale) : formatValue(quantity(Math.round(rate)), { locale });
	return say(texts, locale, 'rate', { amount });
}

/** Draws phase, bar, amount, rate and time left into `room` columns of a line. Without progress it says that it starts. */
export function drawProgress(
	line: Line,
	theme: Theme,
	progress: ProgressPicture | undefined,
	room: number,
	locale: Locale,
): Line {
	if (progress === undefined) return line.cell(say(texts, locale, 'starting'), room, 'accent');
	const row = toProgressRow(progress, locale);
	const fixed = PHASE_WIDTH + 1 + 2 + AMOUNT_WIDTH + RATE_WIDTH + LEFT_WIDTH;
	const width = Math.max(LEAST_BAR, Math.min(MOST_BAR, room - fixed));
	line.cell(row.phase, PHASE_WIDTH, 'accent').gap(1);
	drawBar(line, theme, row.share, width);
	return line
		.gap(2)
		.cell(row.amount, AMOUNT_WIDTH)
		.cell(row.rate, RATE_WIDTH, 'muted', { align: 'right' })
		.cell(row.left, LEFT_WIDTH, 'muted', { align: 'right' });
}

/** Without a known end the bar stays an empty line: one that moves would promise something. */
function drawBar(line: Line, theme: Theme, share: number | null, width: number): void {
	const full = share === null ? 0 : Math.round(share * width);
	line.text(theme.glyphs.full.repeat(full), 'accent').text(theme.glyphs.empty.repeat(width - full), 'faint');
}

/** `31 %`, in whole steps. */
export function percentText({ done, total }: ProgressPicture): string {
	return total === null || total <= 0 ? '' : `${Math.floor((Math.min(done, total) / total) * 100)} %`;
}
