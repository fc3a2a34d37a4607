import { EventEmitter } from 'node:events';
import { diffRow, type Pen } from './cell-diff.ts';
import { type CellRow, createStyleTable, parseRow } from './cells.ts';
import type { DisplayOutput } from './display-output.ts';
import { readFrame } from './frame-reader.ts';
import type { Timers } from './timers.ts';

// The line the launcher wrote goes first.
const ENTER = '\r\x1b[K\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[m\x1b[H\x1b[2J';
// CAN ends a sequence that was cut in the middle; then pen, wrapping, paste mode, cursor and the old screen come back.
const LEAVE = '\x18\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l';
const ASK = '\x1b[5n';
/** Bytes sent before the terminal is asked whether it has drawn them. */
const ASK_AFTER = 1024;
const RETRY_MS = 20;
const UNANSWERED_MS = 500;
const LOST_MS = 10_000;
const LAST_WORDS_MS = 1_000;

export interface CursorPlace {
	readonly x: number;
	readonly y: number;
}

/**
 * Stands between Ink and the terminal: takes whole frames, keeps only the newest, compares its cells with what was really
 * sent and sends the difference in one write that never blocks. While the terminal takes nothing, frames are skipped.
 */
export interface Display {
	/** To be given to Ink's `render` as `stdout`, with `incrementalRendering: false`. */
	readonly stdout: NodeJS.WriteStream;
	/** Takes the terminal: alternate screen, no cursor, no wrapping. Doing it twice does nothing. */
	enter(): void;
	/** Gives the terminal back, waiting at most a second for one that is stalled. Doing it twice does nothing. */
	leave(): void;
	/** Draws a frame: one text per row, with SGR sequences. Ink's frames come here too. */
	show(lines: readonly string[]): void;
	/** Sends everything again, for a screen that something else wrote on. */
	redraw(): void;
	/** Sends a sequence that draws nothing, such as OSC 52, with the next write. */
	pass(sequence: string): void;
	/** Where the terminal's cursor shows, 0-based; `undefined` hides it. */
	setCursor(place: CursorPlace | undefined): void;
	/** The terminal's answer to the question at the end of a frame has arrived. */
	acknowledge(): void;
	/** Resolves when everything is sent and answered, after a second at the latest. `isLast`: nothing more is asked until it is entered anew. */
	drained(isLast?: boolean): Promise<void>;
	/** True once the terminal refuses bytes for good (hung up). */
	readonly isGone: boolean;
	readonly bytesSent: number;
	readonly framesSent: number;
}

export const createDisplay = (output: DisplayOutput, timers: Timers): Display => {
	const table = createStyleTable();
	const encoder = new TextEncoder();
	const pen: Pen = { row: 0, column: -1, style: 0 };
	let newest: readonly string[] = [];
	let drawn: (string | undefined)[] = [];
	let sent: CellRow[] = [];
	let size = { columns: 0, rows: 0 };
	let isEntered = false;
	let isGone = false;
	let isDirty = false;
	let needsAll = false;
	let rest: Uint8Array | undefined;
	let modes = '';
	let cursor: CursorPlace | undefined;
	let shownCursor: CursorPlace | undefined;
	let unanswered = 0;
	let isAsking = false;
	let answersKnown: boolean | undefined;
	/** On the way out: an answer would be typed into whatever comes next. */
	let isQuiet = false;
	let cancelAnswer: (() => void) | undefined;
	let cancelRetry: (() => void) | undefined;
	let bytesSent = 0;
	let framesSent = 0;
	const waiting: (() => void)[] = [];

	const resetGrid = (): void => {
		size = { columns: output.columns, rows: output.rows };
		const blank = parseRow('', size.columns, table);
		sent = Array.from({ length: size.rows }, () => blank);
		drawn = [];
		pen.row = 0;
		pen.column = -1;
		pen.style = 0;
		shownCursor = undefined;
		needsAll = true;
	};

	const compose = (): string => {
		let text = modes;
		modes = '';
		if (needsAll) text += '\x1b[?25l\x1b[m\x1b[H\x1b[2J';
		needsAll = false;
		let changes = '';
		for (let y = 0; y < size.rows; y++) {
			const line = newest[y] ?? '';
			// An unchanged line is not even parsed.
			if (drawn[y] === line) continue;
			const row = parseRow(line, size.columns, table);
			changes += diffRow(y, sent[y]!, row, pen, table);
			sent[y] = row;
			drawn[y] = line;
		}
		if (changes !== '' && shownCursor !== undefined) text += '\x1b[?25l';
		text += changes;
		return text + placeCursor(changes !== '');
	};

	const placeCursor = (hasMoved: boolean): string => {
		if (cursor === undefined) {
			if (shownCursor === undefined) return '';
			shownCursor = undefined;
			return hasMoved ? '' : '\x1b[?25l';
		}
		if (!hasMoved && shownCursor?.x === cursor.x && shownCursor.y === cursor.y) return '';
		shownCursor = cursor;
		pen.row = cursor.y;
		pen.column = cursor.x;
		return `\x1b[${cursor.y + 1};${cursor.x + 1}H\x1b[?25h`;
	};

	const push = (): void => {
		if (rest === undefined || isGone) return;
		try {
			const taken = output.write(rest);
			bytesSent += taken;
			rest = taken >= rest.length ? undefined : rest.subarray(taken);
		} catch {
			isGone = true;
			rest = undefined;
			settle();
			return;
		}
		if (rest === undefined) settle();
		else {
			cancelRetry ??= timers.after(RETRY_MS, () => {
				cancelRetry = undefined;
				push();
				flush();
			});
		}
	};

	const settle = (): void => {
		if (rest !== undefined || (isAsking && answersKnown !== undefined)) return;
		for (const done of waiting.splice(0)) done();
	};

	const flush = (): void => {
		if (!isEntered || isGone || rest !== undefined || isAsking) return;
		if (!isDirty && !needsAll && modes === '') return;
		isDirty = false;
		if (size.columns !== output.columns || size.rows !== output.rows) resetGrid();
		let text = compose();
		if (text === '') return;
		unanswered += text.length;
		framesSent++;
		if (unanswered >= ASK_AFTER && answersKnown !== false && !isQuiet) {
			text += ASK;
			unanswered = 0;
			isAsking = true;
			cancelAnswer = timers.after(answersKnown ? LOST_MS : UNANSWERED_MS, () =>
				answered(answersKnown ?? false),
			);
		}
		rest = encoder.encode(text);
		push();
	};

	const answered = (isKnown: boolean): void => {
		answersKnown = isKnown;
		isAsking = false;
		cancelAnswer?.();
		cancelAnswer = undefined;
		settle();
		flush();
	};

	const show = (lines: readonly string[]): void => {
		newest = lines;
		isDirty = true;
		flush();
	};

	const sayLast = (text: string): void => {
		rest = encoder.encode(text);
		for (let waited = 0; rest !== undefined && !isGone; waited += RETRY_MS) {
			try {
				const taken = output.write(rest);
				bytesSent += taken;
				rest = taken >= rest.length ? undefined : rest.subarray(taken);
			} catch {
				isGone = true;
			}
			if (rest === undefined || isGone || waited >= LAST_WORDS_MS) break;
			output.sleep(RETRY_MS);
		}
		rest = undefined;
	};

	const stdout = Object.assign(new EventEmitter(), {
		isTTY: true,
		writable: true,
		destroyed: false,
		writableEnded: false,
		hasColors: () => true,
		getColorDepth: () => 24,
		write(chunk: string | Uint8Array, ...more: unknown[]): boolean {
			const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
			const frame = readFrame(text);
			if (frame.screen === 'enter') display.enter();
			modes += frame.modes;
			if (frame.lines !== undefined) show(frame.lines);
			else flush();
			if (frame.screen === 'leave') display.leave();
			const done = more.findLast((part) => typeof part === 'function');
			if (typeof done === 'function') void display.drained().then(() => done());
			return true;
		},
		end: () => stdout,
	});
	Object.defineProperties(stdout, {
		columns: { get: () => output.columns },
		rows: { get: () => output.rows },
	});

	const display: Display = {
		stdout: stdout as unknown as NodeJS.WriteStream,
		enter() {
			if (isEntered) return;
			isEntered = true;
			isQuiet = false;
			resetGrid();
			needsAll = false;
			modes = ENTER + modes;
			flush();
		},
		leave() {
			if (!isEntered) return;
			isEntered = false;
			cancelRetry?.();
			cancelRetry = undefined;
			cancelAnswer?.();
			isAsking = false;
			modes = '';
			sayLast(LEAVE);
			settle();
		},
		show,
		redraw() {
			resetGrid();
			flush();
		},
		pass(sequence) {
			modes += sequence;
			flush();
		},
		setCursor(place) {
			if (place?.x === cursor?.x && place?.y === cursor?.y) return;
			cursor = place;
			isDirty = true;
			flush();
		},
		acknowledge() {
			if (isAsking) answered(true);
			else answersKnown = true;
		},
		drained: (isLast = false) =>
			new Promise((resolve) => {
				isQuiet ||= isLast;
				if (isGone || (rest === undefined && !(isAsking && answersKnown))) return resolve();
				const cancel = timers.after(LAST_WORDS_MS, resolve);
				waiting.push(() => {
					cancel();
					resolve();
				});
			}),
		get isGone() {
			return isGone;
		},
		get bytesSent() {
			return bytesSent;
		},
		get framesSent() {
			return framesSent;
		},
	};
	output.onResize(() => {
		stdout.emit('resize');
		// Ink stays silent when the new frame equals the old one, so what is known is drawn again in any case.
		isDirty = true;
		flush();
	});
	return display;
};
