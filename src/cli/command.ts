import type { ConfigSources } from '../config/sources.ts';
import type { Engine } from '../domain/engine.ts';
import type { Fault } from '../domain/fault.ts';
import type { Locale, OwnText } from '../domain/own-text.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import type { Printer } from './print.ts';
import { cliWords } from './words.ts';

/** Exit codes beyond the levels' 0–3. */
export const EXIT = {
	usage: 64,
	input: 65,
	bug: 70,
	storage: 74,
	locked: 75,
	config: 78,
	unread: 141,
} as const;

/** Why there is no engine: the configuration is wrong, or the state cannot be opened. */
export type OpenFailure =
	| { readonly kind: 'config'; readonly problems: readonly ConfigProblem[] }
	| { readonly kind: 'storage'; readonly fault: Fault }
	| { readonly kind: 'missing'; readonly sentence: string };

export interface OpenWishes {
	/** Whether it may take the polling lease; headless commands only ask, `watch` polls. */
	readonly polls: boolean;
}

/** What a headless command may reach. */
export interface CliContext extends Printer {
	readonly locale: Locale;
	/** Given by `--config` or ROUNDS_CONFIG; null: to be found. */
	readonly configPath: string | null;
	/** Given by `--env` or ROUNDS_ENV. */
	readonly environment: string | undefined;
	readonly cwd: string;
	readonly version: string;
	readonly clock: Clock;
	readonly sources: ConfigSources;
	/** Half of a signed record, which may be far larger than a configuration. */
	readRecord(path: string): Promise<Result<string, Fault>>;
	/** Keys the console has itself: configured actions may not shadow them. */
	readonly reservedKeys: readonly string[];
	openEngine(wishes: OpenWishes): Promise<Result<Engine, OpenFailure>>;
	/** Resolves when the process is asked to end (Ctrl-C, TERM, HUP) with the exit code for it. */
	readonly interrupted: Promise<number>;
	/** An orderly end may take so long after the signal, ms; asked twice by Ctrl-C it comes at once. */
	linger(ms: number): void;
}

/** One headless command: one file, and one line in `index.ts`. */
export interface HeadlessCommand {
	readonly name: string;
	readonly summary: OwnText;
	/** How it is called, without `rounds `. */
	readonly usage: string;
	/** Returns the exit code. */
	run(args: readonly string[], context: CliContext): Promise<number>;
}

/** Something was asked in a way that cannot be carried out; one line, exit 64. */
export class UsageError extends Error {
	override name = 'UsageError';
}

/** Reads `--flag` and words; a flag that is not known is a usage error naming the known ones. */
export function readFlags(
	args: readonly string[],
	known: readonly string[],
	locale: Locale,
): { readonly words: readonly string[]; readonly flags: ReadonlySet<string> } {
	const words: string[] = [];
	const flags = new Set<string>();
	for (const arg of args) {
		if (!arg.startsWith('--')) {
			words.push(arg);
			continue;
		}
		const flag = arg.slice(2);
		if (!known.includes(flag)) {
			const list = known.map((name) => `--${name}`).join(', ');
			throw new UsageError(
				say(cliWords, locale, list === '' ? 'no-flags' : 'unknown-flag', {
					flag: clean(arg, { max: 80 }),
					list,
				}),
			);
		}
		flags.add(flag);
	}
	return { words, flags };
}

/** Words where the command takes none are a usage error. */
export function refuseWords(words: readonly string[], command: string, locale: Locale): void {
	const [word] = words;
	if (word !== undefined)
		throw new UsageError(say(cliWords, locale, 'no-names', { word: clean(word, { max: 80 }), command }));
}
