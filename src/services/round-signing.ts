import { isStale } from '../domain/check-state.ts';
import type { Refusal } from '../domain/engine.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type Answer, isDone, type Round, type Step, standingOf } from '../domain/round.ts';
import { type StandingCheck, snapshotOf } from '../domain/round-rules.ts';
import { lift } from './refusing.ts';
import type { RoundsParts } from './rounds-parts.ts';

export interface RoundSigning {
	/** Answers of what filled itself, sign-off and snapshot in one write. Refused while steps are open. */
	sign(round: Round, note: string): Result<{ readonly round: Round; readonly conflict: boolean }, Refusal>;
	/** Writes the files of a signed round and remembers where. Also for one that a crash left without. */
	complete(signed: Round): Promise<Result<Round, Refusal>>;
}

/** The operator's closing statement: what filled itself is answered, the snapshot taken, the record written. */
export function createRoundSigning(
	parts: Pick<
		RoundsParts,
		'clock' | 'store' | 'present' | 'operator' | 'session' | 'demo' | 'writeRecord' | 'keep'
	>,
): RoundSigning {
	const { clock, store, present } = parts;

	const standingChecks = (now: number): StandingCheck[] =>
		[...present.all()].flatMap(({ check, newest }) => {
			if (!newest) return [];
			const { level, samples, reasons, at } = newest;
			return [{ id: check.id, level, stale: isStale(at, now, check), samples, reasons }];
		});

	/** Whether what an unanswered step rests on is too old to be believed. */
	const isOld = (step: Step, now: number): boolean =>
		step.answer === null &&
		step.found.some((one) => {
			const rules = one.kind === 'observation' ? present.get(one.check)?.check : undefined;
			return one.kind === 'observation' && rules !== undefined && isStale(one.at, now, rules);
		});

	return {
		sign(round, note) {
			const now = clock.now();
			const open = round.steps.filter((step) => !isDone(standingOf(step)) || isOld(step, now));
			if (open[0]) {
				return err({
					kind: 'refused',
					why: 'steps-open',
					detail: { count: open.length, first: open[0].index + 1 },
				});
			}
			// Steps that filled themselves are answered now, in the signer's name, with the values as they stand.
			const fills = round.steps
				.filter((step) => step.answer === null)
				.map(({ index, found }) => {
					const answer: Answer = { outcome: 'ok', note: '', at: now, by: parts.operator, evidence: found };
					return { index, answer };
				});
			return lift(
				store.sign(round.id, {
					version: round.version,
					fills,
					signOff: { at: now, by: parts.operator, note, demo: parts.demo },
					snapshot: snapshotOf(round, standingChecks(now)),
					claimedBy: parts.session,
				}),
			);
		},
		async complete(signed) {
			const written = await parts.writeRecord(signed);
			if (!written.ok || !signed.signed) {
				store.claimRecord(signed.id, null);
				return written.ok ? ok(signed) : written;
			}
			const remembered = parts.keep(() => store.signedFiles(signed.id, written.value));
			if (remembered.ok) return remembered;
			// The files are there; that the store does not know yet is counted and mended where results wait for it.
			return ok({ ...signed, signed: { ...signed.signed, files: written.value } });
		},
	};
}
