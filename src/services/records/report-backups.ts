import type { PlanPicture } from '../../domain/backup-picture.ts';
import { ownText } from '../../domain/own-text.ts';
import { bytesText, planReasonText } from '../../i18n/backup.ts';
import { ageText, dateText, momentText } from '../../i18n/times.ts';
import type { ReportScene } from './daily-report.ts';
import { inert, table } from './markdown.ts';
import { levelCell } from './report-head.ts';
import { type ReportWord, reportWord } from './report-words.ts';

/** Plans that copy something: only these can stand well or badly. */
export function copyingPlans({ plans }: Pick<ReportScene, 'plans'>): readonly PlanPicture[] {
	return plans.filter((plan) => plan.nothing === null);
}

export function planTitle(plan: PlanPicture, scene: ReportScene): string {
	return inert(ownText(plan.title, scene.locale));
}

/** Why a plan does not stand well, a line each. */
export function planReasons(plan: PlanPicture, { locale, zone }: ReportScene): readonly string[] {
	return plan.reasons.map((reason) => inert(planReasonText(reason, locale, zone)));
}

/** Last backup, proven on, next: what an operator is asked for when something is lost. Nothing where no plan is declared. */
export function backupsSection(scene: ReportScene): string[] {
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(scene.locale, key, values);
	if (scene.plans.length === 0) return [];
	const own = copyingPlans(scene);
	const parts = [`## ${word('backups')}`];
	if (own.length > 0) {
		const head = [
			word('plan'),
			word('level'),
			word('lastBackup'),
			word('age'),
			word('size'),
			word('provenOn'),
			word('nextDrill'),
			word('nextBackup'),
		];
		parts.push(
			table(
				head,
				own.map((plan) => row(plan, scene)),
				[4],
			),
		);
	}
	const nothing = scene.plans.flatMap((plan) =>
		plan.nothing === null
			? []
			: [
					`- ${word('nothingToBackUp', {
						plan: planTitle(plan, scene),
						why: inert(ownText(plan.nothing, scene.locale)),
					})}`,
				],
	);
	if (nothing.length > 0) parts.push(nothing.join('\n'));
	return parts;
}

function row(plan: PlanPicture, scene: ReportScene): string[] {
	const { locale, zone, now } = scene;
	const word = (key: ReportWord, values: Record<string, string | number> = {}) =>
		reportWord(locale, key, values);
	const { last } = plan;
	// What is a record cannot be restored, so it can neither be proven nor drilled.
	const proven = !plan.restorable
		? ''
		: plan.provenAt === null
			? word('never')
			: dateText(plan.provenAt, zone);
	const next =
		plan.overdueSince !== null
			? `**${word('overdueSince', { at: momentText(plan.overdueSince, zone) })}**`
			: plan.nextAt === null
				? word('byHand')
				: momentText(plan.nextAt, zone);
	return [
		planTitle(plan, scene),
		levelCell(plan.level, scene),
		last === null ? word('never') : `${momentText(last.at, zone)} · ${inert(last.name)}`,
		last === null ? '' : ageText(now - last.at, locale),
		last === null ? '' : bytesText(last.bytes, locale),
		proven,
		plan.nextDrillAt === null ? '' : dateText(plan.nextDrillAt, zone),
		next,
	];
}
