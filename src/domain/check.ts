import type { Restored } from './backup-ports.ts';
import type { Condition, Expression } from './condition/index.ts';
import type { Fault } from './fault.ts';
import type { Hours } from './hours.ts';
import type { CheckId, ServiceId } from './ids.ts';
import type { OwnText } from './own-text.ts';
import type { ProbePorts } from './ports.ts';
import type { Reading, Transcript } from './reading.ts';
import type { Result } from './result.ts';
import type { SampleValue, Unit } from './value.ts';

/** A value kept, drawn and trended under a name of the operator's choice (`show:`). */
export interface ShownValue {
	readonly name: string;
	readonly expression: Expression;
}

/** A configured question about a service, every reference resolved. Options belong to the kind alone. */
export interface CheckDefinition {
	readonly id: CheckId;
	readonly title: OwnText | null;
	readonly service: ServiceId | null;
	readonly kind: string;
	readonly options: unknown;
	readonly everyMs: number;
	/** Total deadline of one probe; no answer by then is a fault. */
	readonly timeoutMs: number;
	/** How many equal verdicts make a level hard, and how soon after a soft one to ask again. */
	readonly confirm: number;
	readonly retryMs: number;
	/** A bad level is hard only after it has lasted this long, besides `confirm`. */
	readonly forMs: number;
	/** Asked only in these hours of the week, by the system's zone; null: always. */
	readonly hours: Hours | null;
	/** Checks whose trouble explains this one's: it goes on being asked, and is not told about. */
	readonly needs: readonly CheckId[];
	readonly must: readonly Condition[];
	readonly should: readonly Condition[];
	readonly show: readonly ShownValue[];
	/** Set when it cannot be asked at all (a secret that cannot be read): every probe is this fault, the kind is not called. */
	readonly broken?: Fault;
}

/** What a probe is told about this one time: when it is, until when it may take, and whether it is still wanted. */
export interface ProbeContext {
	/** Epoch ms, taken once for this probe. */
	readonly now: number;
	/** On the monotonic clock (`ports.clock.monotonic()`), ms. */
	readonly deadline: number;
	/** Aborted at the deadline or when the probe is cancelled. */
	readonly signal: AbortSignal;
	/** Said so to ports that would else keep a timer of their own. */
	readonly timed?: boolean;
	/** Epoch ms at which the newest round of this environment was signed; null or absent before the first. */
	readonly signedAt?: number | null;
	/** The newest value of another check's sample, as conditions see it; absent where one check is asked alone. */
	readonly latest?: LatestValue;
	/** What this check's kind keeps between probes, under names of its own; lost with the process or a changed question. */
	readonly memory?: Map<string, unknown>;
	/** Stored values of one own sample since then, oldest first; absent where one check is asked alone. */
	readonly history?: (sample: string, sinceAt: number) => readonly StoredPoint[];
}

export interface StoredPoint {
	/** Epoch ms. */
	readonly at: number;
	readonly value: number;
}

/** `stale`: older than twice the other check's interval. undefined: never seen. */
export type LatestValue = (
	check: string,
	sample: string,
) => { readonly value: SampleValue; readonly at: number; readonly stale: boolean } | undefined;

/** A failing endpoint is a value: the fault, and what was said until then. */
export interface ProbeFault extends Fault {
	readonly transcript?: Transcript;
}

/** A sort of question. Everything shared code needs to know about a kind, the kind declares here. */
export interface CheckKind<Options = unknown> {
	readonly name: string;
	readonly title: OwnText;
	/** Which pool its probes wait in: `network` (256 at once) or `local` (8 commands or queries at once). */
	readonly pool: 'network' | 'local';
	/** At most 16 network probes at once go to one origin; null when it has none. */
	origin(options: Options): string | null;
	/** What rows show it asks, secrets masked: `GET /api/health`, `db/app.db`. */
	target(options: Options): string;
	/** Names and units of the samples its readings hold, for checking conditions before anything runs. */
	samples(options: Options): Readonly<Record<string, Unit>>;
	/** Those of them that are words or written times: a change of one is the same or another, never so much. */
	texts?(options: Options): readonly string[];
	/** The sample that Health draws as LATENCY and trends when the check shows nothing else. */
	readonly headline: string | null;
	/** Samples worth a row of their own on Endpoints when the check shows nothing; absent: those its conditions name. */
	values?(options: Options): readonly string[];
	/** A condition that holds without being written, e.g. `exit == 0`; used only when `must` is empty. */
	impliedMust?(options: Options): readonly string[];
	/** The same as warnings; used only when `should` is empty. */
	impliedShould?(options: Options): readonly string[];
	/** Values of other checks that it reads through `latest`; their names are looked up when the configuration is read. */
	refersTo?(options: Options): readonly { readonly check: string; readonly sample: string }[];
	/** One-line shell command that asks the same by hand, secrets as `$NAME`; null when there is none. */
	copyAs?(options: Options): string | null;
	/** The same question about a restored copy instead of the live thing; null when it does not look at that thing. */
	onRestored?(options: Options, restored: Restored): Options | null;
	probe(options: Options, ports: ProbePorts, context: ProbeContext): Promise<Result<Reading, ProbeFault>>;
}
