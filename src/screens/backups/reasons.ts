import type { PlanPicture, PlanReason } from '../../domain/backup-picture.ts';
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

/** What a reason means, and the key that helps. */
const MEANINGS: Readonly<Record<PlanReason['kind'], { readonly level: Level; readonly hint?: BackupWord }>> =
	{
		failed: { level: 'critical', hint: 'hint-output' },
		overdue: { level: 'critical', hint: 'hint-backup' },
		never: { level: 'warning', hint: 'hint-backup' },
		unproven: { level: 'warning', hint: 'hint-drill' },
		'drill-overdue': { level: 'warning', hint: 'hint-drill' },
		'drill-failed': { level: 'critical', hint: 'hint-open' },
		'drill-vacuous': { level: 'warning' },
		damaged: { level: 'critical', hint: 'hint-backup' },
		gone: { level: 'critical', hint: 'hint-backup' },
		target: { level: 'unknown', hint: 'hint-look' },
		shrunk: { level: 'warning' },
		broken: { level: 'unknown' },
	};

/** Why a plan does not stand well, one line each, with its age and the key that helps. Pure. */
export function explainPlan(plan: PlanPicture, { locale, zone, now }: When): readonly Explained[] {
	return plan.reasons.map((reason) => {
		const { level, hint } = MEANINGS[reason.kind];
		const parts = [clean(planReasonText(reason, locale, zone), { max: 300 })];
		const at = 'since' in reason ? reason.since : 'at' in reason ? reason.at : null;
		if (at !== null) parts.push(ageText(now - at, locale));
		if (hint) parts.push(backupWord(locale, hint));
		return { level, text: parts.join(' · ') };
	});
}
