import type { Locale } from '../domain/own-text.ts';

/** Values a message is said with: `{name}` in its text. */
export type MessageValues = Readonly<Record<string, string | number>>;

/** English is the source: every other locale must say exactly the same keys, which the compiler checks. */
export interface Messages<Key extends string> {
	readonly en: Readonly<Record<Key, string>>;
	readonly 'zh-CN': Readonly<Record<Key, string>>;
}

export function defineMessages<const Key extends string>(messages: Messages<Key>): Messages<Key> {
	return messages;
}

/** One message in one language; an unknown `{name}` stays visible, so that a missing value is never silent. */
export function say<Key extends string>(
	messages: Messages<Key>,
	locale: Locale,
	key: Key,
	values: MessageValues = {},
): string {
	return messages[locale][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
		Object.hasOwn(values, name) ? String(values[name]) : whole,
	);
}

/** The language to speak, from `--lang`, `ROUNDS_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG` in this order. */
export function pickLocale(wishes: readonly (string | undefined)[]): Locale {
	for (const wish of wishes) {
		const found = pickLanguage(wish ?? '');
		if (found !== null) return found;
	}
	return 'en';
}

/** The language one wish names, or null when it is none of ours. */
export function pickLanguage(wish: string): Locale | null {
	const tag = wish.toLowerCase().replace('_', '-');
	if (tag.startsWith('zh')) return 'zh-CN';
	return tag.startsWith('en') || tag === 'c' || tag.startsWith('c.') || tag === 'posix' ? 'en' : null;
}
