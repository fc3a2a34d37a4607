import { err, ok, type Result } from '../domain/result.ts';

/** A command as an operator writes it. */
export type CommandSource = string | readonly (string | number)[];

/** The arguments to start: with `shell` the line is handed to /bin/sh as it stands. */
export function argumentsOf(source: CommandSource, shell: boolean): Result<readonly string[], string> {
	if (!shell) return splitCommand(source);
	if (typeof source !== 'string') return err('with "shell: true" a command is one string, not a list');
	return ok(['/bin/sh', '-c', source]);
}

/**
 * Splits like a shell does (quotes and backslashes) but expands nothing. What only a shell understands is refused, since
 * passed on as plain text it would do something else than it says.
 */
export function splitCommand(source: CommandSource): Result<readonly string[], string> {
	if (typeof source !== 'string') return ok(source.map(String));
	const parts: string[] = [];
	let part: string | null = null;
	let quote: '"' | "'" | null = null;
	for (let at = 0; at < source.length; at++) {
		const character = source[at] as string;
		if (quote === null && /\s/.test(character)) {
			if (part !== null) parts.push(part);
			part = null;
			continue;
		}
		part ??= '';
		if (quote !== null && character === quote) quote = null;
		else if (quote === null && (character === '"' || character === "'")) quote = character;
		else if (character === '\\' && escapes(quote, source[at + 1])) part += source[++at] ?? '';
		else if (quote !== "'" && onlyForShells(character, source[at + 1], quote !== null))
			return err(`"${character}" means nothing without a shell: quote it, or add "shell: true"`);
		else part += character;
	}
	if (quote !== null) return err(`the quote ${quote} is never closed`);
	if (part !== null) parts.push(part);
	return parts.length > 0 && parts[0] !== '' ? ok(parts) : err('expected a command');
}

function escapes(quote: '"' | "'" | null, next: string | undefined): boolean {
	if (next === undefined || quote === "'") return false;
	return quote === null || '"\\$`'.includes(next);
}

function onlyForShells(character: string, next: string | undefined, quoted: boolean): boolean {
	if (character === '$') return next !== undefined && /[A-Za-z_({]/.test(next);
	if (character === '`') return true;
	return !quoted && '|&;<>'.includes(character);
}
