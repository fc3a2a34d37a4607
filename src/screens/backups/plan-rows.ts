import type { Drill } from '../../domain/backup.ts';
import type { CopyPicture, PlanPicture } from '../../domain/backup-picture.ts';
import type { Level } from '../../domain/level.ts';
import { clean } from '../../domain/text.ts';
import { formatValue, quantity } from '../../domain/value.ts';
import { bytesText, cadencedText, copyStateWord, methodText, spanWords } from '../../i18n/backup.ts';
import { backupLine } from '../../i18n/backup-lines.ts';
import { ageText, dateText, momentText } from '../../i18n/times.ts';
import type { StyleName } from '../../ui/theme.ts';
import { planWord } from './plan-words.ts';
import { shortMoment, type When } from './reasons.ts';
import { pinWord } from './words.ts';

export interface Fact {
	/** '' continues the one above. */
	readonly label: string;
	readonly text: string;
	readonly style: StyleName;
}

/** What the plan copies, where to, when, and how long it is kept. Pure. */
export function toFacts(plan: PlanPicture, when: When): readonly Fact[] {
	const { locale, zone } = when;
	const fact = (label: string, text: string, style: StyleName = 'plain'): Fact => ({ label, text, style });
	const facts = [fact(planWord(locale, 'from'), `${plan.source} · ${clean(plan.subject, { max: 200 })}`)];
	for (const [at, target] of plan.targets.entries()) {
		const where = clean(target.where, { max: 200 });
		const name = clean(target.name, { max: 60 });
		const text = name === where ? `${where} · ${target.kind}` : `${name} · ${where} · ${target.kind}`;
		facts.push(fact(at === 0 ? planWord(locale, 'to') : '', text));
	}
	const next =
		plan.nextAt === null ? [] : [planWord(locale, 'next-at', { time: shortMoment(plan.nextAt, when) })];
	facts.push(fact(planWord(locale, 'when'), [cadencedText(plan.schedule, locale), ...next].join(' · ')));
	if (plan.keep) facts.push(fact(planWord(locale, 'kept'), keepText(plan.keep, when)));
	const drill =
		plan.nextDrillAt === null
			? planWord(locale, 'no-drill')
			: planWord(locale, 'next-drill', { date: dateText(plan.nextDrillAt, zone) });
	const proof =
		plan.provenAt === null
			? planWord(locale, 'never-proven')
			: planWord(locale, 'proven-by', {
					date: dateText(plan.provenAt, zone),
					copy: clean(plan.provenCopy ?? '', { max: 80 }),
				});
	facts.push(
		plan.restorable
			? fact(planWord(locale, 'proof'), `${proof} · ${drill}`, plan.provenAt === null ? 'warning' : 'plain')
			: fact(planWord(locale, 'proof'), planWord(locale, 'no-restore'), 'muted'),
	);
	return facts;
}

function keepText({ ageMs, count }: NonNullable<PlanPicture['keep']>, { locale }: When): string {
	const age = ageMs === null ? '' : spanWords(ageMs, locale);
	if (ageMs !== null && count !== null) return planWord(locale, 'keep-both', { age, count });
	if (ageMs !== null) return planWord(locale, 'keep-age', { age });
	return count === null ? planWord(locale, 'for-ever') : planWord(locale, 'keep-count', { count });
}

export interface CopyRow {
	readonly when: string;
	readonly size: string;
	readonly state: string;
	readonly level: Level;
	readonly verified: string;
	readonly proven: string;
	/** The better of both, for narrow terminals. */
	readonly proof: string;
	readonly isProven: boolean;
	readonly pinned: string;
	readonly target: string;
	readonly name: string;
	readonly age: string;
}

const LEVELS: Readonly<Record<CopyPicture['state'], Level>> = {
	there: 'ok',
	gone: 'unknown',
	damaged: 'critical',
	removed: 'pending',
};

/** Pure. */
export function toCopyRow(copy: CopyPicture, when: When): CopyRow {
	const { locale, now, zone } = when;
	const day = (at: number | null) => (at === null ? '–' : dateText(at, zone));
	return {
		when: momentText(copy.at, zone),
		size: bytesText(copy.bytes, locale),
		state: copyStateWord(copy.state, locale),
		level: LEVELS[copy.state],
		verified: day(copy.verifiedAt),
		proven: day(copy.provenAt),
		proof:
			copy.provenAt !== null
				? planWord(locale, 'is-proven')
				: copy.verifiedAt !== null
					? planWord(locale, 'is-verified')
					: '–',
		isProven: copy.provenAt !== null,
		pinned: copy.pinned === null ? '' : clean(pinWord(copy.pinned, locale), { max: 30 }),
		target: clean(copy.target, { max: 60 }),
		name: clean(copy.name, { max: 200 }),
		age: ageText(now - copy.at, locale),
	};
}

/** Everything about one copy, a sentence a line. */
export function copyDetails(copy: CopyPicture, plan: PlanPicture, when: When): readonly string[] {
	const { locale, zone } = when;
	const where = plan.targets.find((target) => target.name === copy.target)?.where ?? copy.target;
	const lines = [
		clean(copy.name, { max: 300 }),
		planWord(locale, 'target', { target: clean(where, { max: 200 }) }),
		planWord(locale, 'made', {
			by: clean(copy.by, { max: 60 }),
			took: spanWords(copy.durationMs, locale),
			method: clean(methodText(copy.method, locale), { max: 60 }),
		}),
	];
	const facts = [planWord(locale, copy.encrypted ? 'encrypted' : 'plain')];
	if (copy.rows !== null)
		facts.unshift(planWord(locale, 'rows', { count: formatValue(quantity(copy.rows), { locale }) }));
	lines.push(facts.join(' · '));
	if (copy.pinned !== null)
		lines.push(planWord(locale, 'pinned-by', { why: clean(pinWord(copy.pinned, locale), { max: 60 }) }));
	if (copy.state === 'there' || copy.state === 'damaged') {
		lines.push(
			copy.verifiedAt === null
				? planWord(locale, 'not-verified')
				: planWord(locale, 'verified-at', { time: momentText(copy.verifiedAt, zone) }),
		);
		if (copy.provenAt !== null)
			lines.push(planWord(locale, 'proven-at', { time: momentText(copy.provenAt, zone) }));
		else if (plan.restorable) lines.push(planWord(locale, 'not-proven'));
	}
	return lines;
}

export interface DrillRow {
	readonly when: string;
	readonly level: Level;
	readonly copy: string;
	readonly rto: string;
	readonly rpo: string;
	readonly by: string;
	readonly age: string;
	readonly isVacuous: boolean;
}

/** Pure. */
export function toDrillRow(drill: Drill, { locale, now, zone }: When): DrillRow {
	return {
		when: momentText(drill.startedAt, zone),
		// One that could not have failed is never green.
		level: drill.couldFail || drill.level !== 'ok' ? drill.level : 'warning',
		copy: clean(drill.copy, { max: 200 }),
		rto: spanWords(drill.rtoMs, locale),
		rpo: spanWords(drill.rpoMs, locale),
		by: clean(drill.by, { max: 60 }),
		age: ageText(now - drill.endedAt, locale),
		isVacuous: !drill.couldFail,
	};
}

export interface EvidenceRow {
	readonly level: Level;
	readonly name: string;
	readonly text: string;
}

/** What was held against the restored copy; what did not hold comes first. */
export function toEvidence(drill: Drill, { locale }: When): readonly EvidenceRow[] {
	const isBad = (level: Level) => level !== 'ok' && level !== 'pending';
	return drill.evidence
		.map((one): EvidenceRow => {
			if (one.kind === 'control') {
				const word = isBad(one.level) ? 'control-passed' : 'control-failed';
				return { level: one.level, name: planWord(locale, 'control'), text: backupLine(locale, word) };
			}
			const found = clean(one.found, { max: 300 });
			const expected = clean(one.expected, { max: 300 });
			return {
				level: one.level,
				name: clean(one.name, { max: 80 }),
				text:
					expected === ''
						? planWord(locale, 'found-only', { found })
						: found === ''
							? expected
							: planWord(locale, 'evidence', { expected, found }),
			};
		})
		.sort((a, b) => Number(isBad(b.level)) - Number(isBad(a.level)));
}
