import type { Hours } from './hours.ts';
import { isWithin } from './hours.ts';
import type { CheckId } from './ids.ts';
import { type MaintenanceWindow, windowOf } from './maintenance.ts';
import type { CheckState } from './observation.ts';
import type { Hush } from './picture.ts';

/** What there is to know about why a check's trouble may be no news. */
export interface HushFacts {
	readonly id: CheckId;
	readonly hours: Hours | null;
	readonly needs: readonly CheckId[];
}

export interface HushRules {
	/** The system's. */
	readonly zone: string;
	readonly maintenance: readonly MaintenanceWindow[];
}

/** Why a check's trouble is no news at this instant, or null. Hours come first: then it is not even asked. */
export function hushOf(
	check: HushFacts,
	at: number,
	rules: HushRules,
	stateOf: (id: CheckId) => CheckState | undefined,
): Hush | null {
	if (check.hours !== null && !isWithin(check.hours, at, rules.zone))
		return { kind: 'hours', text: check.hours.text };
	const window = windowOf(rules.maintenance, check.id, at, rules.zone);
	if (window !== null) return { kind: 'maintenance', title: window.title };
	for (const id of check.needs) {
		const needed = stateOf(id);
		// Soft trouble counts too: what follows from it shows at the same time, not three questions later.
		if (needed && (needed.level === 'critical' || needed.level === 'unknown'))
			return { kind: 'needs', check: id };
	}
	return null;
}
