export const LOCALES = ['en', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];

/** Words the operator wrote in the configuration: one text for all, or one a language. */
export type OwnText = string | Readonly<Partial<Record<Locale, string>>>;

/** The text in the asked language, else in any language it was written in. */
export function ownText(text: OwnText, locale: Locale): string {
	if (typeof text === 'string') return text;
	return text[locale] ?? text.en ?? text['zh-CN'] ?? '';
}
