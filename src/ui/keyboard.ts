import { EventEmitter } from 'node:events';
import type { Timers } from './timers.ts';

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
const REPLY = /\x1b\[0n/g;
const ONLY_REPLIES = /^(?:\x1b\[0n)+$/;
// A sequence that a slow link cut in two; a lone ESC may be the key itself.
const PARTIAL = /\x1b(?:\[[\x20-\x3f]*|O)?$/;
const PASTE_SILENCE_MS = 2_000;
const PARTIAL_MS = 500;
const ESC_MS = 30;
// The one spelling of this key after which Ink does not wait for more.
const ESC_ALONE = '\x1b[27u';
const LONGEST_PASTE = 1_048_576;

export interface Keyboard {
	/** To be given to Ink's `render` as `stdin`. */
	readonly stdin: NodeJS.ReadStream;
	/** Raw mode on, before anything is drawn: an answer of the terminal must not be echoed. Ink's own calls may follow. */
	start(): void;
	/** Raw mode off; whoever reads the terminal next gets the keys. */
	stop(): void;
}

/**
 * Stands between the terminal's input and Ink: takes out the terminal's answers to the display, joins sequences that
 * arrive in pieces, and closes a paste whose end never comes, which would swallow every later key.
 */
export const createKeyboard = (
	source: NodeJS.ReadStream,
	timers: Timers,
	onReply: () => void = () => {},
): Keyboard => {
	const chunks: string[] = [];
	let pending = '';
	let paste: string | undefined;
	let cancel: (() => void) | undefined;

	const deliver = (text: string): void => {
		if (text === '') return;
		chunks.push(text);
		stdin.emit('readable');
	};
	const endPaste = (): void => {
		cancel?.();
		const text = paste ?? '';
		paste = undefined;
		deliver(PASTE_START + text.slice(0, LONGEST_PASTE) + PASTE_END);
	};
	const waitFor = (ms: number, run: () => void): void => {
		cancel?.();
		cancel = timers.after(ms, run);
	};

	const read = (chunk: string | Buffer): void => {
		// An answer that arrives within a paste is no part of it, and does not keep one open that never ends.
		if (paste !== undefined && ONLY_REPLIES.test(chunk.toString())) {
			onReply();
			return;
		}
		cancel?.();
		let text = pending + chunk.toString();
		pending = '';
		while (text !== '') {
			if (paste !== undefined) {
				const joined = paste.slice(-PASTE_END.length) + text;
				const end = joined.indexOf(PASTE_END);
				if (end < 0) {
					if (paste.length <= LONGEST_PASTE) paste += text;
					else paste = paste.slice(0, LONGEST_PASTE) + joined.slice(-PASTE_END.length);
					waitFor(PASTE_SILENCE_MS, endPaste);
					return;
				}
				const before = paste.slice(-PASTE_END.length).length;
				paste = (paste + text).slice(0, paste.length - before + end);
				text = joined.slice(end + PASTE_END.length);
				endPaste();
				continue;
			}
			const start = text.indexOf(PASTE_START);
			let typed = start < 0 ? text : text.slice(0, start);
			if (REPLY.test(typed)) {
				typed = typed.replace(REPLY, '');
				onReply();
			}
			REPLY.lastIndex = 0;
			if (start < 0) {
				const partial = PARTIAL.exec(typed);
				if (partial !== null) {
					pending = partial[0];
					typed = typed.slice(0, partial.index);
					waitFor(pending === '\x1b' ? ESC_MS : PARTIAL_MS, () => {
						const late = pending;
						pending = '';
						// What is left of a sequence is never taken for typed letters.
						if (late === '\x1b') deliver(ESC_ALONE);
					});
				}
				deliver(typed);
				return;
			}
			deliver(typed);
			paste = '';
			text = text.slice(start + PASTE_START.length);
			waitFor(PASTE_SILENCE_MS, endPaste);
		}
	};

	let isReading = false;
	const stdin = Object.assign(new EventEmitter(), {
		isTTY: source.isTTY === true,
		isRaw: false,
		read: (): string | null => chunks.shift() ?? null,
		setEncoding: () => stdin,
		ref() {
			source.ref?.();
			return stdin;
		},
		unref() {
			source.unref?.();
			return stdin;
		},
		pause: () => stdin,
		resume: () => stdin,
		setRawMode(isRaw: boolean) {
			if (isRaw === isReading) return stdin;
			isReading = isRaw;
			stdin.isRaw = isRaw;
			source.setRawMode?.(isRaw);
			if (isRaw) {
				source.setEncoding('utf8');
				source.on('data', read);
				source.resume();
			} else {
				// A paused source leaves the keys to whoever has the terminal now.
				source.off('data', read);
				source.pause();
				cancel?.();
				pending = '';
				paste = undefined;
				chunks.length = 0;
			}
			return stdin;
		},
	});
	// Keys typed before Ink listens wait for it.
	stdin.on('newListener', (event) => {
		if (event === 'readable' && chunks.length > 0) queueMicrotask(() => stdin.emit('readable'));
	});
	return {
		stdin: stdin as unknown as NodeJS.ReadStream,
		start: () => void stdin.setRawMode(true),
		stop: () => void stdin.setRawMode(false),
	};
};
