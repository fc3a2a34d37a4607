/** When a plan runs: at times of the day (of some days of the week), or again after a time. */
export type Cadenced =
	| {
			readonly kind: 'at';
			/** Minutes after midnight, in the system's zone. */
			readonly minutes: readonly number[];
			/** 0 is Sunday; empty: every day. */
			readonly days: readonly number[];
	  }
	| { readonly kind: 'every'; readonly everyMs: number };
