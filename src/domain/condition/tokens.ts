import { cut, isUnit, Stop, type Token } from './lex.ts';
import type { ParseProblem, ProblemCode } from './syntax.ts';

/** The tokens of one text and how far they have been read. */
export class Tokens {
	readonly #tokens: readonly Token[];
	readonly #text: string;
	#at = 0;

	constructor(text: string, tokens: readonly Token[]) {
		this.#text = text;
		this.#tokens = tokens;
	}

	/** The text from an offset to the end of the last token taken. */
	textSince(offset: number): string {
		const last = this.#tokens[this.#at - 1];
		return this.#text.slice(offset, last === undefined ? offset : last.offset + last.text.length);
	}

	peek(ahead = 0): Token {
		return (this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1)) as Token;
	}

	take(): Token {
		const token = this.peek();
		if (token.kind !== 'end') this.#at++;
		return token;
	}

	/** Takes the symbol when it is next. */
	takeSymbol(symbol: string): Token | null {
		const token = this.peek();
		return token.kind === 'symbol' && token.text === symbol ? this.take() : null;
	}

	/** What a token in the wrong place was probably meant to be. */
	hintFor(token: Token): ParseProblem['hint'] {
		const last = this.#tokens[this.#at - 1];
		if (last?.kind !== 'number') return undefined;
		if (token.kind === 'name' && isUnit(token.text))
			return { code: 'no-space', params: { word: last.text + token.text } };
		const after = this.peek(1);
		if (token.text === ',' && after.kind === 'number') {
			return { code: 'no-commas', params: { word: last.text + after.text } };
		}
		return undefined;
	}
}

export function fail(
	code: ProblemCode,
	at: { readonly offset: number; readonly text: string },
	params: Readonly<Record<string, string>>,
	hint?: ParseProblem['hint'],
): Stop {
	return new Stop({ code, params, offset: at.offset, length: at.text.length, ...(hint ? { hint } : {}) });
}

/** The text stops where something must follow: nearly always YAML's doing. */
export function endOfText(end: Token): Stop {
	return cut({ code: 'unexpected-end', params: {}, offset: end.offset, length: 0 });
}
