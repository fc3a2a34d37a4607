/** What one write of Ink means: modes to pass on, a frame, or taking and giving back the alternate screen. */
export interface FrameWrite {
	readonly lines?: readonly string[];
	/** Mode sequences for the terminal as they are: bracketed paste. */
	readonly modes: string;
	readonly screen?: 'enter' | 'leave';
}

// Before a frame Ink erases the one before it; a display that compares cells needs none of that.
const ERASE = /^(?:\x1b\[\d*(?:;\d*)?[ABEFGHJK])+/;
const MODE = /\x1b\[\?([\d;]+)([hl])/g;

/** Reads a chunk that Ink writes with `incrementalRendering: false`. */
export const readFrame = (chunk: string): FrameWrite => {
	let modes = '';
	let screen: 'enter' | 'leave' | undefined;
	const text = chunk
		.replace(MODE, (sequence, mode: string, set: string) => {
			if (mode === '2004') modes += sequence;
			if (mode === '1049') screen = set === 'h' ? 'enter' : 'leave';
			return '';
		})
		.replace(ERASE, '');
	const found = screen === undefined ? { modes } : { modes, screen };
	if (text === '' || text === '\n') return found;
	const lines = text.split('\n');
	if (lines.at(-1) === '') lines.pop();
	return { ...found, lines };
};
