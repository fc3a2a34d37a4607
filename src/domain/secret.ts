const inspect = Symbol.for('nodejs.util.inspect.custom');
// Each bundle holds a copy of this class: what one of them read must be a secret to the others.
const mark = Symbol.for('rounds.secret');

/** A value that must not be seen: every ordinary way of printing it gives `***`. */
export class Secret {
	readonly #value: string;
	/** Where it came from (`env:ACCOUNTING_TOKEN`), which may be shown. */
	readonly reference: string;

	constructor(value: string, reference: string) {
		this.#value = value;
		this.reference = reference;
	}

	/** The only way to the value; call it where it leaves for the wire, nowhere else. */
	reveal(): string {
		return this.#value;
	}

	static [Symbol.hasInstance](value: unknown): boolean {
		return typeof value === 'object' && value !== null && mark in value;
	}

	get [mark](): true {
		return true;
	}

	toString(): string {
		return '***';
	}

	toJSON(): string {
		return '***';
	}

	[inspect](): string {
		return '***';
	}
}

/** A string that may hold a secret part. Secret as soon as one part of it is. */
export type Text = string | Secret;

export function reveal(text: Text): string {
	return typeof text === 'string' ? text : text.reveal();
}

/** For the screen, `config explain` and transcripts. */
export function masked(text: Text): string {
	return typeof text === 'string' ? text : '***';
}
