import { type BackupPlan, type Copy, PINNED_BY_RESTORE } from '../../domain/backup.ts';
import type { RestorePreview } from '../../domain/backup-picture.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import type { ActionId } from '../../domain/ids.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Limits } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isAhead } from '../../domain/retention.ts';
import { clean } from '../../domain/text.ts';
import { quantity } from '../../domain/value.ts';
import { faultText } from '../../i18n/fault.ts';
import type { OpenedCopy, Replaced, Restoring } from '../../sources/define.ts';
import type { Catalog } from './catalog.ts';
import { copyPicture } from './copy-picture.ts';
import { makeCopy } from './make.ts';
import { findCopy, incrementsOf, levelOfTrouble, openCopy } from './open-copy.ts';
import type { BackupsParts, Work } from './parts.ts';
import { askProofs, isProven } from './proofs.ts';
import { notWhole } from './verify.ts';
import { failed, kindOfSource, type Outcome } from './work.ts';

/** How long a second operator has to agree. */
export const SECOND_MS = 30 * 60_000;

/** Whether a request still waits for a second operator; one that a wrong clock dated ahead waits for nobody. */
export function isRecent(at: number, now: number): boolean {
	return now - at <= SECOND_MS && !isAhead(at, now);
}

/**
 * The restore for real. In this order: the copy is read and held against its manifest; a safety copy of what is there is made;
 * the services are stopped; what is there is swapped against the copy and set aside whole; the services are started; the plan's
 * checks are asked about what stands there now. Whatever fails after the swap leads back to what was there.
 */
export async function restoreCopy(parts: BackupsParts, catalog: Catalog, work: Work): Promise<Outcome> {
	const { plan, run, args } = work;
	const source = kindOfSource(plan);
	const { restoring } = source;
	if (restoring === null || restoring.possible?.(plan.options) === false)
		return failed(fault('not-restorable', { what: source.subject(plan.options) }), 'unknown');
	await catalog.look(plan, run);
	const found = findCopy(catalog, plan, args, run.now);
	if (!found.ok) return failed(found.error);
	const { copy } = found.value;
	// What can only be drilled is said before a safety copy is made or a service stopped; what else cannot be seen now may be why
	// somebody restores.
	const standing = await restoring.look(plan.options, parts.sources, run);
	if (!standing.ok && standing.error.code === 'not-restorable')
		return withLine(work, failed(standing.error, 'unknown'));
	if (args['askedBy'] !== undefined)
		work.say('asked', { by: args['askedBy'], time: args['askedAt'] ?? '', second: work.by });
	const began = parts.clock.monotonic();
	const opened = await openCopy(parts, catalog, work, found.value);
	if (!opened.ok) return withLine(work, failed(opened.error, levelOfTrouble(opened.error)));
	const whole = await source.verify(plan.options, opened.value, parts.sources, run);
	if (!whole.ok) return withLine(work, notWhole(catalog, work, copy, whole.error));
	const safety = await makeSafetyCopy(parts, catalog, work);
	if (!safety.ok) return withLine(work, failed(safety.error));
	if (run.signal.aborted) return withLine(work, failed(fault('cancelled'), 'unknown'));
	const swapped = await swap(parts, work, restoring, opened.value);
	// Heard or not, a cancel is no reason any more from here on: what became of it is said.
	if (!swapped.ok) return { ...failed(swapped.error), unheeded: true };
	if (swapped.value.why !== null) return { ...failed(swapped.value.why), unheeded: true };
	await forget(parts, work, restoring, swapped.value.replaced, safety.value);
	work.say('restore-done', { place: restoring.live(plan.options).shown, name: copy.name });
	return {
		level: 'ok',
		samples: { rto: quantity(Math.round(parts.clock.monotonic() - began), 'ms') },
		files: safety.value === null ? [] : safety.value.files,
		fault: null,
	};
}

function withLine(work: Work, outcome: Outcome): Outcome {
	work.say('not-restored');
	return outcome;
}

interface Safety {
	readonly name: string;
	readonly files: readonly string[];
}

/**
 * A pinned copy of what is there now. What is broken may not let itself be copied in order: then it is set aside whole by the
 * swap, and that is said. Without room nothing goes on.
 */
async function makeSafetyCopy(
	parts: BackupsParts,
	catalog: Catalog,
	work: Work,
): Promise<Result<Safety | null, Fault>> {
	const made = await makeCopy(parts, catalog, work, PINNED_BY_RESTORE);
	if (made.ok) {
		const { name } = made.value.manifest;
		work.say('safety', { name });
		return ok({ name, files: made.value.files });
	}
	if (['disk-full', 'cancelled', 'timeout'].includes(made.error.code)) return made;
	work.say('safety-failed', { text: faultText(made.error, parts.locale) });
	return ok(null);
}

interface Swapped {
	readonly replaced: Replaced | null;
	/** Why the way back was taken; null: it was not. */
	readonly why: Fault | null;
}

/** Stop, swap, start, prove; and the way back. Once the swap has begun a cancel is heard only after it. */
async function swap(
	parts: BackupsParts,
	work: Work,
	restoring: Restoring<unknown>,
	copy: OpenedCopy,
): Promise<Result<Swapped, Fault>> {
	const { plan } = work;
	const { shown } = restoring.live(plan.options);
	// Nobody may stop half way between what was and what will be.
	const steady = { ...work.run, signal: new AbortController().signal };
	const stopped = await runActions(parts, work, plan.restore.stop, 'stopping');
	if (!stopped.ok) {
		await runActions(parts, work, plan.restore.start, 'starting');
		work.say('not-restored');
		return stopped;
	}
	parts.onActivity('restore.replacing', { plan: plan.id, copy: copy.manifest.name });
	work.say('replacing', { name: copy.manifest.name, place: shown });
	steady.onProgress({ phase: 'restore', done: 0, total: null, unit: 'steps' });
	const replaced = await restoring.replace(plan.options, copy, parts.sources, steady);
	if (!replaced.ok) {
		await runActions(parts, work, plan.restore.start, 'starting');
		work.say('not-restored');
		return replaced;
	}
	const { aside } = replaced.value;
	if (aside !== null) work.say('aside', { aside });
	const started = await runActions(parts, work, plan.restore.start, 'starting');
	const why = started.ok ? await proveLive(parts, work, restoring, copy) : started.error;
	if (why === null) return ok({ replaced: replaced.value, why: null });
	work.sayFault(why);
	work.say('way-back');
	await goBack(parts, work, restoring, aside);
	return ok({ replaced: replaced.value, why });
}

async function goBack(
	parts: BackupsParts,
	work: Work,
	restoring: Restoring<unknown>,
	aside: string | null,
): Promise<void> {
	const { plan } = work;
	const deadline = parts.clock.monotonic() + plan.timeoutMs;
	const steady = { ...work.run, deadline, signal: new AbortController().signal };
	await runActions(parts, work, plan.restore.stop, 'stopping');
	if (aside === null) work.say('nothing-back', { place: restoring.live(plan.options).shown });
	else {
		const back = await restoring.putBack(plan.options, aside, parts.sources, steady);
		if (back.ok) work.say('put-back');
		else work.say('not-put-back', { text: faultText(back.error, parts.locale), aside });
	}
	await runActions(parts, work, plan.restore.start, 'starting');
}

/** The services' own control: actions of the configuration, each with its own output in the activity of this operation. */
async function runActions(
	parts: BackupsParts,
	work: Work,
	actions: readonly ActionId[],
	line: 'stopping' | 'starting',
): Promise<Result<void, Fault>> {
	let worst: Fault | null = null;
	for (const id of actions) {
		const action = parts.system().actions.find((one) => one.id === id);
		const title = action === undefined ? id : ownText(action.title, parts.locale);
		work.say(line, { title });
		const ended = await parts.runAction(id, work.operation);
		if (ended?.level === 'ok' || ended?.level === 'warning') continue;
		work.say('action-failed', { title });
		worst ??= fault('action-failed', { title });
		// What cannot be stopped must not be pulled away from under it; what cannot be started does not keep the others down.
		if (line === 'stopping') break;
	}
	return worst === null ? ok(undefined) : err(worst);
}

/** The plan's checks, asked about what stands there now. */
async function proveLive(
	parts: BackupsParts,
	work: Work,
	restoring: Restoring<unknown>,
	copy: OpenedCopy,
): Promise<Fault | null> {
	const { plan } = work;
	work.say('proving');
	work.run.onProgress({ phase: 'prove', done: 0, total: null, unit: 'steps' });
	const signal = new AbortController().signal;
	const asOf = Date.parse(copy.increments.at(-1)?.manifest.asOf ?? copy.manifest.asOf);
	const evidence = await askProofs(parts, plan, restoring.live(plan.options).restored, asOf, signal);
	for (const { name, found, level } of evidence)
		work.say('proof-ok', { name, found: found === '' ? level : found });
	const bad = evidence.find(({ level }) => level === 'critical' || level === 'unknown');
	return isProven(evidence) || bad === undefined ? null : fault('proof-failed', { name: bad.name });
}

/** What was set aside goes only when a safety copy holds the same. */
async function forget(
	parts: BackupsParts,
	work: Work,
	restoring: Restoring<unknown>,
	replaced: Replaced | null,
	safety: Safety | null,
): Promise<void> {
	const aside = replaced?.aside ?? null;
	if (aside === null || safety === null) return;
	const gone = await restoring.forget(work.plan.options, aside, parts.sources, work.run);
	if (gone.ok) work.say('forgotten', { name: safety.name });
}

/** What a restore would do, for whoever has to agree to it. */
export async function previewRestore(
	parts: BackupsParts,
	catalog: Catalog,
	plan: BackupPlan,
	chosen: Copy,
	limits: Limits & { readonly folder: string },
): Promise<Result<RestorePreview, Fault>> {
	const source = kindOfSource(plan);
	const { restoring } = source;
	if (restoring === null || restoring.possible?.(plan.options) === false)
		return err(fault('not-restorable', { what: source.subject(plan.options) }));
	const system = parts.system();
	const now = parts.clock.now();
	const run = { ...limits, now, zone: system.timezone, onProgress: () => {}, onLine: () => {} };
	const standing = await restoring.look(plan.options, parts.sources, run);
	const increments = incrementsOf(catalog, system.backups, chosen).map(({ found }) =>
		copyPicture(found.copy),
	);
	// Tables may be called like anything, also like what every object has.
	const rowsNow = new Map(Object.entries((standing.ok ? standing.value.rows : null) ?? {}));
	const rowsThen = new Map(Object.entries(chosen.manifest.rows ?? {}));
	const tables = [...new Set([...rowsNow.keys(), ...rowsThen.keys()])].sort();
	const asked = parts.store.restoreRequest(plan.id);
	const request = asked.ok ? asked.value : null;
	const isFresh = request !== null && isRecent(request.at, now) && request.copy === chosen.name;
	const titles = (ids: readonly ActionId[]) =>
		ids.map((id) => system.actions.find((action) => action.id === id)?.title ?? id);
	return ok({
		plan: plan.id,
		copy: copyPicture(chosen),
		increments,
		place: restoring.live(plan.options).shown,
		exists: standing.ok && standing.value.exists,
		facts: standing.ok ? standing.value.facts : {},
		rows:
			tables.length === 0
				? null
				: tables.map((name) => ({
						name: clean(name, { max: 200 }),
						now: rowsNow.get(name) ?? null,
						copy: rowsThen.get(name) ?? null,
					})),
		losesMs: Math.max(0, now - (increments.at(-1)?.at ?? chosen.at)),
		stops: titles(plan.restore.stop),
		starts: titles(plan.restore.start),
		proves: plan.prove,
		warn: plan.restore.warn,
		provenAt: chosen.provenAt,
		second: {
			needed: plan.restore.second,
			askedBy: isFresh ? request.by : null,
			askedAt: isFresh ? request.at : null,
		},
		guard: system.environment.guard === 'typed' ? 'typed' : 'confirm',
		environment: system.environment.name,
		faults: standing.ok ? [] : [standing.error],
	});
}
