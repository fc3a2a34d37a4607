import { backupActions } from './backups.ts';
import { checkActions } from './checks.ts';
import type { Action } from './define.ts';
import { logActions } from './logs.ts';
import { movingActions } from './move.ts';
import { operationActions } from './operations.ts';
import { programActions } from './program.ts';
import { pruneActions } from './prune.ts';
import { restoreActions } from './restore.ts';
import { fieldActions } from './round-field.ts';
import { signActions } from './round-sign.ts';
import { roundActions } from './rounds.ts';
import { viewActions } from './view.ts';

/**
 * Everything a person can do, in the order the palette and the help show it. A new family is one file and one line here:
 * those of the round and of the logs stand before the program's own.
 */
export const ACTIONS: readonly Action[] = [
	...viewActions,
	...checkActions,
	...roundActions,
	...signActions,
	...fieldActions,
	...backupActions,
	...pruneActions,
	...restoreActions,
	...logActions,
	...operationActions,
	...programActions,
	...movingActions,
];

/** Keys a configuration may not give to its own actions: every built-in one, and those terminals keep for themselves. */
export const RESERVED_KEYS: readonly string[] = [
	...new Set([
		...ACTIONS.flatMap((action) => action.keys),
		...'123456789'.split(''),
		...['ctrl-s', 'ctrl-q', 'ctrl-a', 'ctrl-b'],
	]),
];

export * from './backup-view.ts';
export { checksOfRow, SPANS_MS, spanOf } from './checks.ts';
export { configuredActions } from './configured.ts';
export * from './define.ts';
export { fuzzyMatch } from './fuzzy.ts';
export { createKeymap, type KeyConflict, type Keymap, keyText } from './keymap.ts';
export * from './log-view.ts';
export { loadLogs } from './log-window.ts';
export {
	actionFace,
	beganText,
	cancellingText,
	DEAF_MS,
	type Launch,
	launch,
	ownActions,
	readLaunch,
	writeLaunch,
} from './operations.ts';
export { isPrunable } from './prune.ts';
export { whyNot } from './reach.ts';
export { loadCopies, restorableCopies, restoreWord } from './restore.ts';
export { keepDraft } from './round-field.ts';
export * from './round-view.ts';
export { type Pressed, type Step, walkKey } from './walk.ts';
