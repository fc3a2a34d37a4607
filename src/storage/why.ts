import type { Observation } from '../domain/observation.ts';
import { DamagedRow } from './faults.ts';

type Why = Pick<Observation, 'fault' | 'reasons'>;

/** Fault and reasons of an observation as JSON, null where all is well. The fault is mostly the first reason's: said once. */
export function whyText({ fault, reasons }: Why): string | null {
	if (fault === null && reasons.length === 0) return null;
	const first = reasons[0];
	const same =
		fault !== null && first?.kind === 'fault' && JSON.stringify(first.fault) === JSON.stringify(fault);
	return JSON.stringify(
		same ? { r: reasons, same: 1 } : fault === null ? { r: reasons } : { r: reasons, f: fault },
	);
}

export function readWhy(text: string | null): Why {
	if (text === null) return { fault: null, reasons: [] };
	const stored = parse(text);
	const first = stored.r[0];
	if (stored.same && first?.kind === 'fault') return { fault: first.fault, reasons: stored.r };
	return { fault: stored.f ?? null, reasons: stored.r };
}

function parse(text: string): { r: Observation['reasons']; f?: Observation['fault']; same?: 1 } {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new DamagedRow('reasons', { cause });
	}
}
