import { planRow } from '../../actions/index.ts';
import type { PlanPicture, ProgressPicture } from '../../domain/backup-picture.ts';
import type { Level } from '../../domain/level.ts';
import type { Operation } from '../../domain/operation.ts';
import { ownText } from '../../domain/own-text.ts';
import { clean } from '../../domain/text.ts';
import { bytesText, changeText } from '../../i18n/backup.ts';
import { ageText, clockText, dateText, momentText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { type Explained, explainPlan, type When } from './reasons.ts';
import { backupWord, verbWord } from './words.ts';

/** A plan as plain text. */
export interface PlanRow {
	readonly id: string;
	readonly title: string;
	readonly level: Level;
	/** Said instead of everything else where there is nothing to copy. */
	readonly nothing: string;
	readonly proven: string;
	readonly isProven: boolean;
	readonly drill: string;
	readonly isDrillLate: boolean;
	readonly size: string;
	readonly change: string;
	readonly sizes: readonly number[];
	readonly next: string;
	readonly isLate: boolean;
	readonly last: string;
	readonly reasons: readonly Explained[];
	readonly running: {
		readonly verb: string;
		readonly progress: ProgressPicture | undefined;
		/** By whom and for how long, said where no progress is told: another console runs it, or nobody can tell how far it is. */
		readonly since: string;
	} | null;
}

const DAY_MS = 86_400_000;
/** Who runs something here is told of it within this time. */
const SOON_MS = 5_000;

/** Pure. */
export function toPlanRow(state: PictureState, plan: PlanPicture, when: When): PlanRow {
	const { locale, now, zone } = when;
	const { last } = plan;
	const isDrillLate = plan.nextDrillAt !== null && plan.nextDrillAt <= now;
	return {
		id: planRow(plan.id),
		title: ownText(plan.title, locale),
		level: plan.nothing === null ? plan.level : 'pending',
		nothing:
			plan.nothing === null ? '' : backupWord(locale, 'nothing', { why: ownText(plan.nothing, locale) }),
		// What is a record is never restored: it lacks nothing.
		proven: !plan.restorable
			? '–'
			: plan.provenAt === null
				? backupWord(locale, 'never')
				: dateText(plan.provenAt, zone),
		isProven: plan.provenAt !== null || !plan.restorable,
		drill:
			plan.nextDrillAt === null
				? '–'
				: isDrillLate
					? backupWord(locale, 'overdue', { age: ageText(now - plan.nextDrillAt, locale) })
					: dateText(plan.nextDrillAt, zone),
		isDrillLate,
		size: last === null ? '–' : bytesText(last.bytes, locale),
		change: plan.change === null ? '' : changeText(plan.change, locale),
		sizes: plan.sizes,
		next: nextText(plan, when),
		isLate: plan.overdueSince !== null,
		last: last === null ? backupWord(locale, 'never') : ageText(now - last.at, locale),
		reasons: plan.nothing === null ? explainPlan(plan, when) : [],
		running: plan.running && {
			verb: verbWord(plan.running.verb, locale),
			progress: state.operations.get(plan.running.operation)?.progress,
			since: sinceText(state.operations.get(plan.running.operation)?.operation, when),
		},
	};

	function nextText({ overdueSince, nextAt, schedule }: PlanPicture, { now, zone }: When): string {
		if (overdueSince !== null)
			return backupWord(locale, 'overdue', { age: ageText(now - overdueSince, locale) });
		if (nextAt === null) return schedule === null ? backupWord(locale, 'by-hand') : '–';
		// The year is no news.
		return nextAt - now < DAY_MS ? clockText(nextAt, zone) : momentText(nextAt, zone).slice(5);
	}
}

/** Empty as long as it may be about to tell how far it is. */
function sinceText(operation: Operation | undefined, { locale, now }: When): string {
	if (operation === undefined || now - operation.startedAt < SOON_MS) return '';
	return backupWord(locale, 'runs-since', {
		by: clean(operation.by, { max: 40 }),
		age: ageText(now - operation.startedAt, locale),
	});
}

export function summaryText(plans: readonly PlanPicture[], when: When): string {
	const { locale } = when;
	const real = plans.filter((plan) => plan.nothing === null);
	const copies = real.reduce((sum, plan) => sum + plan.count, 0);
	const bytes = real.reduce((sum, plan) => sum + plan.totalBytes, 0);
	const parts = [
		backupWord(locale, plans.length === 1 ? 'plans-one' : 'plans', { count: plans.length }),
		backupWord(locale, 'proven-sum', { count: real.filter((plan) => plan.provenAt !== null).length }),
		backupWord(locale, copies === 1 ? 'copies-one' : 'copies', { count: copies }),
		backupWord(locale, 'size-sum', { size: bytesText(bytes, locale) }),
	];
	const none = plans.length - real.length;
	if (none > 0) parts.push(backupWord(locale, 'summary-nothing', { count: none }));
	return parts.join(' · ');
}
