import type { Locale } from '../domain/own-text.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { folderOf, resolvePath } from './paths.ts';
import { words } from './words.ts';

const NAMES = ['rounds.yaml', 'rounds.yml'] as const;

export interface Search {
	/** `--config`. */
	readonly asked?: string | undefined;
	/** ROUNDS_CONFIG. */
	readonly fromEnvironment?: string | undefined;
	/** Absolute folder to begin in. */
	readonly folder: string;
	readonly locale?: Locale;
	exists(path: string): Promise<boolean>;
}

/** Which file to read: the one asked for, ROUNDS_CONFIG, rounds.yaml or rounds.yml here, or the nearest above. Else a sentence. */
export async function findConfig(search: Search): Promise<Result<string, string>> {
	const locale = search.locale ?? 'en';
	for (const named of [search.asked, search.fromEnvironment]) {
		if (named === undefined || named === '') continue;
		const path = resolvePath(search.folder, named);
		if (await search.exists(path)) return ok(path);
		return err(
			say(words, locale, 'config-missing', { path: clean(path), reason: say(words, locale, 'no-such-file') }),
		);
	}
	for (let folder = search.folder; ; folder = folderOf(folder)) {
		for (const name of NAMES) {
			const path = resolvePath(folder, name);
			if (await search.exists(path)) return ok(path);
		}
		if (folderOf(folder) === folder)
			return err(say(words, locale, 'config-none', { folder: clean(search.folder) }));
	}
}
