import type { Drill } from '../domain/backup.ts';
import type {
	CopyPicture,
	PlanPicture,
	ProgressPicture,
	PrunePreview,
	RestorePreview,
} from '../domain/backup-picture.ts';
import type { CheckDetail } from '../domain/engine.ts';
import type { CheckId, OperationId, PlanId, RoundId } from '../domain/ids.ts';
import type { LogFilter, LogLine, LogPage } from '../domain/log-line.ts';
import type { Operation } from '../domain/operation.ts';
import type {
	CheckPicture,
	ConfigProblem,
	PlannedRound,
	PollingPicture,
	StoragePicture,
	SystemFace,
	TrendPoint,
} from '../domain/picture.ts';
import type { Round } from '../domain/round.ts';
import type { Baseline } from '../domain/snapshot.ts';
import type { Activity, HistoryPoint } from '../domain/storage-port.ts';
import type { ViewState } from './view.ts';

/** How many points of a check the sparkline remembers. */
export const TREND_LENGTH = 60;

export interface SignedPicture {
	readonly baseline: Baseline;
	readonly signedAt: number | null;
	readonly signedBy: string | null;
	readonly title: string | null;
}

export interface OperationPicture {
	readonly operation: Operation;
	/** Newest lines of output, cleaned; the whole of it once it was asked for. */
	readonly tail: readonly string[];
	/** Only while it runs. */
	readonly progress?: ProgressPicture;
}

export interface Notice {
	readonly code: string;
	readonly detail: Readonly<Record<string, string | number>>;
	readonly at: number;
}

/** What was asked of the engine for the page that is open: kept until the page closes, never part of the events. */
export interface Fetched {
	readonly details: ReadonlyMap<CheckId, CheckDetail>;
	/** By check and span: `api-health 3600000`. */
	readonly histories: ReadonlyMap<string, readonly HistoryPoint[]>;
	readonly activity: readonly Activity[] | null;
	/** The newest rounds, signed ones too; `seen` says which plan and sign-offs they were asked after. */
	readonly rounds: { readonly seen: string; readonly rounds: readonly Round[] } | null;
	/** Log lines shown beside a manual step, by round and step: `7 4`. `seen`: the newest `logs` event they hold. */
	readonly looks: ReadonlyMap<string, { readonly seen: readonly string[]; readonly page: LogPage }>;
	readonly logs: LogWindow | null;
	/** Copies and drills of the plans that are looked at. */
	readonly copies: ReadonlyMap<
		PlanId,
		{ readonly copies: readonly CopyPicture[]; readonly drills: readonly Drill[] }
	>;
	/** What is about to be removed or replaced, for whoever has to agree. */
	readonly prune: PrunePreview | null;
	readonly restore: RestorePreview | null;
	/** The whole record of an opened log line, by the line's key. */
	readonly record: { readonly subject: string; readonly lines: readonly LogLine[] } | null;
}

/** What is held of the merged logs: neighbouring pages, each with its own cursors, so that whole ones can be let go. */
export interface LogWindow {
	readonly source: string | null;
	readonly filter: LogFilter;
	/** Oldest first; at most about a thousand lines together. */
	readonly pages: readonly Pick<LogPage, 'lines' | 'before' | 'after'>[];
	readonly sources: LogPage['sources'];
	/** Newer lines were let go, or never read: only `G` shows the end again. */
	readonly isCut: boolean;
	/** Errors since the last signed round; null while nobody has counted to the end. */
	readonly errors: number | null;
	/** The `logs` event this holds. */
	readonly seen: readonly string[];
	/** Why the last reading failed, already worded; null when it did not. */
	readonly trouble: string | null;
}

/** The present picture the screens read. Plain values only; every part keeps its identity until it changes. */
export interface PictureState {
	/** The newest time known, epoch ms: of the newest event, or of the screen's own slow tick. */
	readonly now: number;
	/** null until the engine has told its first picture. */
	readonly face: SystemFace | null;
	readonly checks: ReadonlyMap<CheckId, CheckPicture>;
	readonly trends: ReadonlyMap<CheckId, readonly TrendPoint[]>;
	/** Trend of each shown value since this console opened, by `<check> <name>`. */
	readonly values: ReadonlyMap<string, readonly TrendPoint[]>;
	/** Share of the last 24 h that was ok or warning, 0 to 1. */
	readonly uptime: ReadonlyMap<CheckId, number>;
	readonly signed: SignedPicture;
	readonly plan: readonly PlannedRound[];
	readonly rounds: ReadonlyMap<RoundId, Round>;
	readonly operations: ReadonlyMap<OperationId, OperationPicture>;
	/** null until the engine has told them. */
	readonly backups: readonly PlanPicture[] | null;
	readonly polling: PollingPicture | null;
	readonly storage: StoragePicture;
	readonly config: { readonly problems: readonly ConfigProblem[]; readonly at: number };
	readonly logs: readonly string[];
	/** Newest last, at most 50. */
	readonly notices: readonly Notice[];
	readonly crashed: { readonly text: string; readonly file: string | null } | null;
	readonly fetched: Fetched;
	readonly view: ViewState;
}
