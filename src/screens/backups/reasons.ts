import { levelOfPlanReason, type PlanPicture, type PlanReason } from '../../domain/backup-picture.ts';
import type { Level } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import { clean } from '../../domain/text.ts';
import { planReasonText } from '../../i18n/backup.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import { type BackupWord, backupWord } from './words.ts';

export interface Explained {
	readonly level: Level;
	readonly text: string;
}

/** Whose clock times are told in, and what time it is. */
export interface When {
	readonly now: number;
	readonly zone: string;
	readonly locale: Locale;
}

const DAY_MS = 86_400_000;

/** `02:00` within a day of now, else with its date. */
export function shortMoment(at: number, { now, zone }: When): string {
	return Math.abs(now - at) < DAY_MS ? clockText(at, zone) : momentText(at, zone);
}

/** The key that helps. */
const HINTS: Readonly<Partial<Record<PlanReason['kind'], BackupWord>>> = {
	failed: 'hint-output',
	overdue: 'hint-backup',
	never: 'hint-backup',
	unproven: 'hint-drill',
	'drill-overdue': 'hint-drill',
	'drill-failed': 'hint-open',
	damaged: 'hint-backup',
	gone: 'hint-backup',
	target: 'hint-look',
};

/** Why a plan does not stand well, one line each, with its age and the key that helps. Pure. */
export function explainPlan(plan: PlanPicture, { locale, zone, now }: When): readonly Explained[] {
	return plan.reasons.map((reason) => {
		const level = levelOfPlanReason(reason);
		const hint = HINTS[reason.kind];
		const parts = [clean(planReasonText(reason, locale, zone), { max: 300 })];
		const at = 'since' in reason ? reason.since : 'at' in reason ? reason.at : null;
		if (at !== null) parts.push(ageText(now - at, locale));
		if (hint) parts.push(backupWord(locale, hint));
		return { level, text: parts.join(' · ') };
	});
}
