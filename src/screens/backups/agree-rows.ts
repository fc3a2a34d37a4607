import type { RestorePreview } from '../../domain/backup-picture.ts';
import type { Locale } from '../../domain/own-text.ts';
import { ownText } from '../../domain/own-text.ts';
import { clean } from '../../domain/text.ts';
import { formatValue, quantity } from '../../domain/value.ts';
import { bytesText, spanWords } from '../../i18n/backup.ts';
import { factsText } from '../../i18n/backup-facts.ts';
import { momentText } from '../../i18n/times.ts';
import { questionWord } from './question-words.ts';
import type { When } from './reasons.ts';

/** Rows of one table, now and after. */
export interface TableRow {
	readonly name: string;
	readonly now: string;
	readonly copy: string;
	readonly difference: string;
	readonly isLess: boolean;
}

export interface AgreeRows {
	readonly facts: string;
	readonly lost: string;
	readonly isLoss: boolean;
	readonly proof: string;
	readonly isProven: boolean;
	readonly tables: readonly TableRow[];
	readonly increments: readonly string[];
	readonly steps: readonly string[];
	readonly warn: string;
}

/** A restore before anybody agrees to it, as plain text. Pure. */
export function toAgreeRows(
	preview: RestorePreview,
	{ locale, zone }: Pick<When, 'locale' | 'zone'>,
): AgreeRows {
	const { copy } = preview;
	const names = (texts: readonly string[]) => texts.map((one) => clean(one, { max: 80 })).join(', ');
	const titles = (texts: RestorePreview['stops']) => names(texts.map((one) => ownText(one, locale)));
	// What cannot be looked at is there all the same.
	const isEmpty = !preview.exists && preview.faults.length === 0;
	const steps = [
		questionWord(locale, 'step-read'),
		questionWord(locale, isEmpty ? 'step-safety-none' : 'step-safety'),
	];
	if (preview.stops.length > 0)
		steps.push(questionWord(locale, 'step-stop', { names: titles(preview.stops) }));
	steps.push(questionWord(locale, 'step-replace'));
	if (preview.starts.length > 0)
		steps.push(questionWord(locale, 'step-start', { names: titles(preview.starts) }));
	if (preview.proves.length > 0)
		steps.push(questionWord(locale, 'step-prove', { names: names(preview.proves) }));
	const isCounted = preview.rows?.some((row) => row.copy !== null) ?? false;
	const isLoss = !isEmpty && preview.losesMs > 0;
	const proof =
		preview.provenAt !== null
			? questionWord(locale, 'is-proven', { date: momentText(preview.provenAt, zone) })
			: copy.verifiedAt !== null
				? questionWord(locale, 'is-verified', { date: momentText(copy.verifiedAt, zone) })
				: questionWord(locale, 'not-proven');
	return {
		facts: isEmpty ? questionWord(locale, 'not-there') : factsText(preview.facts, locale, zone),
		lost: isLoss
			? questionWord(locale, 'lost', {
					age: spanWords(preview.losesMs, locale),
					time: momentText(copy.at, zone),
				})
			: questionWord(locale, 'lost-nothing'),
		isLoss,
		proof,
		isProven: preview.provenAt !== null,
		tables: (preview.rows ?? []).map((row) => tableRow(row, isCounted, locale)),
		increments: preview.increments.map(
			(one) =>
				`${momentText(one.at, zone)} · ${bytesText(one.bytes, locale)} · ${clean(one.name, { max: 200 })}`,
		),
		steps,
		warn: preview.warn === null ? '' : clean(ownText(preview.warn, locale), { max: 600 }),
	};
}

function tableRow(
	{ name, now, copy }: NonNullable<RestorePreview['rows']>[number],
	/** Somebody has counted the copy's rows: then a table without a count is not in it. */
	isCounted: boolean,
	locale: Locale,
): TableRow {
	const count = (value: number | null) => (value === null ? '–' : formatValue(quantity(value), { locale }));
	const then = copy ?? (isCounted ? 0 : null);
	const difference = now === null || then === null ? null : then - now;
	return {
		name: clean(name, { max: 80 }),
		now: count(now),
		copy: count(copy),
		difference:
			difference === null ? '' : difference === 0 ? '=' : `${difference > 0 ? '+' : ''}${count(difference)}`,
		isLess: (difference ?? 0) < 0,
	};
}
