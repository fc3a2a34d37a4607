import { createRedactor, type Redactor } from '../domain/text.ts';

/** What must stand in no text that leaves. */
export interface Hiding {
	redact(text: string): string;
	redactor(): Redactor;
	/** A reload: what was secret before it stays so, since it stands in what still runs. */
	add(values: readonly string[]): void;
}

export function createHiding(values: readonly string[]): Hiding {
	const secrets = new Set(values);
	let hide = createRedactor([...secrets]);
	return {
		redact: (text) => hide(text),
		redactor: () => hide,
		add(more) {
			for (const secret of more) secrets.add(secret);
			hide = createRedactor([...secrets]);
		},
	};
}
