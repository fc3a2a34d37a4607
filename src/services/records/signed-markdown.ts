import type { Locale } from '../../domain/own-text.ts';
import type { StepStanding } from '../../domain/round.ts';
import { formatBare, formatValue } from '../../domain/value.ts';
import { levelWord } from '../../i18n/levels.ts';
import { dateText, secondsText, zoneText } from '../../i18n/times.ts';
import { codeBlock, inert, inertCell, inertLines, table } from './markdown.ts';
import { type RecordWord, recordWord } from './record-words.ts';
import type { SignedDocument, SignedEvidence, SignedStep, SignedValue } from './signed-shape.ts';
import { spanText } from './span.ts';

const MARKS = { ok: '●', warning: '▲', critical: '✖', unknown: '?', pending: '○' } as const;
const STANDINGS: Readonly<Record<StepStanding, readonly [string, RecordWord]>> = {
	ok: ['●', 'ok'],
	failed: ['✖', 'failed'],
	accepted: ['▲', 'accepted'],
	skipped: ['○', 'skipped'],
	first: ['●', 'first'],
	attention: ['▲', 'attention'],
	open: ['○', 'openStep'],
	filling: ['○', 'filling'],
};

/** The record for people, without its proof. Every text in the document is made inert where it is placed. */
export function renderSigned(document: SignedDocument): string {
	const { locale, round } = document;
	const word = (key: RecordWord, values: Record<string, string | number> = {}) =>
		recordWord(locale, key, values);
	const when = (at: string) => moment(at, document.timezone);
	const exceptions = document.steps.filter((step) => document.exceptions.includes(step.number));
	const parts: string[] = [
		`# ${inert(round.title)} · ${dateText(Date.parse(round.signedAt), document.timezone)}`,
	];
	if (document.demo) parts.push(`> **${word('demo')}**`);
	parts.push(
		table(
			[word('system'), inert(document.system)],
			[
				[word('environment'), inert(document.environment)],
				[word('result'), `**${MARKS[round.level]} ${levelWord(round.level, locale)}**`],
				[word('signedBy'), inert(round.signedBy)],
				[word('signed'), when(round.signedAt)],
				[word('started'), `${when(round.startedAt)} · ${inert(round.startedBy)}`],
				[word('took'), spanText(round.durationMs, locale)],
				[
					word('due'),
					round.dueAt === null ? word('unplanned') : `${when(round.dueAt)} · ${punctuality(document)}`,
				],
				[word('zone'), inert(document.timezone)],
				[word('program'), inert(document.program)],
			],
		),
	);
	parts.push(`## ${word('exceptions')}`);
	if (exceptions.length === 0)
		parts.push(
			document.coverage.evaluated < document.coverage.declared
				? word('noExceptionsPartly')
				: word('noExceptions'),
		);
	for (const step of exceptions) parts.push(exceptionLine(step, locale));
	const beside = outside(document);
	if (beside.length > 0) parts.push(word('outside'), beside.join('\n'));
	parts.push(`## ${word('closing')}`, round.note ? inertLines(round.note) : word('noNote'));
	parts.push(`## ${word('open')}`, openPoints(document));
	parts.push(`## ${word('changed')}`, changes(document));
	parts.push(`## ${word('steps')}`);
	for (const step of document.steps) parts.push(...renderStep(step, document));
	parts.push(`## ${word('snapshot')}`, ...snapshot(document));
	parts.push(`## ${word('coverage')}`, ...coverage(document));
	return `${parts.join('\n\n')}\n`;
}

function moment(at: string, zone: string): string {
	const ms = Date.parse(at);
	return `${dateText(ms, zone)} ${secondsText(ms, zone)} ${inert(zoneText(zone))}`;
}

function punctuality({ round, locale }: SignedDocument): string {
	const late = round.lateMs ?? 0;
	if (late === 0) return recordWord(locale, 'onTime');
	return recordWord(locale, late > 0 ? 'late' : 'early', { time: spanText(Math.abs(late), locale) });
}

function standing(step: SignedStep, locale: Locale): string {
	const [mark, key] = STANDINGS[step.standing];
	return `${mark} ${recordWord(locale, key)}`;
}

function exceptionLine(step: SignedStep, locale: Locale): string {
	const lines = [`- **${step.number}. ${inert(step.title)}** — ${standing(step, locale)}`];
	if (step.answer?.note)
		lines.push(`  - ${recordWord(locale, 'note')} (${inert(step.answer.by)}): ${inert(step.answer.note)}`);
	for (const one of step.evidence) {
		if (one.kind === 'lines') continue;
		const name = one.kind === 'observation' ? one.check : one.title;
		for (const reason of one.reasons) lines.push(`  - ${MARKS[one.level]} ${inert(name)}: ${inert(reason)}`);
	}
	return lines.join('\n');
}

function openPoints({ steps, locale }: SignedDocument): string {
	const lines: string[] = [];
	for (const step of steps) {
		const isOpen =
			step.standing === 'failed' ||
			step.standing === 'skipped' ||
			(step.answer === null && step.standing !== 'ok' && step.standing !== 'first');
		// A question answered ok with words is where a hand-over note stands.
		const isNote = step.kind === 'ask' && step.answer?.note;
		if (isOpen || isNote || step.remark) {
			const said = [step.answer?.note, step.remark].filter((text) => text).map((text) => inert(text ?? ''));
			lines.push(
				`- ${step.number}. ${inert(step.title)} — ${standing(step, locale)}${said.length > 0 ? `: ${said.join(' · ')}` : ''}`,
			);
		}
	}
	return lines.length > 0 ? lines.join('\n') : recordWord(locale, 'nothingOpen');
}

function changes({ changes: found, locale, timezone }: SignedDocument): string {
	const word = (key: RecordWord) => recordWord(locale, key);
	const parts: string[] = [];
	if (!found.compared) parts.push(word('neverSigned'));
	else if (found.values.length === 0 && found.flips.length === 0) parts.push(word('nothingChanged'));
	if (found.values.length > 0) {
		const show = (value: SignedValue['value']) => inertCell(formatBare(value, { locale }));
		const rows = found.values.map((one) => [
			`${inert(one.check)} · ${inert(one.sample)}`,
			show(one.from),
			show(one.to),
			inertCell(one.change),
		]);
		parts.push(table([word('name'), word('last'), word('value'), word('change')], rows, [1, 2, 3]));
	}
	if (found.flips.length > 0) {
		const line = (flip: (typeof found.flips)[number]) => {
			const said = recordWord(locale, 'flip', {
				check: inert(flip.check),
				from: levelWord(flip.from, locale),
				to: levelWord(flip.to, locale),
			});
			return `- ${moment(flip.at, timezone)} · ${said}`;
		};
		parts.push(found.flips.map(line).join('\n'));
	}
	return parts.join('\n\n');
}

function renderStep(step: SignedStep, document: SignedDocument): string[] {
	const { locale } = document;
	const word = (key: RecordWord) => recordWord(locale, key);
	const parts = [`### ${step.number}. ${inert(step.title)}`];
	const who = step.answer
		? `${inert(step.answer.by)} · ${moment(step.answer.at, document.timezone)}`
		: step.kind === 'ask'
			? ''
			: word('automatic');
	parts.push(`${word('answer')}: **${standing(step, locale)}**${who ? ` · ${who}` : ''}`);
	if (step.answer?.note) parts.push(inertLines(step.answer.note));
	if (step.remark) parts.push(`${word('remark')}: ${inert(step.remark)}`);
	if (step.evidence.length === 0) parts.push(word('noEvidence'));
	for (const one of step.evidence) parts.push(...renderEvidence(one, document));
	return parts;
}

function renderEvidence(evidence: SignedEvidence, { locale, timezone }: SignedDocument): string[] {
	if (evidence.kind === 'lines') {
		const { count, source, sinceAt } = evidence;
		const values = { count, source: inert(source), at: sinceAt === null ? '' : moment(sinceAt, timezone) };
		const head = recordWord(locale, sinceAt === null ? 'lines' : 'linesSince', values);
		const unread = evidence.unread.map(
			({ path, fault }) => `- ${recordWord(locale, 'unread', { path: inert(path), fault: inert(fault) })}`,
		);
		const parts = unread.length > 0 ? [head, unread.join('\n')] : [head];
		return evidence.lines.length > 0 ? [...parts, codeBlock(evidence.lines.join('\n'))] : parts;
	}
	const isCheck = evidence.kind === 'observation';
	const at = recordWord(locale, isCheck ? 'observed' : 'ran', { at: moment(evidence.at, timezone) });
	const name = isCheck ? evidence.check : evidence.title;
	const parts = [
		`**${inert(name)}** · ${MARKS[evidence.level]} ${levelWord(evidence.level, locale)} · ${at}`,
	];
	if (evidence.reasons.length > 0)
		parts.push(evidence.reasons.map((reason) => `- ${inert(reason)}`).join('\n'));
	if (isCheck) {
		const expected = [...evidence.must, ...evidence.should].map((text) => inert(text)).join(' · ');
		if (expected) parts.push(`${recordWord(locale, 'expected')}: ${expected}`);
	}
	if (evidence.values.length > 0) parts.push(valueTable(evidence.values, locale));
	if (!isCheck) {
		parts.push(codeBlock(`$ ${evidence.command}\n${evidence.output}`));
		if (evidence.files.length > 0)
			parts.push(`${recordWord(locale, 'files')}: ${evidence.files.map((file) => inert(file)).join(', ')}`);
	}
	return parts;
}

function valueTable(values: readonly SignedValue[], locale: Locale): string {
	const word = (key: RecordWord) => recordWord(locale, key);
	const show = (value: SignedValue['value']) => inertCell(formatBare(value, { locale }));
	const rows = values.map((one) => [
		inertCell(one.name),
		show(one.value),
		one.expected === null ? '' : inertCell(one.expected),
		one.last === undefined ? '' : show(one.last),
		one.change === null ? '' : inertCell(one.change),
	]);
	return table(
		[word('name'), word('value'), word('expected'), word('last'), word('change')],
		rows,
		[1, 3, 4],
	);
}

/** What was not well and asked for by no step: signed past, but not unseen. */
function outside({ coverage: found, steps, locale }: SignedDocument): string[] {
	const asked = new Set(
		steps.flatMap((step) => step.evidence.flatMap((e) => (e.kind === 'observation' ? [e.check] : []))),
	);
	return found.checks
		.filter((one) => !asked.has(one.check) && one.level !== 'ok' && one.level !== 'pending')
		.map((one) => {
			const why = one.reasons.length > 0 ? `: ${one.reasons.map((reason) => inert(reason)).join(' · ')}` : '';
			return `- **${inert(one.check)}** · ${MARKS[one.level]} ${levelWord(one.level, locale)}${why}`;
		});
}

/** Durations differ every time and say nothing to a later reader; they stand in the JSON. */
function snapshot({ snapshot: taken, locale }: SignedDocument): string[] {
	const rows = Object.entries(taken).map(([check, samples]) => {
		const values = Object.entries(samples)
			.filter(([, value]) => typeof value !== 'object' || value === null || value.unit !== 'ms')
			.map(([sample, value]) => `${inert(sample)} ${inert(formatValue(value, { locale }))}`);
		return [inert(check), values.join(' · ')];
	});
	const intro = recordWord(locale, 'snapshotText');
	return rows.length === 0
		? [recordWord(locale, 'noSnapshot')]
		: [intro, table([recordWord(locale, 'check'), recordWord(locale, 'value')], rows)];
}

function coverage({ coverage: found, locale, timezone }: SignedDocument): string[] {
	const word = (key: RecordWord, values: Record<string, string | number> = {}) =>
		recordWord(locale, key, values);
	const parts = [word('covered', { evaluated: found.evaluated, declared: found.declared })];
	const missing = found.checks.filter((one) => one.at === null).map((one) => inert(one.check));
	if (missing.length > 0) parts.push(word('notEvaluated', { checks: missing.join(', ') }));
	const rows = found.checks.map((one) => [
		inert(one.check),
		`${MARKS[one.level]} ${levelWord(one.level, locale)}`,
		one.at === null ? '' : moment(one.at, timezone),
		one.ageMs === null ? word('never') : spanText(one.ageMs, locale),
	]);
	if (rows.length > 0) parts.push(table([word('check'), word('level'), word('at'), word('age')], rows));
	return parts;
}
