import { ownText } from '../../domain/own-text.ts';
import { doneSteps, isException, type Round } from '../../domain/round.ts';
import { levelWord } from '../../i18n/levels.ts';
import { clockText } from '../../i18n/times.ts';
import { operationTitle, type ReportScene } from './daily-report.ts';
import { codeBlock, inert, table } from './markdown.ts';
import { levelCell, moment } from './report-head.ts';
import { type ReportWord, reportWord } from './report-words.ts';
import { spanText } from './span.ts';

const LINES_SHOWN = 10;

export function flipsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	if (scene.flips.length === 0) return [`## ${word('flips')}`, word('noFlips')];
	const rows = [...scene.flips]
		.sort((a, b) => a.at - b.at)
		.map((flip) => [
			clockText(flip.at, scene.zone),
			inert(flip.check),
			`${levelWord(flip.from, scene.locale)} → ${levelCell(flip.to, scene)}`,
		]);
	return [`## ${word('flips')}`, table([word('at'), word('check'), word('level')], rows)];
}

export function roundsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	if (scene.rounds.length === 0) return [`## ${word('rounds')}`, word('noRounds')];
	const rows = [...scene.rounds]
		.sort((a, b) => a.startedAt - b.startedAt)
		.map((round) => [
			inert(ownText(round.title, scene.locale)),
			round.dueAt === null ? '' : clockText(round.dueAt, scene.zone),
			standing(round, scene),
			inert(round.signed?.by ?? round.startedBy),
			clockText(round.signed?.at ?? round.startedAt, scene.zone),
		]);
	return [
		`## ${word('rounds')}`,
		table([word('round'), word('due'), word('standing'), word('by'), word('at')], rows),
	];
}

function standing(round: Round, { locale }: ReportScene): string {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(locale, key, values);
	if (!round.signed) return word('inProgress', { done: doneSteps(round), steps: round.steps.length });
	const count = round.steps.filter(isException).length;
	const signed = count > 0 ? word('signedExceptions', { count }) : word('signed');
	return round.signed.demo ? `${signed} · ${word('demo')}` : signed;
}

export function actionsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	if (scene.operations.length === 0) return [`## ${word('actions')}`, word('noActions')];
	const rows = [...scene.operations]
		.sort((a, b) => a.startedAt - b.startedAt)
		.map((one) => [
			clockText(one.startedAt, scene.zone),
			inert(operationTitle(one, scene)),
			one.state === 'done' ? levelCell(one.level, scene) : word(one.state),
			inert(one.by),
			one.endedAt === null ? '' : spanText(one.endedAt - one.startedAt, scene.locale),
		]);
	return [
		`## ${word('actions')}`,
		table([word('at'), word('action'), word('level'), word('by'), word('took')], rows),
	];
}

export function errorsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(scene.locale, key, values);
	const title = `## ${word('errorLog')}`;
	const { errors } = scene;
	if (!errors) return [title, word('errorNotCounted')];
	const parts = [title, word('errorCount', { count: errors.count, at: moment(errors.sinceAt, scene) })];
	if (errors.undated > 0) parts.push(word('errorUndated', { count: errors.undated }));
	// A log that cannot be read must not look like a log without errors.
	if (errors.faults.length > 0)
		parts.push(
			word('errorUnreadable', {
				files: errors.faults.map((one) => inert(`${one.path} (${one.fault})`)).join(', '),
			}),
		);
	const lines = errors.last.slice(-LINES_SHOWN).map((line) => line.text);
	if (lines.length > 0) parts.push(word('errorLast'), codeBlock(lines.join('\n')));
	return parts;
}
