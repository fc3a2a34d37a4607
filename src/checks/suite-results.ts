export type Outcome = 'passed' | 'failed' | 'skipped';

/** One test, or with `count` several that were only counted. */
export interface TestResult {
	/** Everything that says which test it is: suite, class and name. */
	readonly name: string;
	readonly outcome: Outcome;
	readonly count?: number;
	/** Said by the report itself, where it says it. */
	readonly category?: string;
}

/** What a report says, or why it is none: `empty`, `broken`, `truncated`, `not-json`, `syntax` … */
export type Report =
	| { readonly ok: true; readonly results: readonly TestResult[] }
	| { readonly ok: false; readonly why: string };

const MOST = 100_000;

export const broken = (why: string): Report => ({ ok: false, why });
export const results = (found: readonly TestResult[]): Report => ({
	ok: true,
	results: found.slice(0, MOST),
});
