import type { CheckId } from './ids.ts';
import type { SampleValue } from './value.ts';

/** The newest value of one sample that entered a signed snapshot, and when that was signed. */
export interface BaselineValue {
	readonly value: SampleValue;
	readonly at: number;
}

/** Check → sample → signed value, for one environment. */
export type Baseline = Readonly<Record<CheckId, Readonly<Record<string, BaselineValue>>>>;
