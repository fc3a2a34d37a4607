import type { Level } from '../../domain/level.ts';
import { cellWidth } from '../../domain/text.ts';
import { sheetTitle } from '../../i18n/rounds.ts';
import { ageText, clockText, zoneText } from '../../i18n/times.ts';
import { countsOf, type PictureState, roundClock } from '../../store/index.ts';
import { createLine, type Line } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { Canvas } from '../page.ts';
import { frameWord } from './words.ts';

/** Screens by number and name, and the operator's own zone. */
export interface HeadParts {
	readonly tabs: readonly {
		readonly key: string;
		readonly title: string;
		readonly isOpen: boolean;
		/** What stands badly there and is seen nowhere else; null: nothing. */
		readonly mark: Level | null;
	}[];
	readonly ownZone: string;
}

const NARROW = 100;

/** The two lines on top: the truth in one line, and where one can go. */
export function drawHead(state: PictureState, canvas: Canvas, parts: HeadParts): readonly string[] {
	return [drawTruth(state, canvas), drawTabs(canvas, parts)];
}

function drawTruth(state: PictureState, canvas: Canvas): string {
	const { columns, theme, now, locale, zone } = canvas;
	const isNarrow = columns < NARROW;
	const line = createLine(theme, columns).gap(1);
	if (!state.face)
		return line.text('rounds', 'strong').gap(2).text(frameWord(locale, 'starting'), 'muted').end();
	line.text(state.face.system, 'strong').gap(isNarrow ? 1 : 2);
	drawEnvironment(line, state.face.environment, isNarrow, theme.glyphs.block);
	line.gap(isNarrow ? 2 : 4);
	const right = rightWidth(state, canvas);
	drawRound(line, state, canvas, Math.max(0, columns - line.used - right - 2));
	line.right();
	drawCounts(line, state, canvas);
	return line
		.gap(isNarrow ? 2 : 4)
		.text(`${clockText(now, zone)} ${zoneText(zone)}`, 'strong')
		.gap(1)
		.end();
}

/** Production must be seen without reading: a red block; without colour it stands inverted. */
function drawEnvironment(
	line: Line,
	environment: { readonly name: string; readonly guard: string },
	isNarrow: boolean,
	block: string,
): void {
	const isProduction = /^prod/i.test(environment.name) || environment.guard === 'typed';
	const name = environment.name.toUpperCase();
	line.text(
		` ${block} ${isNarrow && name === 'PRODUCTION' ? 'PROD' : name} `,
		isProduction ? 'production' : 'environment',
	);
}

const countParts = (state: PictureState, canvas: Canvas) => {
	const counts = countsOf(state, canvas.now);
	const { levels } = canvas.theme.glyphs;
	const between = canvas.columns < NARROW ? '' : ' ';
	return (['critical', 'warning', 'unknown'] as const).map((level) => ({
		text: `${levels[level]}${between}${counts[level]}`,
		style: (counts[level] > 0 ? level : 'muted') as StyleName,
	}));
};

function drawCounts(line: Line, state: PictureState, canvas: Canvas): void {
	for (const [at, part] of countParts(state, canvas).entries()) {
		if (at > 0) line.gap(canvas.columns < NARROW ? 1 : 2);
		line.text(part.text, part.style);
	}
}

function rightWidth(state: PictureState, canvas: Canvas): number {
	const gap = canvas.columns < NARROW ? 1 : 2;
	const counts = countParts(state, canvas).reduce((sum, part) => sum + cellWidth(part.text) + gap, -gap);
	return counts + (canvas.columns < NARROW ? 2 : 4) + 6 + cellWidth(zoneText(canvas.zone)) + 1;
}

function drawRound(line: Line, state: PictureState, canvas: Canvas, room: number): void {
	const { now, locale, zone, theme } = canvas;
	const clock = roundClock(state, now);
	if (!clock) return;
	const sheet = state.face?.sheets.find((s) => s.id === clock.sheet);
	const open = clock.round === null ? undefined : state.rounds.get(clock.round);
	const title = sheetTitle({ title: open?.title ?? sheet?.title ?? clock.sheet }, locale);
	if (clock.standing === 'planned') {
		const time = clock.dueAt === null ? '' : clockText(clock.dueAt, zone);
		line.text(fitParts([frameWord(locale, 'next', { title, time })], room), 'muted');
		return;
	}
	const isLate = clock.lateAt !== null && now >= clock.lateAt;
	const style: StyleName = isLate ? 'critical' : 'accent';
	const parts = [clock.round === null ? title : `${title} ${clock.done}/${clock.steps}`];
	if (clock.dueAt !== null) parts.push(frameWord(locale, 'due', { time: clockText(clock.dueAt, zone) }));
	if (clock.lateAt !== null) {
		parts.push(
			isLate
				? frameWord(locale, 'late', { age: ageText(now - (clock.dueAt ?? clock.lateAt), locale) })
				: frameWord(locale, 'left', { age: ageText(clock.lateAt - now, locale) }),
		);
	}
	line.text(`${isLate ? theme.glyphs.levels.warning : theme.glyphs.pointer} `, style);
	line.text(fitParts(parts, room - 2), style);
}

/** As many of the parts as there is room for; how late it is counts more than when it was due. */
function fitParts(parts: readonly string[], room: number): string {
	const whole = parts.join(' · ');
	if (cellWidth(whole) <= room || parts.length < 2) return whole;
	const fewer = parts.length > 2 ? [parts[0] ?? '', parts.at(-1) ?? ''] : parts.slice(0, 1);
	return fitParts(fewer, room);
}

function drawTabs(canvas: Canvas, { tabs, ownZone }: HeadParts): string {
	const { columns, theme, now, zone } = canvas;
	const line = createLine(theme, columns);
	for (const tab of tabs) {
		line
			.text(` ${tab.key} `, tab.isOpen ? 'key' : 'muted')
			.text(`${tab.title} `, tab.isOpen ? 'strong' : 'muted');
		if (tab.mark !== null) line.text(`${theme.glyphs.levels[tab.mark]} `, tab.mark);
	}
	// The operator's own clock only where it says something new.
	if (columns >= NARROW && clockText(now, ownZone) !== clockText(now, zone)) {
		line
			.right()
			.text(`${clockText(now, ownZone)} ${zoneText(ownZone)}`, 'muted')
			.gap(1);
	}
	return line.end();
}
