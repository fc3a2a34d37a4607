import type { BackupVerb, Drill } from '../domain/backup.ts';
import type { CopyPicture, PlanPicture, ProgressPicture } from '../domain/backup-picture.ts';
import type { EngineEvent, Refusal } from '../domain/engine.ts';
import type { ActionId, OperationId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { progressText } from '../i18n/backup.ts';
import { say } from '../i18n/messages.ts';
import { backupWords } from './backup-words.ts';
import type { CliContext } from './command.ts';
import type { Opened } from './opened.ts';

/** How one plan's operation went. */
export interface PlanRun {
	readonly plan: PlanPicture;
	readonly verb: BackupVerb;
	/** null: it was not begun. */
	readonly operation: Operation | null;
	readonly refusal: Refusal | null;
	/** Copies that it made, read back or removed, as they stand after it; empty when that could not be seen. */
	readonly copies: readonly CopyPicture[];
	/** What it found, of a drill. */
	readonly drill: Drill | null;
	/** The end of what its tools said. */
	readonly tail: readonly string[];
}

/** How long taking away what was begun may take: a server may have to drop what was restored into it. */
export const LINGER_MS = 30_000;
/** Progress is drawn so often at most. */
const DRAW_MS = 250;

/** The exit code that was asked for by a signal, once it was. */
export interface Stopping {
	readonly code: number | null;
	readonly asked: Promise<number>;
}

/** From here on a signal cancels what runs, and the command waits until it was taken away. */
export function endInOrder(opened: Opened, context: CliContext): Stopping {
	let code: number | null = null;
	const asked = context.interrupted.then((given) => {
		code = given;
		context.linger(LINGER_MS);
		context.live(null);
		context.err(`rounds: ${say(backupWords, context.locale, 'stopping')}`);
		return given;
	});
	opened.endsItself();
	return {
		get code() {
			return code;
		},
		asked,
	};
}

/** Does one verb of a plan to its end. */
export async function runPlan(
	ask: {
		readonly plan: PlanPicture;
		readonly verb: BackupVerb;
		readonly args?: Readonly<Record<string, string>>;
		readonly confirmed?: string | null;
	},
	opened: Opened,
	context: CliContext,
	stopping: Stopping,
): Promise<PlanRun> {
	const { plan, verb, args = {}, confirmed = null } = ask;
	const run = { plan, verb, operation: null, refusal: null, copies: [], drill: null, tail: [] };
	const action = plan.actions[verb];
	if (action === undefined) {
		const why = verb === 'restore' ? 'cannot-restore' : 'no-such-action';
		return { ...run, refusal: { kind: 'refused', why, detail: { plan: plan.id, action: verb } } };
	}
	const carried = await carryOut({ action, args, confirmed }, opened, context, stopping);
	if (!carried.ok) return { ...run, refusal: carried.error };
	const { operation, tail } = carried.value;
	// A target that no longer answers must not hold up who wants to leave.
	if (stopping.code !== null) return { ...run, operation, tail };
	const found = await Promise.race([opened.engine.send('backup.copies', { plan: plan.id }), stopping.asked]);
	if (typeof found === 'number' || !found.ok) return { ...run, operation, tail };
	const { copies, drills } = found.value;
	const drill = verb === 'drill' ? (drills.find((one) => one.operation === operation.id) ?? null) : null;
	return { ...run, operation, tail, drill, copies: copies.filter((copy) => isTouched(copy, run, operation)) };
}

/** Whether an operation of this verb made the copy, or read it back. */
function isTouched(
	copy: CopyPicture,
	{ verb }: { readonly verb: BackupVerb },
	operation: Operation,
): boolean {
	const since = operation.startedAt;
	if (verb === 'backup') return copy.at >= since && copy.at <= (operation.endedAt ?? Infinity);
	if (verb === 'verify') return copy.verifiedAt !== null && copy.verifiedAt >= since;
	return verb === 'drill' && copy.provenAt !== null && copy.provenAt >= since;
}

interface Ended {
	readonly operation: Operation;
	readonly tail: readonly string[];
}

/** Starts an action, draws how far it is, and waits for its end; asked to stop, it cancels and still waits. */
async function carryOut(
	ask: {
		readonly action: ActionId;
		readonly args: Readonly<Record<string, string>>;
		readonly confirmed: string | null;
	},
	opened: Opened,
	context: CliContext,
	stopping: Stopping,
): Promise<Result<Ended, Refusal>> {
	const ends = new Map<OperationId, Ended>();
	let id: OperationId | null = null;
	let wake: () => void = () => {};
	const meter = drawProgress(context);
	const hear = (event: EngineEvent) => {
		if (event.kind !== 'operation') return;
		const { operation, tail, progress } = event;
		if (operation.state !== 'running') {
			ends.set(operation.id, { operation, tail });
			wake();
		} else if (operation.id === id && progress !== undefined && stopping.code === null) meter.draw(progress);
	};
	const stop = opened.on(hear);
	try {
		const started = await opened.engine.send('operation.start', {
			action: ask.action,
			step: null,
			confirmed: ask.confirmed,
			args: ask.args,
		});
		if (!started.ok) return started;
		const begun = started.value.operation.id;
		id = begun;
		let isEnded = false;
		void stopping.asked.then(() => {
			if (!isEnded) void opened.engine.send('operation.cancel', { operation: begun });
		});
		for (;;) {
			const ended = ends.get(begun);
			if (ended) {
				isEnded = true;
				return ok(ended);
			}
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	} finally {
		meter.end();
		stop();
	}
}

/** One line of progress, four times a second at most, the newest always drawn in the end. */
function drawProgress({ clock, live, locale }: CliContext): {
	draw(progress: ProgressPicture): void;
	end(): void;
} {
	let newest: ProgressPicture | null = null;
	let drawnAt = Number.NEGATIVE_INFINITY;
	let cancel: (() => void) | null = null;
	const show = () => {
		cancel = null;
		drawnAt = clock.monotonic();
		if (newest !== null) live(progressText(newest, locale));
	};
	return {
		draw(progress) {
			newest = progress;
			if (cancel !== null) return;
			const waits = drawnAt + DRAW_MS - clock.monotonic();
			if (waits <= 0) show();
			else cancel = clock.after(waits, show);
		},
		end() {
			cancel?.();
			live(null);
		},
	};
}

/** The plans of the system, looked up anew in their targets, or as they were told last. */
export async function findPlans(
	opened: Opened,
	context: CliContext,
	{ anew }: { readonly anew: boolean },
): Promise<Result<readonly PlanPicture[], Refusal>> {
	const told = opened.plans();
	if (!anew && told !== null) return ok(told);
	context.live(say(backupWords, context.locale, 'looking'));
	const looked = await opened.engine.send('backups.look', {});
	context.live(null);
	return looked.ok ? ok(looked.value.plans) : err(looked.error);
}
