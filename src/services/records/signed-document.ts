import { ownText } from '../../domain/own-text.ts';
import { SIGNED_SCHEMA } from '../../domain/record-proof.ts';
import {
	type Evidence,
	isException,
	type Round,
	type SignOff,
	type Step,
	standingOf,
} from '../../domain/round.ts';
import { isEitherDuration } from '../../domain/round-rules.ts';
import { clean } from '../../domain/text.ts';
import { mapTexts, type Plain } from './canonical.ts';
import { changeText, isSame } from './change.ts';
import { reasonLine } from './reason-line.ts';
import type { SignedDocument, SignedEvidence, SignedInput, SignedStep } from './signed-shape.ts';

const iso = (at: number) => new Date(at).toISOString();

/** Pure. Everything that came from outside is cleaned and redacted in it. */
export function buildSigned(input: SignedInput): SignedDocument {
	const { round, face, locale, redact } = input;
	const signed = round.signed;
	if (!signed) throw new Error('a record is made of a signed round');
	const document: SignedDocument = {
		schema: SIGNED_SCHEMA,
		program: `rounds ${input.version}`,
		locale,
		demo: signed.demo,
		system: face.system,
		environment: face.environment.name,
		timezone: face.timezone,
		round: {
			id: round.id,
			sheet: round.sheet,
			title: ownText(round.title, locale),
			dueAt: round.dueAt === null ? null : iso(round.dueAt),
			graceMs: round.graceMs,
			startedAt: iso(round.startedAt),
			startedBy: round.startedBy,
			signedAt: iso(signed.at),
			signedBy: signed.by,
			durationMs: Math.max(0, signed.at - round.startedAt),
			lateMs: lateness(round, signed),
			level: signed.level,
			note: signed.note,
		},
		exceptions: round.steps.filter(isException).map((step) => step.index + 1),
		steps: round.steps.map((step) => describeStep(step, input)),
		changes: { ...changedValues(input), flips: input.flips.map((flip) => ({ ...flip, at: iso(flip.at) })) },
		snapshot: Object.fromEntries(
			Object.entries(input.snapshot).map(([check, samples]) => [
				check,
				Object.fromEntries(Object.entries(samples).map(([sample, { value }]) => [sample, value])),
			]),
		),
		coverage: describeCoverage(input, signed.at),
	};
	return mapTexts(document, (text) => clean(redact(text), { newlines: 'keep', max: 100_000 }));
}

function lateness(round: Round, signed: SignOff): number | null {
	if (round.dueAt === null) return null;
	const late = signed.at - round.dueAt - round.graceMs;
	return late > 0 ? late : Math.min(0, signed.at - round.dueAt);
}

function describeStep(step: Step, input: SignedInput): SignedStep {
	const evidence = step.answer && step.answer.evidence.length > 0 ? step.answer.evidence : step.found;
	return {
		number: step.index + 1,
		title: titleOf(step, input),
		kind: step.definition.kind,
		standing: standingOf(step),
		answer: step.answer
			? { outcome: step.answer.outcome, note: step.answer.note, at: iso(step.answer.at), by: step.answer.by }
			: null,
		remark: step.note,
		evidence: evidence.map((one) => describeEvidence(one, input)),
	};
}

/** The sheet's own words, else what the step is made of. */
export function titleOf(step: Step, { locale, face }: Pick<SignedInput, 'locale' | 'face'>): string {
	const { definition } = step;
	if (definition.title !== null) return ownText(definition.title, locale);
	if (definition.kind === 'ask') return ownText(definition.question, locale);
	if (definition.kind === 'run') {
		const ran = step.found.find((one) => one.kind === 'operation');
		return ran?.kind === 'operation' ? ran.title : definition.action;
	}
	return definition.checks
		.map((id) => {
			const title = face.checks.find((check) => check.id === id)?.title;
			return title ? ownText(title, locale) : id;
		})
		.join(' · ');
}

function describeEvidence(evidence: Evidence, input: SignedInput): SignedEvidence {
	const { locale } = input;
	if (evidence.kind === 'lines') {
		const { source, sinceAt, count, lines, unread = [] } = evidence;
		return { kind: 'lines', source, sinceAt: sinceAt === null ? null : iso(sinceAt), count, lines, unread };
	}
	const reasons = evidence.reasons.map((reason) => reasonLine(reason, locale));
	if (evidence.kind === 'operation') {
		const { title, at, level, command, output, files } = evidence;
		const values = Object.entries(evidence.samples).map(([name, value]) => ({
			name,
			value,
			expected: null,
			last: undefined,
			change: null,
		}));
		return { kind: 'operation', title, at: iso(at), level, command, values, reasons, output, files };
	}
	const face = input.face.checks.find((check) => check.id === evidence.check);
	const values = Object.entries(evidence.samples).map(([name, value]) => {
		const last = Object.hasOwn(evidence.baseline, name) ? evidence.baseline[name]?.value : undefined;
		return {
			name,
			value,
			expected: face?.values.find((one) => one.name === name)?.expected ?? null,
			last,
			change: last === undefined ? null : changeText(last, value, locale),
		};
	});
	return {
		kind: 'observation',
		check: evidence.check,
		at: iso(evidence.at),
		level: evidence.level,
		values,
		must: face?.must ?? [],
		should: face?.should ?? [],
		reasons,
	};
}

/** Signed values that are others now, each check once, as its newest evidence in this round has them. */
function changedValues({
	round,
	before,
	locale,
}: SignedInput): Pick<SignedDocument['changes'], 'compared' | 'values'> {
	const newest = new Map<string, Extract<Evidence, { kind: 'observation' }>>();
	for (const step of round.steps) {
		for (const one of step.answer?.evidence.length ? step.answer.evidence : step.found) {
			if (one.kind === 'observation' && one.at >= (newest.get(one.check)?.at ?? 0))
				newest.set(one.check, one);
		}
	}
	const values: SignedDocument['changes']['values'][number][] = [];
	for (const one of newest.values()) {
		for (const [sample, signed] of Object.entries(before[one.check] ?? {})) {
			const now = Object.hasOwn(one.samples, sample) ? one.samples[sample] : undefined;
			if (now === undefined || isEitherDuration(signed.value, now) || isSame(signed.value, now)) continue;
			values.push({
				check: one.check,
				sample,
				from: signed.value,
				to: now,
				signedAt: iso(signed.at),
				change: changeText(signed.value, now, locale),
			});
		}
	}
	return { compared: Object.keys(before).length > 0, values };
}

function describeCoverage({ coverage, face, locale }: SignedInput, now: number): SignedDocument['coverage'] {
	const known = new Map(coverage.map((one) => [one.id, one]));
	const ids = new Set([...face.checks.map((check) => check.id), ...known.keys()]);
	const checks = [...ids].map((check) => {
		const one = known.get(check);
		const at = one && one.at > 0 ? one.at : null;
		return {
			check,
			level: at === null ? ('pending' as const) : one!.level,
			at: at === null ? null : iso(at),
			ageMs: at === null ? null : Math.max(0, now - at),
			reasons: at === null ? [] : (one?.reasons ?? []).map((reason) => reasonLine(reason, locale)),
		};
	});
	return { declared: checks.length, evaluated: checks.filter((one) => one.at !== null).length, checks };
}

/** As `canonicalJson` takes it; what is undefined is left out. */
export function plainOf(document: SignedDocument): Plain {
	return JSON.parse(JSON.stringify(document)) as Plain;
}
