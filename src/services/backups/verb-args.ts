import { type BackupVerb, PINNED_BY_RESTORE } from '../../domain/backup.ts';

/** What each verb is told besides its plan. */
const TAKES: Readonly<Record<BackupVerb, readonly string[]>> = {
	backup: ['pin'],
	verify: ['copy', 'target'],
	drill: ['copy', 'target'],
	prune: ['names'],
	restore: ['copy', 'target'],
};
const WORD = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u;
/** Kept by hand, for no reason that could be written down. */
const BY_HAND = 'by-hand';

/**
 * What was sent with a verb, as far as the verb takes it: whatever else is in it comes from nobody who may say it, such as who
 * asked for a restore first. Why a copy is kept is one word, and never the one of a restore's own copy, which is no backup.
 */
export function argsOf(
	verb: BackupVerb,
	sent: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
	const taken = Object.entries(sent).filter(([name]) => TAKES[verb].includes(name));
	return Object.fromEntries(
		taken.map(([name, value]) => [
			name,
			name === 'pin' && (!WORD.test(value) || value === PINNED_BY_RESTORE) ? BY_HAND : value,
		]),
	);
}
