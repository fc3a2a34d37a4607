import type { Action, Keymap, WalkedList } from '../../actions/index.ts';
import type { Locale } from '../../domain/own-text.ts';
import { wrap } from '../../domain/text.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { overlay } from '../../ui/overlay.ts';
import { drawPanel, drawRule } from '../../ui/panel.ts';
import type { Theme } from '../../ui/theme.ts';
import type { LayerSurroundings, LayerView, Screen } from '../define.ts';
import { blank, type Canvas, type Page } from '../page.ts';
import { drawFoot } from './foot.ts';
import { drawHead } from './head.ts';
import { frameWord } from './words.ts';

export const LEAST_COLUMNS = 80;
export const LEAST_ROWS = 24;

export interface FrameOptions {
	readonly columns: number;
	readonly rows: number;
	readonly now: number;
	readonly locale: Locale;
	readonly theme: Theme;
	readonly ownZone: string;
	readonly screens: readonly Screen[];
	readonly layers: readonly LayerView[];
	readonly actions: readonly Action[];
	readonly keymap: Keymap;
	/** Why an action cannot be done in this picture, or null. */
	disabled(action: Action, state: PictureState): string | null;
}

export interface DrawnFrame {
	readonly lines: readonly string[];
	readonly list: WalkedList | null;
	/** The page in front, without the frame round it. */
	readonly body: readonly string[];
	readonly cursor?: { readonly x: number; readonly y: number };
}

/** The whole screen as finished lines. Pure: one picture and one size give one frame. */
export function drawFrame(state: PictureState, options: FrameOptions): DrawnFrame {
	const { columns, rows, theme, locale } = options;
	if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) return drawTooSmall(options);
	const zone = state.face?.timezone ?? 'UTC';
	const notices = drawNotices(state, { columns, height: 3, now: options.now, locale, zone, theme });
	const canvas: Canvas = {
		columns,
		height: rows - 5 - notices.length,
		now: options.now,
		locale,
		zone,
		theme,
	};
	const front = drawBody(state, canvas, options);
	const tabs = options.screens.flatMap((screen) => {
		const action = options.actions.find((a) => a.id === `screen.${screen.id}`);
		if (!action) return [];
		return [
			{
				key: options.keymap.keysOf(action)[0] ?? '',
				title: action.label[locale],
				isOpen: screen.id === state.view.screen,
				mark: screen.mark?.(state) ?? null,
			},
		];
	});
	const filtered = state.view.filters[front.list?.name ?? ''] ?? '';
	const foot = drawFoot(state, canvas, offered(state, front, options), filtered, options.keymap);
	const rule = drawRule(theme, columns);
	const lines = [
		...drawHead(state, canvas, { tabs, ownZone: options.ownZone }),
		rule,
		...notices,
		...front.lines,
		rule,
		foot.line,
	];
	const top = 3 + notices.length;
	const cursor = foot.cursor
		? { x: Math.min(foot.cursor.x, columns - 1), y: rows - 1 }
		: front.cursor && { x: front.cursor.x, y: front.cursor.y + top };
	return { lines, list: front.list, body: front.body, ...(cursor ? { cursor } : {}) };
}

interface Front {
	readonly lines: readonly string[];
	readonly body: readonly string[];
	readonly list: WalkedList | null;
	readonly footer: readonly string[];
	/** A panel has the keys: nothing else can be opened over it. */
	readonly isModal: boolean;
	readonly cursor?: { readonly x: number; readonly y: number };
}

/** The screen, or the newest full layer instead of it, with the panels that lie over it. */
function drawBody(state: PictureState, canvas: Canvas, options: FrameOptions): Front {
	const layers = state.view.layers.filter((layer) => layer.kind !== 'filter');
	const views = layers.flatMap((layer) => {
		const view = options.layers.find((v) => v.kind === layer.kind);
		return view ? [{ layer, view }] : [];
	});
	const base = views.findLastIndex(({ view }) => view.isFull);
	const full = views[base];
	const screen = options.screens.find((s) => s.id === state.view.screen);
	const page: Page = full
		? full.view.page(state, canvas, full.layer, surroundings(state, full.layer, options))
		: (screen?.page(state, canvas) ?? {
				lines: Array.from({ length: canvas.height }, () => blank(canvas.columns)),
				list: null,
			});
	let front: Front = {
		lines: page.lines,
		body: page.lines,
		list: page.list,
		footer: page.footer ?? (full ? full.view.footer : (screen?.footer ?? [])),
		isModal: page.isModal ?? false,
		...(page.cursor ? { cursor: page.cursor } : {}),
	};
	for (const { layer, view } of views.slice(base + 1))
		front = drawOver(front, state, canvas, layer, view, surroundings(state, layer, options));
	return front;
}

/** What a panel says about actions is meant for the place below it, where they will run. */
function surroundings(
	state: PictureState,
	layer: Layer,
	{ actions, keymap, disabled }: FrameOptions,
): LayerSurroundings {
	const layers = state.view.layers.slice(0, state.view.layers.indexOf(layer));
	const below: PictureState = { ...state, view: { ...state.view, layers } };
	return { actions, keymap, disabled: (action) => disabled(action, below) };
}

function drawOver(
	under: Front,
	state: PictureState,
	canvas: Canvas,
	layer: Layer,
	view: LayerView,
	around: LayerSurroundings,
): Front {
	const { columns, height, theme } = canvas;
	const wanted = view.size?.(state, canvas, layer, around) ?? { width: columns - 8, height: height - 2 };
	const width = Math.min(wanted.width, columns - 4);
	const tall = Math.min(wanted.height, height);
	const inner: Canvas = { ...canvas, columns: width - 4, height: tall - 2 };
	const page = view.page(state, inner, layer, around);
	const box = drawPanel(theme, {
		title: view.title(state, canvas, layer),
		lines: page.lines,
		width,
		height: tall,
		edge: 'accent',
	});
	const at = { x: (columns - width) >> 1, y: Math.max(0, Math.min(2, height - tall)) };
	return {
		lines: overlay(under.lines, box, columns, width, at),
		body: page.lines,
		list: page.list,
		footer: view.footer,
		isModal: true,
		...(page.cursor ? { cursor: { x: page.cursor.x + at.x + 2, y: page.cursor.y + at.y + 1 } } : {}),
	};
}

const ALWAYS_OFFERED = ['palette.open', 'help.open'];

function offered(
	state: PictureState,
	{ footer, isModal }: Front,
	{ actions, disabled }: FrameOptions,
): readonly Action[] {
	const ids = isModal ? footer : [...footer, ...ALWAYS_OFFERED];
	return ids.flatMap((id) => {
		const action = actions.find((a) => a.id === id);
		return action && disabled(action, state) === null ? [action] : [];
	});
}

/** What concerns the whole console stands above every screen until it is over. */
function drawNotices(state: PictureState, canvas: Canvas): readonly string[] {
	const { columns, locale, theme } = canvas;
	const lines: string[] = [];
	if (state.crashed) {
		const parts = [frameWord(locale, 'crashed', { text: state.crashed.text })];
		if (state.crashed.file) parts.push(frameWord(locale, 'crash-file', { file: state.crashed.file }));
		lines.push(
			createLine(theme, columns)
				.gap(1)
				.text(`${theme.glyphs.failed} ${parts.join(' · ')}`, 'critical')
				.end(),
		);
	}
	const [problem] = state.config.problems;
	if (problem) {
		const rest = state.config.problems.length - 1;
		const more =
			rest > 0 ? frameWord(locale, 'config-more', { count: rest }) : frameWord(locale, 'config-one');
		const { file, line, column, message } = problem;
		const text = `${frameWord(locale, 'config', { file: file.split('/').at(-1) ?? file, line, column, message })} · ${more}`;
		lines.push(
			createLine(theme, columns).gap(1).text(`${theme.glyphs.levels.warning} ${text}`, 'warning').end(),
		);
	}
	return lines;
}

function drawTooSmall({ columns, rows, locale, theme }: FrameOptions): DrawnFrame {
	const text = wrap(frameWord(locale, 'too-small', { columns, rows }), Math.max(1, columns));
	const lines = Array.from({ length: Math.max(0, rows) }, (_, at) =>
		createLine(theme, columns)
			.text(text[at] ?? '')
			.end(),
	);
	return { lines, list: null, body: lines };
}
