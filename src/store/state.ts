import type { CheckDetail } from '../domain/engine.ts';
import type { CheckId, OperationId, RoundId } from '../domain/ids.ts';
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
