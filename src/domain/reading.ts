import type { Why } from './condition/index.ts';
import type { SampleValue, Value } from './value.ts';

export type Samples = Readonly<Record<string, SampleValue>>;

/** One phase of a probe, in milliseconds: `dns`, `connect`, `tls`, `firstByte`, `download`, `total`. */
export interface Timing {
	readonly phase: string;
	readonly ms: number;
}

/**
 * What was said on both sides, for the detail view only: already cleaned of control characters, secrets masked, the body
 * cut to its start. Never stored with every observation.
 */
export interface Transcript {
	readonly request: readonly string[];
	readonly response: readonly string[];
	readonly body: string;
	readonly bytes: number;
	readonly timings: readonly Timing[];
}

/** What a probe brought back. `document` is the parsed answer that JSONPath conditions read; it is not stored. */
export interface Reading {
	readonly samples: Samples;
	readonly document?: Value;
	/** Header names in lower case; several of one name joined with ", ". */
	readonly headers?: Readonly<Record<string, string>>;
	readonly transcript?: Transcript;
	/** Why a declared sample is not among them now, where more can be said than that; conditions on it are unknown for it. */
	readonly absent?: Readonly<Record<string, Why>>;
}
