import type { Locale } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { UsageError } from './command.ts';
import { cliWords } from './words.ts';

/** What stands behind a command's name, sorted. */
export interface ReadOptions {
	readonly words: readonly string[];
	readonly flags: ReadonlySet<string>;
	/** By option, without its dashes. */
	readonly values: Readonly<Record<string, string>>;
}

/** Reads words, `--flag`, `--option value` and `--option=value`; what is not known, said twice or without a value is a usage error. */
export function readOptions(
	args: readonly string[],
	known: { readonly flags: readonly string[]; readonly valued: readonly string[] },
	locale: Locale,
): ReadOptions {
	const words: string[] = [];
	const flags = new Set<string>();
	const values: Record<string, string> = {};
	const refuse = (key: 'unknown-flag' | 'needs-value' | 'said-twice', option: string): never => {
		const list = [...known.flags, ...known.valued].map((name) => `--${name}`).join(', ');
		const shown = clean(option, { max: 80 });
		throw new UsageError(say(cliWords, locale, key, { flag: shown, option: shown, list }));
	};
	for (let i = 0; i < args.length; i += 1) {
		const arg = args[i] ?? '';
		if (!arg.startsWith('--')) {
			words.push(arg);
			continue;
		}
		const [name = '', ...after] = arg.slice(2).split('=');
		const inline = after.length > 0 ? after.join('=') : undefined;
		if (known.flags.includes(name) && inline === undefined) flags.add(name);
		else if (known.valued.includes(name)) {
			const next = args[i + 1];
			// The next option is no value: `--copy --preview` forgot one.
			const value = inline ?? (next?.startsWith('--') ? undefined : next);
			if (inline === undefined) i += 1;
			if (value === undefined || value === '') return refuse('needs-value', `--${name}`);
			if (values[name] !== undefined) return refuse('said-twice', `--${name}`);
			values[name] = value;
		} else return refuse('unknown-flag', arg);
	}
	return { words, flags, values };
}
