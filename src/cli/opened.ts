import type { PlanPicture } from '../domain/backup-picture.ts';
import type { Engine, EngineEvent } from '../domain/engine.ts';
import type { CheckPicture, ConfigProblem, StoragePicture, SystemFace } from '../domain/picture.ts';
import { faultText } from '../i18n/fault.ts';
import { say } from '../i18n/messages.ts';
import { type CliContext, EXIT, type OpenFailure, type OpenWishes } from './command.ts';
import { cliWords } from './words.ts';

/** An engine with what it has told so far. */
export interface Opened {
	readonly engine: Engine;
	readonly face: SystemFace;
	/** By check id, kept up to date. */
	readonly pictures: ReadonlyMap<string, CheckPicture>;
	/** As they were told last; null where nothing was told of them yet. */
	plans(): readonly PlanPicture[] | null;
	/** Hears events from now on. */
	on(listener: (event: EngineEvent) => void): () => void;
	/** From now on the command ends by itself when it is interrupted: it has something to take away first. */
	endsItself(): void;
}

/** Opens the engine for one command, runs it, and closes in order; a failure to open is said and becomes the exit code. */
export async function withEngine(
	context: CliContext,
	wishes: OpenWishes,
	run: (opened: Opened) => Promise<number>,
): Promise<number> {
	const found = await context.openEngine(wishes);
	if (!found.ok) return sayFailure(context, found.error);
	const engine = found.value;
	let face: SystemFace | null = null;
	let storage: StoragePicture | null = null;
	let plans: readonly PlanPicture[] | null = null;
	let endsItself = false;
	const pictures = new Map<string, CheckPicture>();
	const listeners = new Set<(event: EngineEvent) => void>();
	const stop = engine.subscribe((event) => {
		if (event.kind === 'system') face = event.face;
		if (event.kind === 'storage') storage = event.storage;
		if (event.kind === 'picture' || event.kind === 'recorded') {
			for (const check of event.checks) pictures.set(check.id, check);
		}
		if (event.kind === 'backups') plans = event.plans;
		for (const listener of listeners) listener(event);
	});
	let code: number;
	try {
		if (face === null) throw new Error('the engine told no system');
		const work = run({
			engine,
			face,
			pictures,
			plans: () => plans,
			endsItself() {
				endsItself = true;
			},
			on(listener) {
				listeners.add(listener);
				return () => listeners.delete(listener);
			},
		});
		// Asked to end: what runs is ended with us by closing in order, not left behind.
		const interrupted = context.interrupted.then((asked) => (endsItself ? work : asked));
		code = await Promise.race([work, interrupted]);
	} finally {
		context.live(null);
		await engine.close();
		stop();
	}
	return storage === null ? code : sayUnsaved(context, storage, code);
}

/** What was found out and is on no disk: whoever reads the exit code must not take it for recorded. */
function sayUnsaved({ err, locale }: CliContext, { unsaved, fault }: StoragePicture, code: number): number {
	if (unsaved === 0) return code;
	const why = fault === null ? '' : `${say(cliWords, locale, 'colon')}${faultText(fault, locale)}`;
	err(`rounds: ${say(cliWords, locale, 'unsaved', { count: unsaved })}${why}`);
	return EXIT.storage;
}

export function sayFailure(context: Pick<CliContext, 'err' | 'locale'>, failure: OpenFailure): number {
	if (failure.kind === 'missing') {
		context.err(`rounds: ${failure.sentence}`);
		return EXIT.config;
	}
	if (failure.kind === 'storage') {
		context.err(`rounds: ${faultText(failure.fault, context.locale)}`);
		return failure.fault.code === 'storage-busy' ? EXIT.locked : EXIT.storage;
	}
	for (const problem of failure.problems) sayProblem(problem, context);
	return EXIT.config;
}

/** A problem as people read it: place, sentence, the line with its caret, and what to try. */
function sayProblem(
	{ file, line, column, message, excerpt, hint }: ConfigProblem,
	{ err }: Pick<CliContext, 'err'>,
): void {
	err(`${file}:${line}:${column}: ${message}`);
	for (const text of excerpt?.split('\n') ?? []) err(text);
	if (hint !== null) err(`  ${hint}`);
}
