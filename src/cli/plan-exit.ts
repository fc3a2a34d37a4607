import type { Refusal } from '../domain/engine.ts';
import { levelOfFault } from '../domain/fault.ts';
import { exitCodeOf, type Level, worstLevel } from '../domain/level.ts';
import { EXIT } from './command.ts';
import type { PlanRun } from './plan-run.ts';

/** Something else must end, or somebody else must agree, before this can be done. */
const LATER: readonly string[] = ['already-running', 'plan-busy', 'needs-second', 'closing'];

/** What a refusal means to whoever reads the exit code. */
export function exitOfRefusal(refusal: Refusal): number {
	switch (refusal.kind) {
		case 'conflict':
			return EXIT.locked;
		case 'refused':
			return LATER.includes(refusal.why) ? EXIT.locked : EXIT.usage;
		case 'fault': {
			const { code } = refusal.fault;
			if (code === 'storage-busy') return EXIT.locked;
			return code.startsWith('storage-') ? EXIT.storage : exitCodeOf(levelOfFault(code));
		}
	}
}

/** What was not carried to its end is unknown. */
export function levelOfRun({ operation }: PlanRun): Level {
	return operation === null || operation.state !== 'done' ? 'unknown' : operation.level;
}

/** The worst level of what ran; where nothing that ran is critical or unknown, why something could not run. */
export function exitOfRuns(runs: readonly PlanRun[]): number {
	const level = exitCodeOf(worstLevel(runs.filter((run) => run.refusal === null).map(levelOfRun)));
	if (level >= 2) return level;
	return Math.max(
		level,
		...runs.flatMap(({ refusal }) => (refusal === null ? [] : [exitOfRefusal(refusal)])),
	);
}
