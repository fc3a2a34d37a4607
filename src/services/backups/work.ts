import type { BackupPlan } from '../../domain/backup.ts';
import type { Run } from '../../domain/backup-ports.ts';
import type { Fault } from '../../domain/fault.ts';
import type { Level } from '../../domain/level.ts';
import type { Samples } from '../../domain/reading.ts';
import { err, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { backupLine } from '../../i18n/backup-lines.ts';
import { faultText } from '../../i18n/fault.ts';
import type { SourceKind } from '../../sources/define.ts';
import { findSource } from '../../sources/index.ts';
import type { OperationEnd } from '../run-command.ts';
import type { VerbRun } from './define.ts';
import type { BackupsParts, Work } from './parts.ts';
import { privateFolder, sweepScratch } from './private-folders.ts';
import { createPace } from './progress.ts';

/** What a verb comes to, before its output is added. */
export interface Outcome {
	readonly level: Level;
	readonly samples: Samples;
	readonly files: readonly string[];
	/** The fault that ended it; its sentence becomes the operation's reason. */
	readonly fault: Fault | null;
	/** Past the point where a cancel is heard: it ended as it says. */
	readonly unheeded?: true;
}

export function kindOfSource(plan: BackupPlan): SourceKind {
	const kind = findSource(plan.source);
	if (kind === undefined) throw new Error(`no source kind "${plan.source}"`);
	return kind;
}

/**
 * Runs one verb in a private folder that is taken away whatever happens. Output is redacted line by line; a cancelled verb
 * ends as cancelled, whatever fault its last step gave.
 */
export async function carryOutWork(
	parts: BackupsParts,
	plan: BackupPlan,
	verb: VerbRun,
	act: (work: Work) => Promise<Outcome>,
): Promise<OperationEnd> {
	const lines: string[] = [];
	const line = (text: string) => {
		const safe = parts.redact(clean(text, { max: 2_000 }));
		lines.push(safe);
		if (lines.length > 2_000) lines.shift();
		verb.onText(`${safe}\n`);
	};
	await sweepScratch(parts);
	const folder = privateFolder(parts, 'run');
	// What lies in it is not encrypted yet: whoever shares the state does not share it.
	const made = await parts.targets.folders.ensure(folder, { isPrivate: true });
	const run: Run = {
		now: parts.clock.now(),
		zone: parts.system().timezone,
		folder,
		deadline: parts.clock.monotonic() + plan.timeoutMs,
		signal: verb.signal,
		onProgress: createPace(parts.clock, verb.onProgress),
		onLine: line,
	};
	const work: Work = {
		plan,
		run,
		by: verb.operation.by,
		operation: verb.operation.id,
		args: verb.args,
		say: (key, values = {}) => line(backupLine(parts.locale, key, values)),
		sayFault: (why) => line(backupLine(parts.locale, 'failed', { text: faultText(why, parts.locale) })),
	};
	const outcome: Outcome = made.ok
		? await act(work).finally(() => clear(parts, folder, work))
		: { level: 'critical', samples: {}, files: [], fault: made.error };
	// What was done before the cancel was heard is done.
	const isDone = outcome.level === 'ok' || outcome.level === 'warning' || outcome.unheeded === true;
	const isCancelled = verb.signal.aborted && !isDone;
	if (outcome.fault !== null && !isCancelled) work.sayFault(outcome.fault);
	return {
		level: isCancelled ? 'unknown' : outcome.level,
		samples: outcome.samples,
		reasons: outcome.fault === null || isCancelled ? [] : [{ kind: 'fault', fault: outcome.fault }],
		output: lines.join('\n'),
		files: outcome.files,
		...(isCancelled ? { cancelled: true } : {}),
	};
}

async function clear(parts: BackupsParts, folder: string, work: Work): Promise<void> {
	const removed = await parts.targets.folders.removeFolder(folder);
	if (!removed.ok) work.say('not-cleaned', { place: folder, text: faultText(removed.error, parts.locale) });
}

export function failed(fault: Fault, level: Level = 'critical'): Outcome {
	return { level, samples: {}, files: [], fault };
}

/** The first fault among several, or none. */
export function firstFault<T>(results: readonly Result<T, Fault>[]): Result<T, Fault> | null {
	for (const result of results) if (!result.ok) return err(result.error);
	return null;
}
