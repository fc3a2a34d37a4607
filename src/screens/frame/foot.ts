import { type Action, type Keymap, keyText } from '../../actions/index.ts';
import { cellWidth, cut } from '../../domain/text.ts';
import { faultBrief } from '../../i18n/fault.ts';
import { clockText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import { verbWord } from '../backups/words.ts';
import type { Canvas } from '../page.ts';
import { percentText } from '../progress.ts';
import { frameWord } from './words.ts';

/** The last line: keys that work here and now, or what was just said; at its end who polls and whether all is saved. */
export function drawFoot(
	state: PictureState,
	canvas: Canvas,
	offered: readonly Action[],
	/** The filter that is on in the list in front. */
	filtered: string,
	keymap: Keymap,
): { readonly line: string; readonly cursor?: { readonly x: number } } {
	const { columns, theme, locale } = canvas;
	const truth = truthOf(state, canvas);
	const room = columns - 2 - truth.reduce((sum, part) => sum + cellWidth(part.text), 0) - 2;
	const line = createLine(theme, columns).gap(1);
	const filter = state.view.layers.at(-1);
	let cursor: { x: number } | undefined;
	if (filter?.kind === 'filter' && filter.field) {
		const before = Array.from(filter.field.text).slice(0, filter.field.cursor).join('');
		line.text('/', 'key').gap(1).text(filter.field.text);
		cursor = { x: 3 + cellWidth(before) };
	} else if (state.view.message) {
		const { tone, text } = state.view.message;
		line.text(cut(text, room), tone === 'bad' ? 'critical' : tone === 'good' ? 'ok' : 'accent');
	} else {
		const parts = offered.map((action) => ({
			// The sign for Enter is a word in ASCII, which must be measured as one.
			key: keyText(keymap.keysOf(action)[0] ?? '').replace('↵', theme.glyphs.enter),
			label: action.label[locale],
		}));
		if (filtered !== '') line.text('/ ', 'key').text(cut(filtered, 24), 'match').gap(3);
		drawKeys(line, parts, room - line.used + 1);
	}
	line.right();
	for (const part of truth) line.text(part.text, part.style);
	return { line: line.gap(1).end(), ...(cursor ? { cursor } : {}) };
}

/** The last two (the palette and the help) always stay; others are left out from the end. */
function drawKeys(
	line: ReturnType<typeof createLine>,
	parts: readonly { key: string; label: string }[],
	room: number,
): void {
	const widthOf = (part: { key: string; label: string }) =>
		cellWidth(part.key) + 1 + cellWidth(part.label) + 2;
	const last = parts.slice(-2);
	let left = room - last.reduce((sum, part) => sum + widthOf(part), 0);
	const shown = [];
	for (const part of parts.slice(0, -2)) {
		left -= widthOf(part);
		if (left < 0) break;
		shown.push(part);
	}
	for (const part of [...shown, ...last]) line.text(part.key, 'key').gap(1).text(part.label, 'muted').gap(2);
}

/** Who else has a console open on this state: one screen should not surprise another. */
function othersOf({ polling }: PictureState): string {
	const others = new Set((polling?.present ?? []).filter((one) => !one.mine).map((one) => one.operator));
	if (others.size === 0) return '';
	return others.size === 1 ? ` + ${[...others][0]}` : ` + ${others.size}`;
}

/** How far a backup is, seen from everywhere; the pages that show its bar need it not twice. */
function runningText(state: PictureState, locale: Canvas['locale']): string {
	const top = state.view.layers.at(-1)?.kind;
	if (top === 'operation' || (state.view.screen === 'backups' && (top === undefined || top === 'plan')))
		return '';
	for (const plan of state.backups ?? []) {
		const progress = plan.running && state.operations.get(plan.running.operation)?.progress;
		if (!plan.running || !progress) continue;
		return [verbWord(plan.running.verb, locale), percentText(progress).padStart(5)].join(' ').trimEnd();
	}
	return '';
}

function truthOf(
	state: PictureState,
	{ columns, locale, zone }: Canvas,
): readonly { text: string; style: StyleName }[] {
	const { face, polling, storage } = state;
	if (!face) return [];
	if (storage.unsaved > 0) {
		const values = {
			count: storage.unsaved,
			why: storage.fault ? faultBrief(storage.fault, locale) : '?',
			time: storage.since === null ? '' : clockText(storage.since, zone),
		};
		const text = frameWord(locale, columns < 100 ? 'unsaved-short' : 'unsaved', values);
		return [{ text, style: 'critical' }];
	}
	const who = polling?.mine
		? frameWord(locale, 'polling')
		: polling?.holder
			? frameWord(locale, 'following', { who: polling.holder })
			: frameWord(locale, 'waiting');
	const isLonely = polling !== null && !polling.mine && polling.holder === null;
	const running = columns >= 100 ? runningText(state, locale) : '';
	const parts: { text: string; style: StyleName }[] = [
		...(running === '' ? [] : [{ text: `${running} · `, style: 'accent' as const }]),
		{ text: face.operator + othersOf(state), style: 'muted' },
	];
	if (columns >= 100) {
		parts.push({ text: ' · ', style: 'muted' }, { text: who, style: isLonely ? 'warning' : 'muted' });
	}
	return [...parts, { text: ` · ${frameWord(locale, 'saved')}`, style: 'muted' }];
}
