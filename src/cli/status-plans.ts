import type { PlanPicture } from '../domain/backup-picture.ts';
import { ownText } from '../domain/own-text.ts';
import type { SystemFace } from '../domain/picture.ts';
import { bytesText, planReasonText } from '../i18n/backup.ts';
import { say } from '../i18n/messages.ts';
import { ageText, dateText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';
import { levelMark } from './check-lines.ts';
import type { CliContext } from './command.ts';
import { copyJson, planJson } from './plan-json.ts';

/** How a plan stands, in short; `rounds backups --json` has the rest. */
export function planStandingJson(plan: PlanPicture, face: SystemFace, context: CliContext) {
	const { id, level, nextAt, overdueSince, provenAt, nextDrillAt, reasons } = planJson(plan, face, context);
	const last = plan.last === null ? null : copyJson(plan.last);
	return {
		id,
		level,
		lastAt: last?.at ?? null,
		lastBytes: last?.bytes ?? null,
		nextAt,
		overdueSince,
		provenAt,
		nextDrillAt,
		reasons: reasons.map((reason) => reason.text),
	};
}

/** One line a plan, and why it does not stand well. */
export function printStandings(
	plans: readonly PlanPicture[],
	{ timezone }: SystemFace,
	context: CliContext,
): void {
	const { locale, out } = context;
	if (plans.length === 0) return;
	out(say(backupWords, locale, 'section'));
	for (const plan of plans) {
		const { last, provenAt, nothing } = plan;
		if (nothing !== null) {
			const why = say(backupWords, locale, 'nothing-to-copy', { why: ownText(nothing, locale) });
			out('  ', levelMark(plan.level, locale), `  ${plan.id}  ${why}`);
			continue;
		}
		const age = last === null ? null : ageText(context.clock.now() - last.at, locale);
		const parts = [
			plan.id,
			last === null ? '' : bytesText(last.bytes, locale),
			age === null ? '' : say(backupWords, locale, 'last-age', { age }),
			provenAt === null ? '' : say(backupWords, locale, 'proven-at', { at: dateText(provenAt, timezone) }),
		];
		out(
			'  ',
			levelMark(plan.level, locale),
			...parts.filter((part) => part !== '').map((part) => `  ${part}`),
		);
		if (plan.level === 'ok') continue;
		for (const reason of plan.reasons) out(`      ${planReasonText(reason, locale, timezone)}`);
	}
}
