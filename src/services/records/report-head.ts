import { type Level, worstLevel } from '../../domain/level.ts';
import { ownText } from '../../domain/own-text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { dateText, momentText, zoneText } from '../../i18n/times.ts';
import { failedOperations, operationTitle, type ReportCheck, type ReportScene } from './daily-report.ts';
import { inert, table } from './markdown.ts';
import { reasonLine } from './reason-line.ts';
import { copyingPlans, planReasons, planTitle } from './report-backups.ts';
import { type ReportWord, reportWord } from './report-words.ts';

const MARKS: Readonly<Record<Level, string>> = {
	ok: '●',
	warning: '▲',
	critical: '✖',
	unknown: '?',
	pending: '○',
};

export function levelCell(level: Level, scene: ReportScene): string {
	return `${MARKS[level]} ${levelWord(level, scene.locale)}`;
}

/** `2025-11-22 09:34 UTC`, in the system's zone. */
export function moment(at: number, scene: ReportScene): string {
	return `${momentText(at, scene.zone)} ${inert(zoneText(scene.zone))}`;
}

export function checkName({ face }: ReportCheck, scene: ReportScene): string {
	return inert(face.title ? ownText(face.title, scene.locale) : face.id);
}

export function headSection(scene: ReportScene): string[] {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(scene.locale, key, values);
	const overall = worstLevel([
		...scene.found.map((one) => one.level),
		...copyingPlans(scene).map((plan) => plan.level),
	]);
	const title = `# ${inert(scene.face.system)} · ${word('title')} · ${dateText(scene.now, scene.zone)}`;
	const facts = table(
		[word('environment'), inert(scene.face.environment.name)],
		[
			[word('overall'), `**${levelCell(overall, scene)}**`],
			[word('made'), moment(scene.now, scene)],
			[word('zone'), inert(scene.zone)],
			[word('program'), inert(`rounds ${scene.version}`)],
		],
	);
	const summary = word('summary', {
		exceptions: exceptionsOf(scene).length,
		evaluated: scene.found.filter((one) => one.evaluated).length,
		declared: scene.found.length,
		signed: scene.rounds.filter((round) => round.signed).length,
		errors: scene.errors ? word('errorsSince', { count: scene.errors.count }) : word('errorsUnknown'),
	});
	return [title, summary, facts];
}

function exceptionsOf(scene: ReportScene): readonly string[] {
	const { locale } = scene;
	const checks = scene.found
		.filter((one) => one.evaluated && one.level !== 'ok')
		.map((one) => {
			const notes = [
				one.stale ? reportWord(locale, 'old') : null,
				one.picture?.hard === false ? reportWord(locale, 'soft') : null,
			].filter((note) => note !== null);
			const head = `- **${checkName(one, scene)}** — ${levelCell(one.level, scene)}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
			const reasons = (one.picture?.reasons ?? []).map(
				(reason) => `  - ${inert(reasonLine(reason, locale))}`,
			);
			return [head, ...reasons].join('\n');
		});
	const actions = failedOperations(scene.operations).map((one) => {
		const standing =
			one.state === 'done'
				? levelCell(one.level, scene)
				: reportWord(locale, one.state === 'lost' ? 'lost' : 'cancelled');
		const head = `- **${reportWord(locale, 'failedAction', { title: inert(operationTitle(one, scene)) })}** — ${standing} · ${moment(one.startedAt, scene)} · ${inert(one.by)}`;
		return [head, ...one.reasons.map((reason) => `  - ${inert(reasonLine(reason, locale))}`)].join('\n');
	});
	const plans = copyingPlans(scene)
		.filter((plan) => plan.level !== 'ok' && plan.level !== 'pending')
		.map((plan) => {
			const head = `- **${reportWord(locale, 'backupPlan', { title: planTitle(plan, scene) })}** — ${levelCell(plan.level, scene)}`;
			return [head, ...planReasons(plan, scene).map((reason) => `  - ${reason}`)].join('\n');
		});
	return [...checks, ...plans, ...actions];
}

export function exceptionsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	const found = exceptionsOf(scene);
	const whole = copyingPlans(scene).length > 0 ? 'noExceptionsBackups' : 'noExceptions';
	const none = word(scene.found.every((one) => one.evaluated) ? whole : 'noExceptionsPartly');
	return [`## ${word('exceptions')}`, found.length > 0 ? found.join('\n') : none];
}

/** What this report does not know, and how old what it knows may be. */
export function coverageSection(scene: ReportScene): string[] {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(scene.locale, key, values);
	const names = (wanted: (one: ReportCheck) => boolean) =>
		scene.found
			.filter(wanted)
			.map((one) => checkName(one, scene))
			.join(', ');
	const parts = [
		`## ${word('coverage')}`,
		word('covered', {
			evaluated: scene.found.filter((one) => one.evaluated).length,
			declared: scene.found.length,
		}),
	];
	const never = names((one) => !one.evaluated);
	const stale = names((one) => one.stale);
	const unsaved = names((one) => one.picture?.unsaved === true);
	if (never) parts.push(word('notEvaluated', { checks: never }));
	if (stale) parts.push(word('stale', { checks: stale }));
	if (unsaved) parts.push(word('unsaved', { checks: unsaved }));
	return parts;
}
