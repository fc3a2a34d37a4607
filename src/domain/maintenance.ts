import { type Hours, isWithin } from './hours.ts';
import type { CheckId } from './ids.ts';
import type { OwnText } from './own-text.ts';

/** Planned time without alerts: once between two instants, or every week at the same hours. */
export interface MaintenanceWindow {
	readonly title: OwnText;
	/** null: every check. */
	readonly checks: readonly CheckId[] | null;
	readonly when:
		| { readonly kind: 'once'; readonly fromAt: number; readonly toAt: number }
		| { readonly kind: 'weekly'; readonly hours: Hours };
}

/** The window a check stands in at this instant, if any. Probing goes on in it: only telling about it does not. */
export function windowOf(
	windows: readonly MaintenanceWindow[],
	check: CheckId,
	at: number,
	zone: string,
): MaintenanceWindow | null {
	for (const window of windows) {
		if (window.checks !== null && !window.checks.includes(check)) continue;
		const { when } = window;
		const isOpen =
			when.kind === 'once' ? at >= when.fromAt && at < when.toAt : isWithin(when.hours, at, zone);
		if (isOpen) return window;
	}
	return null;
}
