import {
	ACTIONS,
	type Action,
	type ActionContext,
	configuredActions,
	createKeymap,
	type Keymap,
	keepDraft,
	walkKey,
	whyNot,
} from '../actions/index.ts';
import type { Engine, EngineEvent } from '../domain/engine.ts';
import type { Locale } from '../domain/own-text.ts';
import type { SystemFace } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import { createPicture, type Field, type Picture, type PictureState } from '../store/index.ts';
import { sliceColumns } from '../ui/slice-columns.ts';
import { createTextField, editText, insertText, type TextField, textOf } from '../ui/text-field.ts';
import type { Theme } from '../ui/theme.ts';
import { type DrawnFrame, drawFrame, LAYERS, SCREENS } from './index.ts';
import { conflictText, noticeText } from './notices.ts';
import { endedText } from './operation/ended.ts';

/** Repaints for what the engine tells are at most two a second … */
const BATCH_MS = 500;
/** … but what a person has just asked for is shown as soon as it comes. */
const ANSWER_MS = 1_500;
const SOON_MS = 20;
/** The slow clock of the screen: ages step by it. */
const TICK_MS = 5_000;
/** How often an open page asks the engine again while things change. */
const LOAD_MS = 2_000;
/** Typed text is kept by the engine this long after it was typed, at the latest. */
const DRAFT_MS = 1_000;

/** What the desk needs of the terminal, each replaceable in tests. */
export interface DeskPorts {
	readonly engine: Pick<Engine, 'send' | 'subscribe'>;
	readonly clock: Clock;
	readonly locale: Locale;
	readonly theme: Theme;
	/** IANA name of the operator's own zone. */
	readonly ownZone: string;
	copy(text: string): void;
	page(text: string): Promise<void>;
	redraw(): void;
	suspend(): void;
	quit(): void;
}

/** Everything between keys, events and frames, without a terminal: the console is this and Ink. */
export interface Desk {
	readonly picture: Picture;
	frame(state: PictureState, columns: number, rows: number): DrawnFrame;
	press(key: string, text: string): void;
	paste(text: string): void;
	/** Starts listening to the engine and ticking; returns how to stop. */
	start(): () => void;
	readonly context: ActionContext;
}

export function createDesk(ports: DeskPorts): Desk {
	const { engine, clock, locale, theme } = ports;
	const picture = createPicture();
	let queue: EngineEvent[] = [];
	let flushedAt = Number.NEGATIVE_INFINITY;
	let pressedAt = Number.NEGATIVE_INFINITY;
	let loadedAt = Number.NEGATIVE_INFINITY;
	let cancelFlush: (() => void) | null = null;
	let cancelTick: (() => void) | null = null;
	let cancelLoad: (() => void) | null = null;
	let cancelDraft: (() => void) | null = null;
	let isRunning = false;
	let known: { face: SystemFace | null; actions: readonly Action[]; keymap: Keymap } | null = null;
	let drawn: { state: PictureState; columns: number; rows: number; frame: DrawnFrame } | null = null;
	let size = { columns: 80, rows: 24 };

	/** Actions and keys follow the configuration, which may be reloaded at any time. */
	function keys() {
		const { face } = picture.state();
		if (known && known.face === face) return known;
		const actions = [...ACTIONS, ...configuredActions(face?.actions ?? [])];
		known = { face, actions, keymap: createKeymap(actions, face?.keys) };
		return known;
	}

	const disabled = (action: Action, state: PictureState): string | null =>
		whyNot(action, state, context)?.[locale] ?? null;

	function frame(state: PictureState, columns: number, rows: number): DrawnFrame {
		size = { columns, rows };
		if (drawn && drawn.state === state && drawn.columns === columns && drawn.rows === rows)
			return drawn.frame;
		const { actions, keymap } = keys();
		const options = {
			columns,
			rows,
			now: state.now || clock.now(),
			locale,
			theme,
			ownZone: ports.ownZone,
			screens: SCREENS,
			layers: LAYERS,
			actions,
			keymap,
			disabled,
		};
		drawn = { state, columns, rows, frame: drawFrame(state, options) };
		return drawn.frame;
	}

	const present = (): DrawnFrame => frame(picture.state(), size.columns, size.rows);

	function flush(): void {
		cancelFlush?.();
		cancelFlush = null;
		if (queue.length === 0) return;
		const events = queue;
		queue = [];
		flushedAt = clock.monotonic();
		const ended = endedText(picture.state(), events, locale);
		picture.apply(events);
		if (ended !== null) picture.view.tell(ended.tone, ended.text);
		const notice = events.findLast((event) => event.kind === 'notice');
		if (notice)
			picture.view.tell(notice.code === 'state.owner' ? 'plain' : 'bad', noticeText(notice, locale));
		if (events.some((event) => event.kind !== 'uptime' && event.kind !== 'polling')) loadLater();
	}

	function receive(event: EngineEvent): void {
		queue.push(event);
		if (cancelFlush || !isRunning) return;
		const now = clock.monotonic();
		const wait = now - pressedAt < ANSWER_MS ? SOON_MS : Math.max(SOON_MS, BATCH_MS - (now - flushedAt));
		cancelFlush = clock.after(wait, () => {
			cancelFlush = null;
			flush();
		});
	}

	function load(): void {
		cancelLoad?.();
		cancelLoad = null;
		loadedAt = clock.monotonic();
		const { view } = picture.state();
		const layer = view.layers.findLast((l) => LAYERS.find((v) => v.kind === l.kind)?.isFull);
		const asked = layer
			? LAYERS.find((v) => v.kind === layer.kind)?.load?.(context, layer)
			: SCREENS.find((s) => s.id === view.screen)?.load?.(context);
		void asked;
	}

	function loadLater(): void {
		if (cancelLoad) return;
		const wait = Math.max(SOON_MS, LOAD_MS - (clock.monotonic() - loadedAt));
		cancelLoad = clock.after(wait, load);
	}

	/** The first change after a pause begins the wait, so that somebody who never stops typing is kept too. */
	function draftLater(): void {
		cancelDraft ??= clock.after(DRAFT_MS, () => {
			cancelDraft = null;
			keepDraft(context);
		});
	}

	function tick(): void {
		const now = clock.now();
		picture.tick(now - (now % TICK_MS));
		cancelTick = clock.after(TICK_MS - (now % TICK_MS), tick);
	}

	async function run(action: Action): Promise<void> {
		const why = disabled(action, picture.state());
		if (why !== null) return picture.view.tell('bad', why);
		await action.run(context);
	}

	const context: ActionContext = {
		engine,
		picture,
		locale,
		now: () => clock.now(),
		monotonic: () => clock.monotonic(),
		list: () => present().list,
		copy: ports.copy,
		page: ports.page,
		plainText: () => plain(present().body, size.columns),
		refresh: load,
		actions: () => keys().actions,
		run: (id) => {
			const action = keys().actions.find((a) => a.id === id);
			if (action) void run(action);
		},
		redraw: ports.redraw,
		suspend: ports.suspend,
		quit: ports.quit,
	};

	/** A changed text in a list's own field is a new search: the selection starts again at its best row. */
	function edit(field: Field | null, change: (field: TextField) => TextField | undefined): void {
		const layer = picture.state().view.layers.at(-1);
		if (!layer || !field) return;
		const next = change({ ...createTextField(field.text), at: field.cursor });
		if (!next) return;
		const text = textOf(next);
		picture.view.setField({ text, cursor: next.at });
		if (layer.kind === 'filter') picture.view.setFilter(layer.subject, text);
		if (layer.kind === 'note' && text !== field.text) draftLater();
		if (text !== field.text)
			picture.view.select(layer.kind, null, { start: 0, size: 1, total: 1, height: 1 });
	}

	return {
		picture,
		frame,
		context,
		press(key, text) {
			pressedAt = clock.monotonic();
			flush();
			const { view } = picture.state();
			if (key !== 'ctrl-c' && view.choices['interrupted']) picture.view.choose('interrupted', '');
			const step = walkKey(view, { key, text }, keys().keymap, pressedAt);
			if (step.kind === 'ignored') return;
			picture.view.hush();
			if (step.kind === 'type') return edit(step.layer.field, (field) => editText(field, key, text));
			void run(step.action);
		},
		paste(text) {
			flush();
			const layer = picture.state().view.layers.at(-1);
			edit(layer?.field ?? null, (field) => insertText(field, text));
		},
		start() {
			isRunning = true;
			const stop = engine.subscribe(receive);
			flush();
			tick();
			load();
			const { conflicts } = keys().keymap;
			const [conflict] = conflicts;
			if (conflict) picture.view.tell('bad', conflictText(conflict, locale));
			return () => {
				isRunning = false;
				stop();
				cancelFlush?.();
				cancelTick?.();
				cancelLoad?.();
				if (!cancelDraft) return;
				cancelDraft();
				keepDraft(context);
			};
		},
	};
}

/** Lines without colours and without the spaces at their ends. */
function plain(lines: readonly string[], columns: number): string {
	return lines
		.map((line) =>
			sliceColumns(line, 0, columns)
				.replace(/\x1b\[[\d;:]*m/g, '')
				.trimEnd(),
		)
		.join('\n')
		.trimEnd();
}
