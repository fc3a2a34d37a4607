import { clean, cut } from '../domain/text.ts';

/** Text in one of our own colours, given as SGR parameters. */
export interface Painted {
	readonly text: string;
	readonly sgr: string;
}

export type Part = string | Painted;

/** The only way to stdout and stderr: nothing from outside leaves its line, moves the cursor or chooses a colour. */
export interface Printer {
	/** One line on stdout. */
	out(...parts: readonly Part[]): void;
	/** One line on stderr. */
	err(...parts: readonly Part[]): void;
	/** A document on stdout in printable ASCII: what else its texts hold is written as `\uXXXX`. */
	json(document: unknown): void;
	/** One line on stderr drawn over the one before, only where stderr is a terminal; null takes it away. */
	live(text: string | null): void;
}

/** A terminal whose last line may be drawn anew. */
export interface LiveStream {
	write(text: string): void;
	columns(): number;
}

export function paint(sgr: string, text: string): Painted {
	return { text, sgr };
}

export function createPrinter(streams: {
	out(text: string): void;
	err(text: string): void;
	readonly color: boolean;
	/** Absent where stderr is no terminal. */
	readonly live?: LiveStream | null;
}): Printer {
	// Coloured after cleaning, so that the only escape sequences are these.
	const shown = (part: Part): string => {
		if (typeof part === 'string') return clean(part);
		return streams.color ? `\u001b[${part.sgr}m${clean(part.text)}\u001b[0m` : clean(part.text);
	};
	const line = (parts: readonly Part[]) => `${parts.map(shown).join('')}\n`;
	const { live } = streams;
	let isDrawn = false;
	// Both streams may be the same terminal: no line is printed behind the live one.
	const wipe = () => {
		if (isDrawn) live?.write('\r\u001b[K');
		isDrawn = false;
	};
	const wiped = (print: (text: string) => void, text: string) => {
		wipe();
		print(text);
	};
	return {
		out: (...parts) => wiped(streams.out, line(parts)),
		err: (...parts) => wiped(streams.err, line(parts)),
		json: (document) => wiped(streams.out, `${asciiJson(document)}\n`),
		live(text) {
			if (!live) return;
			if (text === null) return wipe();
			// A full line would wrap, and could not be wiped.
			live.write(`\r\u001b[K${cut(clean(text), Math.max(1, live.columns() - 1))}`);
			isDrawn = true;
		},
	};
}

/** What JSON itself leaves as it is may steer a terminal, turn text round or end a line. */
function asciiJson(document: unknown): string {
	return JSON.stringify(document, null, 2).replace(
		/[^\x20-\x7e\n]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
