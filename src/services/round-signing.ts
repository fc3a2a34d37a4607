import { isStale } from '../domain/check-state.ts';
import type { Refusal } from '../domain/engine.ts';
import { worstLevel } from '../domain/level.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type Answer, isDone, type Round, standingOf } from '../domain/round.ts';
import { levelOfStep, type StandingCheck, snapshotOf } from '../domain/round-rules.ts';
import { lift } from './refusing.ts';
import type { RoundsParts } from './rounds.ts';

export interface RoundSigning {
	/** The sign-off and its snapshot in the store, one transaction. Refused while steps are open. */
	sign(round: Round, note: string): Promise<Result<Round, Refusal>>;
	/** Writes the files of a signed round and remembers where. Also for one that a crash left without. */
	complete(signed: Round): Promise<Result<Round, Refusal>>;
}

/** The operator's closing statement: what filled itself is answered, the snapshot taken, the record written. */
export function createRoundSigning(
	parts: Pick<RoundsParts, 'clock' | 'store' | 'present' | 'operator' | 'demo' | 'writeRecord'>,
): RoundSigning {
	const { clock, store, present } = parts;

	const standingChecks = (): StandingCheck[] => {
		const now = clock.now();
		return [...present.all()].flatMap(({ check, newest }) => {
			if (!newest) return [];
			const { level, samples, reasons, at } = newest;
			return [{ id: check.id, level, stale: isStale(at, now, check), samples, reasons }];
		});
	};

	/** Steps that filled themselves are answered now, in the signer's name, with the values as they stand. */
	const answerFilled = (round: Round): Result<Round, Refusal> => {
		let current = round;
		for (const step of round.steps) {
			if (step.answer) continue;
			const filled: Answer = {
				outcome: 'ok',
				note: '',
				at: clock.now(),
				by: parts.operator,
				evidence: step.found,
			};
			const stored = lift(store.answer(round.id, step.index, filled, current.version));
			if (!stored.ok) return stored;
			current = stored.value.round;
		}
		return ok(current);
	};

	return {
		async sign(round, note) {
			const open = round.steps.filter((step) => !isDone(standingOf(step)));
			if (open[0]) {
				return err({
					kind: 'refused',
					why: 'steps-open',
					detail: { count: open.length, first: open[0].index + 1 },
				});
			}
			const answered = answerFilled(round);
			if (!answered.ok) return answered;
			const level = worstLevel(round.steps.map(levelOfStep));
			const signOff = { at: clock.now(), by: parts.operator, note, level, files: [], demo: parts.demo };
			return lift(store.sign(round.id, signOff, snapshotOf(answered.value, standingChecks())));
		},
		async complete(signed) {
			const written = await parts.writeRecord(signed);
			return written.ok ? lift(store.signedFiles(signed.id, written.value)) : written;
		},
	};
}
