import { advance } from '../domain/check-state.ts';
import { FAULTS, type Fault, fault } from '../domain/fault.ts';
import type { CheckId } from '../domain/ids.ts';
import { judge, type Surroundings } from '../domain/judge.ts';
import type { Observation, Reason, Recorded, Verdict } from '../domain/observation.ts';
import type { StoragePicture } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import { isSameQuestion } from '../domain/same-question.ts';
import type { ObservationStore } from '../domain/storage-port.ts';
import type { Redactor } from '../domain/text.ts';
import type { Present, Remembered } from './present.ts';
import type { Probed } from './prober.ts';
import { redactJudged, redactReading } from './redacted.ts';
import type { UsualAt } from './usual.ts';

/** What finishes within this time is one transaction and one event. */
const BURST_MS = 100;
const RETRY_MS = 1_000;
/** Kept in memory while storing fails; what is beyond is counted as not stored. */
const PENDING_LIMIT = 20_000;

export interface RecorderParts {
	readonly clock: Clock;
	readonly store: ObservationStore;
	readonly present: Present;
	/** Hides what no store and no screen may have. */
	readonly redactor?: () => Redactor;
	/** What a sample usually is at this hour; asked only for a check whose conditions ask it. */
	readonly usual?: UsualAt;
	/** Called once a burst, after the attempt to store. */
	readonly onRecorded: (batch: readonly Recorded[], now: number) => void;
	/** Results told of before as not stored are on disk now. */
	readonly onStored: (checks: ReadonlySet<CheckId>, now: number) => void;
	readonly onStorage: (storage: StoragePicture) => void;
	/** It stores again; so many of the oldest results were more than could wait, and are on no disk. */
	readonly onLost?: (count: number, now: number) => void;
}

export interface Recorder {
	/** Judges and queues one outcome; returns how soon to ask again (ms) while a bad level is soft, else null. */
	take(probed: Probed): number | null;
	/** Writes what is queued now; false when it could not be stored. */
	flush(): boolean;
	storage(): StoragePicture;
	/** Resolves when nothing waits for its burst to end. */
	idle(): Promise<void>;
	stop(): void;
}

/** Observation → verdict → state → one transaction → event. The console never goes blind because a disk is full. */
export function createRecorder(parts: RecorderParts): Recorder {
	const { clock, store, present, usual } = parts;
	let burst: { readonly recorded: Recorded; readonly remembered: Remembered }[] = [];
	let unsaved: { recorded: Recorded; remembered: Remembered }[] = [];
	let dropped = 0;
	let failing: { readonly since: number; readonly fault: Fault } | null = null;
	let cancelFlush: (() => void) | null = null;
	let cancelRetry: (() => void) | null = null;
	let idleWaiters: (() => void)[] = [];

	const picture = (): StoragePicture => ({
		unsaved: unsaved.length + dropped,
		since: failing?.since ?? null,
		fault: failing?.fault ?? null,
	});

	const surroundings = (remembered: Remembered, now: number): Surroundings => ({
		now,
		latest: present.latestAt(now),
		baseline: (sample) => present.baseline[remembered.check.id]?.[sample],
		window(sample, ms) {
			const points = remembered.windows.get(sample)?.points ?? [];
			return points.filter((point) => point.at > now - ms);
		},
		...(usual && { usual: (sample) => usual(remembered.check.id, sample, now) }),
	});

	const settle = (failed: Fault | null, now: number) => {
		if (failed) {
			failing ??= { since: now, fault: failed };
		} else if (failing || dropped > 0) {
			const lost = dropped;
			failing = null;
			dropped = 0;
			if (lost > 0) parts.onLost?.(lost, now);
		} else {
			return;
		}
		parts.onStorage(picture());
	};

	const retry = () => {
		cancelRetry = null;
		recorder.flush();
	};

	const recorder: Recorder = {
		take({ check, at, durationMs, outcome }) {
			const remembered = present.get(check.id);
			// Asked before the configuration changed: an answer to another question.
			if (!remembered || !isSameQuestion(check, remembered.check)) return null;
			const judged = judgeRedacted(outcome, remembered, surroundings(remembered, at), parts.redactor?.());
			const { state, flip } = advance(
				remembered.state,
				{ level: judged.verdict.level, at },
				remembered.check,
			);
			const observation: Observation = {
				check: check.id,
				at: Math.max(at, (remembered.newest?.at ?? 0) + 1),
				durationMs: Math.round(durationMs),
				samples: judged.samples,
				fault: judged.fault,
				level: judged.verdict.level,
				reasons: judged.verdict.reasons,
			};
			present.add(remembered, observation, state);
			remembered.verdict = judged.verdict;
			remembered.transcript = judged.transcript;
			burst.push({ recorded: { observation, state, flip }, remembered });
			cancelFlush ??= clock.after(BURST_MS, () => {
				cancelFlush = null;
				recorder.flush();
			});
			// A command that is missing is still missing in ten seconds: only what may pass by itself is asked sooner.
			const mayPass = judged.fault === null || FAULTS[judged.fault.code].retryable;
			return state.hard || !mayPass ? null : remembered.check.retryMs;
		},
		flush() {
			cancelFlush?.();
			cancelFlush = null;
			const now = clock.now();
			const fresh = burst;
			burst = [];
			const waiting = [...unsaved, ...fresh];
			const before = unsaved;
			let stored = true;
			let late: typeof unsaved = [];
			if (waiting.length > 0) {
				const result = store.record(waiting.map((w) => w.recorded));
				stored = result.ok;
				for (const { remembered } of waiting) remembered.unsaved = !result.ok;
				if (result.ok) {
					unsaved = [];
					late = before;
					settle(null, now);
				} else {
					unsaved = waiting.slice(-PENDING_LIMIT);
					dropped += waiting.length - unsaved.length;
					settle(result.error, now);
					cancelRetry ??= clock.after(result.error.code === 'storage-busy' ? BURST_MS : RETRY_MS, retry);
				}
			}
			if (fresh.length > 0)
				parts.onRecorded(
					fresh.map((f) => f.recorded),
					now,
				);
			if (late.length > 0) parts.onStored(new Set(late.map((l) => l.recorded.observation.check)), now);
			for (const wake of idleWaiters) wake();
			idleWaiters = [];
			return stored;
		},
		storage: picture,
		idle: () =>
			burst.length === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve)),
		stop() {
			recorder.flush();
			cancelRetry?.();
			cancelRetry = null;
		},
	};
	return recorder;
}

interface Judged {
	readonly verdict: Verdict;
	readonly samples: Observation['samples'];
	readonly fault: Fault | null;
	readonly transcript: Remembered['transcript'];
}

/**
 * Where a secret was repeated all is judged anew without it: what is compared, shown, signed and compared again must be the
 * same.
 */
function judgeRedacted(
	outcome: Probed['outcome'],
	remembered: Remembered,
	around: Surroundings,
	redactor: Redactor | undefined,
): Judged {
	const judged = judgeProbed(outcome, remembered, around);
	if (redactor === undefined || redactor.longest === 0) return judged;
	const safe = redactJudged(judged, redactor);
	if (safe === judged || !outcome.ok) return safe;
	const reading = { ok: true, value: redactReading(outcome.value, redactor) } as const;
	return redactJudged(judgeProbed(reading, remembered, around), redactor);
}

/** A bug in a check's own code is that check's `unknown`, never the end of a round. */
function judgeProbed(outcome: Probed['outcome'], remembered: Remembered, around: Surroundings): Judged {
	if ('bug' in outcome) return bugVerdict(outcome.bug);
	try {
		const { verdict, samples } = judge(outcome, remembered.check, around);
		if (outcome.ok) return { verdict, samples, fault: null, transcript: outcome.value.transcript ?? null };
		const { code, detail, transcript } = outcome.error;
		return { verdict, samples, fault: fault(code, detail), transcript: transcript ?? null };
	} catch (thrown) {
		return bugVerdict(thrown instanceof Error ? thrown.message : String(thrown));
	}
}

function bugVerdict(text: string): Judged {
	const reasons: Reason[] = [{ kind: 'bug', text }];
	return {
		verdict: { level: 'unknown', reasons, outcomes: [] },
		samples: {},
		fault: fault('bug'),
		transcript: null,
	};
}
