import { afresh, PatternOverTime } from '../pattern.ts';

/** More repetitions than these make no better example. */
const MOST_REPEATED = 5000;
const CANDIDATES = [...'ax0A_ -.:/,1bZ%@#\'"'];

/** A text that a pattern finds itself in, or null when none was made up. Made piece by piece, then tried. */
export function textMatching(pattern: RegExp): string | null {
	try {
		for (const more of [0, 1, 2]) {
			const text = writeText(pattern.source, pattern.flags, more);
			if (text !== null && afresh(pattern).test(text)) return text;
		}
	} catch (thrown) {
		if (!(thrown instanceof PatternOverTime)) throw thrown;
	}
	return null;
}

/** `more` is how often a piece is repeated beyond what it must be. */
function writeText(source: string, flags: string, more: number): string | null {
	let at = 0;
	let isStuck = false;

	const alternatives = (): string => {
		const texts = [sequence()];
		while (source[at] === '|') {
			at += 1;
			texts.push(sequence());
		}
		return texts[more % texts.length] as string;
	};

	const sequence = (): string => {
		let text = '';
		while (at < source.length && source[at] !== '|' && source[at] !== ')') {
			const made = piece();
			text += made.repeat(times());
		}
		return text;
	};

	const times = (): number => {
		const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(source.slice(at));
		if (!found) return 1;
		at += found[0].length;
		const [, sign, least, comma, most] = found;
		const must = sign === undefined ? Number(least) : sign === '+' ? 1 : 0;
		if (must > MOST_REPEATED) isStuck = true;
		const may =
			sign === '?'
				? 1
				: sign !== undefined
					? must + more
					: comma === undefined
						? must
						: Number(most || must + more);
		return isStuck ? 0 : Math.min(must + more, may);
	};

	const piece = (): string => {
		const start = at;
		const sign = source[at] as string;
		at += 1;
		if (sign === '^' || sign === '$') return '';
		if (sign === '.') return 'x';
		if (sign === '[') {
			while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
			at += 1;
			return oneOf(source.slice(start, at));
		}
		if (sign === '\\') {
			const whole = /^(?:k<[^>]*>|[uUpP]\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|.)/is.exec(source.slice(at));
			at += whole?.[0].length ?? 1;
			const written = source.slice(start, at);
			if (/^\\[bB]$/.test(written)) return '';
			if (/^\\(?:k|[1-9])/.test(written)) isStuck = true;
			return oneOf(written);
		}
		if (sign !== '(') return sign;
		const opening = /^\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:)/.exec(source.slice(at))?.[0] ?? '';
		at += opening.length;
		const text = alternatives();
		at += 1;
		// What is looked for ahead is not text of its own; whether it fits shows when the pattern is tried.
		return /[=!]$/.test(opening) && opening !== '?<=' ? '' : text;
	};

	/** The first handy character that a class or an escape takes. */
	const oneOf = (part: string): string => {
		if (isStuck) return '';
		const takes = new RegExp(`^${part}$`, flags);
		const found = [...CANDIDATES, part.slice(1)].find((text) => takes.test(text));
		if (found !== undefined) return found;
		for (let code = 32; code < 0x250; code++) {
			if (takes.test(String.fromCharCode(code))) return String.fromCharCode(code);
		}
		isStuck = true;
		return '';
	};

	const text = alternatives();
	return isStuck ? null : text;
}

/** Whether a pattern finds something in every text: it finds the empty text, and asks nothing of its place. */
export function findsEverywhere(pattern: RegExp): boolean {
	const asks = /[\^$]|\\[bB]|\(\?<?[=!]/.test(pattern.source.replace(/\\[^bB]|\[(?:\\.|[^\]\\])*\]/g, ''));
	return !asks && new RegExp(pattern.source, pattern.flags).test('');
}
