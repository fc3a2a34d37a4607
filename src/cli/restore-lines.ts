import type { RestorePreview } from '../domain/backup-picture.ts';
import { ownText } from '../domain/own-text.ts';
import type { SystemFace } from '../domain/picture.ts';
import { formatValue, quantity } from '../domain/value.ts';
import { spanWords } from '../i18n/backup.ts';
import { factsText } from '../i18n/backup-facts.ts';
import { faultText } from '../i18n/fault.ts';
import { say } from '../i18n/messages.ts';
import { clockText, momentText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';
import type { CliContext } from './command.ts';
import { copyFacts, labelled } from './plan-lines.ts';
import { paint } from './print.ts';

type Key = keyof (typeof backupWords)['en'];

/** What a restore would do, in the order in which it happens; what stands against it last. */
export function printPreview(preview: RestorePreview, face: SystemFace, context: CliContext): void {
	const { locale, out } = context;
	const word = (key: Key, values = {}) => say(backupWords, locale, key, values);
	const line = (key: Key, text: string) => out(labelled(key, text, context));
	const number = (value: number | null) =>
		value === null ? '–' : formatValue(quantity(value, 'none'), locale);
	const { copy } = preview;
	out(paint('1', word('restore-of', { plan: preview.plan, name: copy.name, target: copy.target })));
	const facts = factsText(preview.facts, locale, face.timezone);
	const there = [preview.place, word(preview.exists ? 'exists' : 'exists-not'), facts];
	line('replaces', there.filter((part) => part !== '').join(' · '));
	line('made', `${copyFacts(copy, face, context)} · ${copy.by}`);
	line('loses-label', word('loses', { span: spanWords(Math.max(0, preview.losesMs), locale) }));
	for (const increment of preview.increments)
		line('continued', `${increment.name} · ${momentText(increment.at, face.timezone)}`);
	for (const { name, now, copy: then } of preview.rows ?? [])
		line('rows', word('rows-of', { name, now: number(now), copy: number(then) }));
	for (const title of preview.stops) line('stops', ownText(title, locale));
	for (const title of preview.starts) line('starts', ownText(title, locale));
	for (const name of preview.proves) line('proves', name);
	line(
		'proven',
		preview.provenAt === null ? word('never-restored') : momentText(preview.provenAt, face.timezone),
	);
	if (preview.warn !== null) line('warning', ownText(preview.warn, locale));
	const { needed, askedBy, askedAt } = preview.second;
	if (needed)
		line(
			'second',
			askedBy === null
				? word('second-needed')
				: word(askedBy === face.operator ? 'second-own' : 'second-asked', {
						by: askedBy,
						at: clockText(askedAt ?? 0, face.timezone),
					}),
		);
	for (const one of preview.faults) out('      ', paint('31', '✖'), ` ${faultText(one, locale)}`);
}
