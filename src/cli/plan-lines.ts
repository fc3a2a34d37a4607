import type { Drill } from '../domain/backup.ts';
import type { CopyPicture, PlanPicture } from '../domain/backup-picture.ts';
import { ownText } from '../domain/own-text.ts';
import type { SystemFace } from '../domain/picture.ts';
import { cellWidth, pad } from '../domain/text.ts';
import {
	bytesText,
	cadencedText,
	changeText,
	copyStateWord,
	planReasonText,
	spanWords,
} from '../i18n/backup.ts';
import { backupLine } from '../i18n/backup-lines.ts';
import { say } from '../i18n/messages.ts';
import { dateText, momentText } from '../i18n/times.ts';
import { backupWords, verbWords } from './backup-words.ts';
import { levelMark } from './check-lines.ts';
import type { CliContext } from './command.ts';

type Key = keyof (typeof backupWords)['en'];

/** Where the lines below a plan begin. */
export const INDENT = '      ';

/** `  last       2026-02-22 02:00 · …` below a heading. */
export function labelled(key: Key, text: string, { locale }: Pick<CliContext, 'locale'>): string {
	return `${INDENT}${pad(say(backupWords, locale, key), 10)} ${text}`;
}

/** A plan with last, next, size and its change, when it was proven, its next drill, and what is wrong with it. */
export function printPlan(plan: PlanPicture, { timezone }: SystemFace, context: CliContext): void {
	const { locale, out } = context;
	const word = (key: Key, values = {}) => say(backupWords, locale, key, values);
	const line = (key: Key, parts: readonly string[]) =>
		out(labelled(key, parts.filter((part) => part !== '').join(' · '), context));
	const title = ownText(plan.title, locale);
	const places = plan.targets.map((target) => target.where).join(', ');
	out(
		levelMark(plan.level, locale),
		`  ${plan.id}`,
		title === plan.id ? '' : `  ${title}`,
		plan.source === '' ? '' : `  ${plan.source} ${plan.subject} → ${places}`,
	);
	if (plan.nothing !== null) {
		out(`${INDENT}${word('nothing-to-copy', { why: ownText(plan.nothing, locale) })}`);
		return;
	}
	if (plan.running !== null)
		out(`${INDENT}${word('running', { verb: say(verbWords, locale, plan.running.verb) })}`);
	const { last } = plan;
	if (last === null) line('last', [word('never')]);
	else {
		const change = plan.change === null ? '' : ` (${changeText(plan.change, locale)})`;
		line('last', [momentText(last.at, timezone), last.name, `${bytesText(last.bytes, locale)}${change}`]);
	}
	const next = plan.nextAt === null ? word('by-hand') : momentText(plan.nextAt, timezone);
	const overdue =
		plan.overdueSince === null ? '' : word('overdue', { at: momentText(plan.overdueSince, timezone) });
	line('next', [overdue === '' ? next : overdue, plan.schedule ? cadencedText(plan.schedule, locale) : '']);
	if (plan.restorable) {
		const proven =
			plan.provenAt === null
				? word('never')
				: plan.provenCopy === null
					? dateText(plan.provenAt, timezone)
					: word('proven-by', { at: dateText(plan.provenAt, timezone), name: plan.provenCopy });
		const drill =
			plan.nextDrillAt === null ? '' : word('next-drill', { at: dateText(plan.nextDrillAt, timezone) });
		line('proven', [proven, drill]);
	}
	line('copies', [word('total', { count: plan.count, size: bytesText(plan.totalBytes, locale) })]);
	for (const reason of plan.reasons) out(`${INDENT}${planReasonText(reason, locale, timezone)}`);
}

/** What is to be known of a copy beside its name: `2026-02-22 02:00`, size, place, standing. */
export function copyFacts(copy: CopyPicture, { timezone }: SystemFace, context: CliContext): string {
	const { locale } = context;
	const word = (key: Key, values = {}) => say(backupWords, locale, key, values);
	return [
		momentText(copy.at, timezone),
		bytesText(copy.bytes, locale),
		copy.target,
		copy.state === 'there' ? '' : copyStateWord(copy.state, locale),
		copy.encrypted ? word('encrypted') : '',
		copy.pinned === null ? '' : word('pinned-as', { word: copy.pinned }),
		copy.verifiedAt === null ? '' : word('verified', { at: dateText(copy.verifiedAt, timezone) }),
		copy.provenAt === null ? '' : word('proven-at', { at: dateText(copy.provenAt, timezone) }),
	]
		.filter((part) => part !== '')
		.join(' · ');
}

/** Names in one column, what is to be known of them behind. */
export function printCopies(copies: readonly CopyPicture[], face: SystemFace, context: CliContext): void {
	const width = Math.max(0, ...copies.map((copy) => cellWidth(copy.name)));
	for (const copy of copies)
		context.out(`${INDENT}${pad(copy.name, width)}  ${copyFacts(copy, face, context)}`);
}

/** `● ok  2026-02-01 10:00  name  RTO 3 s · RPO 7 h`, and what did not hold. */
export function printDrill(
	drill: Drill,
	{ timezone }: SystemFace,
	context: CliContext,
	indent = INDENT,
): void {
	const { locale, out } = context;
	const times = say(backupWords, locale, 'rto-rpo', {
		rto: spanWords(drill.rtoMs, locale),
		rpo: spanWords(drill.rpoMs, locale),
	});
	out(
		indent,
		levelMark(drill.level, locale),
		`  ${momentText(drill.startedAt, timezone)}  ${drill.copy}  ${times} · ${drill.by}`,
	);
	printEvidence(drill, context, `${indent}  `, 'broken');
}

/** What was held against the restored copy: all of it, or what did not hold. */
export function printEvidence(
	drill: Drill,
	context: CliContext,
	indent: string,
	which: 'all' | 'broken',
): void {
	const { locale, out } = context;
	if (!drill.couldFail)
		out(indent, levelMark('warning', locale), `  ${say(backupWords, locale, 'could-not-fail')}`);
	else if (which === 'all') out(indent, levelMark('ok', locale), `  ${backupLine(locale, 'control-failed')}`);
	for (const { kind, name, level, expected, found } of drill.evidence) {
		if (kind === 'control' || (which === 'broken' && level === 'ok')) continue;
		const shown = kind === 'rows' || kind === 'sum' ? say(backupWords, locale, `of-${kind}`, { name }) : name;
		const key = level === 'ok' || expected === '' ? 'expected-same' : 'expected';
		const values = { name: shown, expected, found: found === '' ? '–' : found };
		out(indent, levelMark(level, locale), `  ${say(backupWords, locale, key, values)}`);
	}
}
