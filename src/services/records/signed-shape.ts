import type { Level } from '../../domain/level.ts';
import type { Flip } from '../../domain/observation.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { CheckPicture, SystemFace } from '../../domain/picture.ts';
import type { SIGNED_SCHEMA } from '../../domain/record-proof.ts';
import type { Round, StepStanding } from '../../domain/round.ts';
import type { Baseline } from '../../domain/snapshot.ts';
import type { SampleValue } from '../../domain/value.ts';

export interface SignedInput {
	/** With `signed` set. */
	readonly round: Round;
	readonly face: Pick<SystemFace, 'system' | 'environment' | 'timezone' | 'checks'>;
	/** As it was before this round was signed. */
	readonly before: Baseline;
	/** What this signature makes the values to compare with. */
	readonly snapshot: Baseline;
	/** Since the last signed round, oldest first. */
	readonly flips: readonly Flip[];
	/** The standing of every declared check at sign-off; one that was never asked has `at: 0`. */
	readonly coverage: readonly (Pick<CheckPicture, 'id' | 'at' | 'level'> &
		Partial<Pick<CheckPicture, 'reasons'>>)[];
	readonly locale: Locale;
	/** Of this program. */
	readonly version: string;
	readonly redact: (text: string) => string;
}

/** The record as one plain document; times are ISO 8601 in UTC. */
export interface SignedDocument {
	readonly schema: typeof SIGNED_SCHEMA;
	readonly program: string;
	readonly locale: Locale;
	readonly demo: boolean;
	readonly system: string;
	readonly environment: string;
	readonly timezone: string;
	readonly round: {
		readonly id: number;
		readonly sheet: string;
		readonly title: string;
		readonly dueAt: string | null;
		readonly graceMs: number;
		readonly startedAt: string;
		readonly startedBy: string;
		readonly signedAt: string;
		readonly signedBy: string;
		readonly durationMs: number;
		/** Positive: after `dueAt + graceMs`; negative: before `dueAt`; 0 between them; null without a due time. */
		readonly lateMs: number | null;
		readonly level: Level;
		readonly note: string;
	};
	readonly exceptions: readonly number[];
	readonly steps: readonly SignedStep[];
	readonly changes: {
		/** Whether there was a signed value to compare with. */
		readonly compared: boolean;
		readonly values: readonly {
			readonly check: string;
			readonly sample: string;
			readonly from: SampleValue;
			readonly to: SampleValue;
			readonly signedAt: string;
			readonly change: string;
		}[];
		readonly flips: readonly {
			readonly check: string;
			readonly at: string;
			readonly from: Level;
			readonly to: Level;
		}[];
	};
	/** What this signature makes the values to compare with: check → sample → value. */
	readonly snapshot: Readonly<Record<string, Readonly<Record<string, SampleValue>>>>;
	readonly coverage: {
		readonly declared: number;
		readonly evaluated: number;
		readonly checks: readonly {
			readonly check: string;
			readonly level: Level;
			readonly at: string | null;
			readonly ageMs: number | null;
			/** Why it was not well; empty for one that was. */
			readonly reasons: readonly string[];
		}[];
	};
}

export interface SignedStep {
	readonly number: number;
	readonly title: string;
	readonly kind: 'check' | 'run' | 'ask';
	readonly standing: StepStanding;
	readonly answer: {
		readonly outcome: string;
		readonly note: string;
		readonly at: string;
		readonly by: string;
	} | null;
	readonly remark: string | null;
	readonly evidence: readonly SignedEvidence[];
}

export interface SignedValue {
	readonly name: string;
	readonly value: SampleValue;
	readonly expected: string | null;
	readonly last: SampleValue | undefined;
	readonly change: string | null;
}

export type SignedEvidence =
	| {
			readonly kind: 'observation';
			readonly check: string;
			readonly at: string;
			readonly level: Level;
			readonly values: readonly SignedValue[];
			readonly must: readonly string[];
			readonly should: readonly string[];
			readonly reasons: readonly string[];
	  }
	| {
			readonly kind: 'operation';
			readonly title: string;
			readonly at: string;
			readonly level: Level;
			readonly command: string;
			readonly values: readonly SignedValue[];
			readonly reasons: readonly string[];
			readonly output: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: 'lines';
			readonly source: string;
			readonly sinceAt: string | null;
			readonly count: number;
			readonly lines: readonly string[];
			/** Files that could not be read, with a fault code each. */
			readonly unread: readonly { readonly path: string; readonly fault: string }[];
	  };
