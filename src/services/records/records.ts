import { join } from 'node:path';
import type { PlanPicture } from '../../domain/backup-picture.ts';
import type { Refusal } from '../../domain/engine.ts';
import type { Fault } from '../../domain/fault.ts';
import type { CheckId } from '../../domain/ids.ts';
import { OWN_MARK } from '../../domain/log-format.ts';
import type { Flip, Reason } from '../../domain/observation.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { CheckPicture, SystemFace } from '../../domain/picture.ts';
import type { Clock, OwnFilesPort } from '../../domain/ports.ts';
import { err, type Result } from '../../domain/result.ts';
import type { Evidence, Round } from '../../domain/round.ts';
import { instantOf, localDay } from '../../domain/schedule.ts';
import type { Baseline } from '../../domain/snapshot.ts';
import type { Storage } from '../../domain/storage-port.ts';
import type { LookDefinition, SystemDefinition } from '../../domain/system.ts';
import { faultText } from '../../i18n/fault.ts';
import { levelWord } from '../../i18n/levels.ts';
import { dateText } from '../../i18n/times.ts';
import type { Logs } from '../logs/logs.ts';
import type { Present } from '../present.ts';
import type { OperationEnd } from '../run-command.ts';
import { dailyReport } from './daily-report.ts';
import { createErrorLog } from './error-log.ts';
import { reasonLine } from './reason-line.ts';
import { signedRecord, writeSignedRecord } from './signed-record.ts';

const DAY = 86_400_000;
const FLIPS = 200;

export interface RecordsParts {
	readonly clock: Clock;
	readonly files: OwnFilesPort;
	readonly storage: Storage;
	readonly present: Present;
	/** Backup plans as they stand now, after a look into their targets. */
	readonly plans: () => Promise<readonly PlanPicture[]>;
	readonly logs: Logs;
	readonly system: () => SystemDefinition;
	readonly face: () => SystemFace;
	readonly locale: Locale;
	readonly version: string;
	readonly redact: (text: string) => string;
	readonly pid: number;
	/** A line of ours could not be written. */
	readonly onFault: (fault: Fault) => void;
}

/** What the console writes down, and what it reads back for a step. */
export interface Records {
	flipped(flip: Flip, reasons: readonly Reason[]): void;
	failed(operation: Operation): void;
	/** The files of a signed round; absolute paths. */
	writeSigned(round: Round): Promise<Result<readonly string[], Refusal>>;
	report(): Promise<OperationEnd>;
	lookAt(look: LookDefinition, sinceAt: number | null): Promise<Evidence | null>;
	/** How a check stands, in one line of an operation's output. */
	levelLine(picture: CheckPicture): string;
}

export function createRecords(parts: RecordsParts): Records {
	const { clock, files, storage, present, logs, locale, redact } = parts;

	const errorLog = () => {
		const { errorLog: path, timezone: zone, environment } = parts.system();
		return createErrorLog({
			files,
			path,
			clock,
			zone,
			redact,
			mark: OWN_MARK,
			environment: environment.name,
			pid: parts.pid,
		});
	};
	const coverage = () => {
		const now = clock.now();
		return [...present.all()].map((remembered) => present.pictureOf(remembered, now));
	};

	/** When the round before this one was signed. */
	const signedBefore = (round: Round): number | null => {
		const recent = storage.rounds.list(0, clock.now() + DAY, 50);
		const own = round.signed?.at ?? Number.POSITIVE_INFINITY;
		const times = (recent.ok ? recent.value : []).flatMap((r) =>
			r.id !== round.id && r.signed ? [r.signed.at] : [],
		);
		return times.filter((at) => at < own).reduce<number | null>((last, at) => Math.max(last ?? 0, at), null);
	};
	/** What this round was compared with: its own evidence knows, also after a crash between signing and writing. */
	const baselineBefore = (round: Round): Baseline => {
		const before: Record<string, Baseline[CheckId]> = { ...present.baseline };
		for (const { answer } of round.steps) {
			for (const evidence of answer?.evidence ?? []) {
				if (evidence.kind === 'observation') before[evidence.check] = evidence.baseline as Baseline[CheckId];
			}
		}
		return before as Baseline;
	};
	const snapshotAt = (at: number): Baseline => {
		const now = storage.rounds.baseline();
		const taken: Record<string, Baseline[CheckId]> = {};
		for (const [check, samples] of Object.entries(now.ok ? now.value : {})) {
			const mine = Object.entries(samples).filter(([, value]) => value.at === at);
			if (mine.length > 0) taken[check] = Object.fromEntries(mine);
		}
		return taken as Baseline;
	};
	/** Our own log failing makes no service red, and is not kept quiet. */
	const watched = (written: Promise<Result<void, Fault>>) => {
		void written.then((result) => {
			if (!result.ok) parts.onFault(result.error);
		});
	};

	return {
		flipped(flip, reasons) {
			// The first look at a check that is well is no news for an error log.
			if (flip.from === 'pending' && flip.to === 'ok') return;
			// Planned work, trouble that follows from another's, and restless checks fill no log.
			const remembered = present.get(flip.check);
			if (remembered && (present.hushOf(remembered, flip.at) || remembered.steadiness.flapping)) return;
			watched(errorLog().flipped(flip, reasons));
		},
		failed(operation) {
			watched(errorLog().failed(operation));
		},
		async writeSigned(round) {
			const system = parts.system();
			const since = signedBefore(round) ?? round.startedAt - DAY;
			const flips = storage.observations.flips(since, FLIPS);
			const record = signedRecord({
				round,
				face: parts.face(),
				before: baselineBefore(round),
				snapshot: snapshotAt(round.signed?.at ?? 0),
				flips: flips.ok ? flips.value : [],
				coverage: coverage(),
				locale,
				version: parts.version,
				redact,
			});
			const folder = join(system.state.path, system.environment.name, 'signed');
			const written = await writeSignedRecord(files, folder, record);
			return written.ok ? written : err({ kind: 'fault', fault: written.error });
		},
		async report() {
			const system = parts.system();
			const now = clock.now();
			const midnight = instantOf(localDay(now, system.timezone), 0, system.timezone);
			const rounds = storage.rounds.list(midnight - DAY, now + DAY, 50);
			const operations = storage.operations.list(200);
			const flips = storage.observations.flips(midnight, FLIPS);
			const errors = await logs.countErrors(null, midnight);
			const text = dailyReport({
				face: parts.face(),
				checks: coverage(),
				baseline: present.baseline,
				plans: await parts.plans(),
				rounds: rounds.ok
					? rounds.value.filter((r) => r.startedAt >= midnight || (r.signed?.at ?? 0) >= midnight)
					: [],
				operations: operations.ok ? operations.value.filter((o) => o.startedAt >= midnight) : [],
				flips: flips.ok ? flips.value : [],
				errors: errors.ok ? { ...errors.value, sinceAt: midnight } : null,
				now,
				locale,
				version: parts.version,
				redact,
			});
			const path = system.reportPath.replace('YYYYMMDD', dateText(now, system.timezone).replaceAll('-', ''));
			const written = await files.write(path, text, { replace: true });
			if (written.ok) return { level: 'ok', samples: {}, reasons: [], output: path, files: [path] };
			const reasons: Reason[] = [{ kind: 'fault', fault: written.error }];
			return { level: 'unknown', samples: {}, reasons, output: faultText(written.error, locale), files: [] };
		},
		async lookAt(look, sinceAt) {
			const counted = await logs.countErrors(look.log, sinceAt);
			if (!counted.ok) {
				const unread = [{ path: look.log, fault: counted.error.code }];
				return { kind: 'lines', source: look.log, sinceAt, count: 0, lines: [], unread };
			}
			const lines = counted.value.last.map((line) => `${line.source}: ${line.text}`);
			return {
				kind: 'lines',
				source: look.log,
				sinceAt,
				count: counted.value.count,
				lines,
				unread: counted.value.faults,
			};
		},
		levelLine(picture) {
			const first = picture.reasons[0];
			const why = first ? ` · ${reasonLine(first, locale)}` : '';
			return `${levelWord(picture.level, locale)}${why}`;
		},
	};
}
