import { worstLevel } from '../../domain/level.ts';
import { ownText } from '../../domain/own-text.ts';
import { formatBare, type SampleValue } from '../../domain/value.ts';
import { ageText } from '../../i18n/times.ts';
import { changeText, isSame } from './change.ts';
import type { ReportCheck, ReportScene, ReportSection } from './daily-report.ts';
import { inert, inertCell, table } from './markdown.ts';
import { reasonLine } from './reason-line.ts';
import { checkName, levelCell, moment } from './report-head.ts';
import { type ReportWord, reportWord } from './report-words.ts';

interface ValueRow {
	readonly check: ReportCheck;
	readonly name: string;
	readonly value: SampleValue | undefined;
	readonly expected: string | null;
	readonly signed: SampleValue | undefined;
}

export function servicesSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	const rows = scene.face.services.map((service) => {
		const own = scene.found.filter((one) => one.face.service === service.id);
		const evaluated = own.filter((one) => one.evaluated);
		// A service of which nothing is known is not ok.
		const level = evaluated.length === 0 ? 'pending' : worstLevel(own.map((one) => one.level));
		const last = Math.max(0, ...evaluated.map((one) => one.picture?.at ?? 0));
		return [
			inert(ownText(service.title, scene.locale)),
			service.port === null ? '' : String(service.port),
			levelCell(level, scene),
			`${evaluated.length}/${own.length}`,
			last === 0 ? word('never') : moment(last, scene),
		];
	});
	if (rows.length === 0) return [];
	const head = [word('service'), word('port'), word('level'), word('checks'), word('lastChecked')];
	return [`## ${word('services')}`, table(head, rows, [1, 3])];
}

export function endpointsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	const own = scene.found.filter((one) => one.section === 'endpoints');
	if (own.length === 0) return [`## ${word('endpoints')}`, word('noneDeclared')];
	const rows = own.map((one) => {
		const values = valuesOf(one, scene);
		return [
			checkName(one, scene),
			inert(one.face.target),
			levelCell(one.level, scene),
			values.map((row) => `${inertCell(row.name)} ${show(row.value, scene)}`).join('<br>'),
			[...one.face.must, ...one.face.should].map((text) => inertCell(text)).join('<br>'),
			values.map((row) => change(row, scene)).join('<br>'),
			age(one, scene),
		];
	});
	const head = [
		word('check'),
		word('endpoint'),
		word('level'),
		word('values'),
		word('expected'),
		word('change'),
		word('age'),
	];
	return [`## ${word('endpoints')}`, table(head, rows)];
}

/** Every value against the last signed one; drift is counted before the table, so that it cannot be overlooked. */
export function integritySection(scene: ReportScene): string[] {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(scene.locale, key, values);
	const own = scene.found.filter((one) => one.section === 'integrity');
	if (own.length === 0) return [`## ${word('integrity')}`, word('noneDeclared')];
	const rows = own.flatMap((one) => valuesOf(one, scene));
	const compared = rows.filter((row) => row.signed !== undefined && row.value !== undefined);
	const drifted = compared.filter((row) => !isSame(row.signed ?? null, row.value ?? null));
	const said =
		compared.length === 0
			? word('noBaseline')
			: drifted.length > 0
				? word('drifted', { count: drifted.length })
				: word('steady');
	return [`## ${word('integrity')}`, said, valueTable(rows, scene), ...reasonsOf(own, scene)];
}

/** Values and findings of one sort of checks. */
export function valuesSection(
	scene: ReportScene,
	section: Extract<ReportSection, 'permissions' | 'environment'>,
): string[] {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	const title = `## ${word(section === 'permissions' ? 'permissions' : 'changes')}`;
	const own = scene.found.filter((one) => one.section === section);
	if (own.length === 0) return [title, word('noneDeclared')];
	const levels = own.map(
		(one) =>
			`- ${levelCell(one.level, scene)} · **${checkName(one, scene)}** · ${inert(one.face.target)} · ${age(one, scene)}`,
	);
	const rows = own.flatMap((one) => valuesOf(one, scene));
	return [
		title,
		levels.join('\n'),
		...(rows.length > 0 ? [valueTable(rows, scene)] : []),
		...reasonsOf(own, scene),
	];
}

function reasonsOf(checks: readonly ReportCheck[], scene: ReportScene): string[] {
	const lines = checks.flatMap((one) =>
		(one.picture?.reasons ?? []).map(
			(reason) => `- ${levelCell(one.level, scene)} · ${inert(reasonLine(reason, scene.locale))}`,
		),
	);
	return lines.length > 0 ? [lines.join('\n')] : [];
}

function valueTable(rows: readonly ValueRow[], scene: ReportScene): string {
	const word = (key: ReportWord) => reportWord(scene.locale, key);
	const cells = rows.map((row) => [
		checkName(row.check, scene),
		inertCell(row.name),
		show(row.value, scene),
		row.expected === null ? '' : inertCell(row.expected),
		show(row.signed, scene),
		change(row, scene),
		age(row.check, scene),
	]);
	return table(
		[
			word('check'),
			word('values'),
			word('value'),
			word('expected'),
			word('last'),
			word('change'),
			word('age'),
		],
		cells,
		[2, 4, 5],
	);
}

/** The values the operator asked to see, in that order; all of them where none were named. */
function valuesOf(check: ReportCheck, scene: ReportScene): readonly ValueRow[] {
	const samples = check.picture?.samples ?? {};
	const signed = scene.baseline[check.face.id] ?? {};
	const faces = check.face.values;
	const names =
		faces.length > 0
			? faces.map((one) => one.name)
			: [...new Set([...Object.keys(samples), ...Object.keys(signed)])];
	return names.map((name) => ({
		check,
		name,
		value: Object.hasOwn(samples, name) ? samples[name] : undefined,
		expected: faces.find((one) => one.name === name)?.expected ?? null,
		signed: Object.hasOwn(signed, name) ? signed[name]?.value : undefined,
	}));
}

function show(value: SampleValue | undefined, scene: ReportScene): string {
	return value === undefined ? '–' : inertCell(formatBare(value, { locale: scene.locale }));
}

function change(row: ValueRow, scene: ReportScene): string {
	return row.signed === undefined || row.value === undefined
		? '–'
		: changeText(row.signed, row.value, scene.locale);
}

function age({ picture, evaluated, stale }: ReportCheck, scene: ReportScene): string {
	if (!picture || !evaluated) return reportWord(scene.locale, 'never');
	const text = ageText(scene.now - picture.at, scene.locale);
	return stale ? `${text} (${reportWord(scene.locale, 'old')})` : text;
}
