import type { BackupPlan, Drill, DrillEvidence, Manifest } from '../../domain/backup.ts';
import type { RestorePlace } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { judge } from '../../domain/judge.ts';
import { type Level, worstLevel } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { Samples } from '../../domain/reading.ts';
import { quantity, readQuantity } from '../../domain/value.ts';
import { spanWords } from '../../i18n/backup.ts';
import { faultText } from '../../i18n/fault.ts';
import { levelWord } from '../../i18n/levels.ts';
import { dateText } from '../../i18n/times.ts';
import type { Measured, OpenedCopy, Restoring, Scratch } from '../../sources/define.ts';
import { reasonLine } from '../records/reason-line.ts';
import type { Catalog } from './catalog.ts';
import { isLivePlace } from './live-place.ts';
import { findCopy, levelOfTrouble, openCopy, rememberDamage } from './open-copy.ts';
import type { BackupsParts, Found, Work } from './parts.ts';
import { askProofs, isProven } from './proofs.ts';
import { failed, kindOfSource, type Outcome } from './work.ts';

/**
 * A rehearsed restore: into an empty place, held against the manifest and the plan's checks, timed. First the same checks are
 * asked about the empty place: if they pass there too, the drill could not have failed and proves nothing.
 */
export async function drillCopy(parts: BackupsParts, catalog: Catalog, work: Work): Promise<Outcome> {
	const { plan, run } = work;
	const source = kindOfSource(plan);
	const { restoring } = source;
	if (restoring === null || restoring.possible?.(plan.options) === false)
		return failed(fault('not-restorable', { what: source.subject(plan.options) }), 'unknown');
	await catalog.look(plan, run);
	const found = findCopy(catalog, plan, work.args, run.now);
	if (!found.ok) return failed(found.error);
	const startedAt = parts.clock.now();
	const { manifest } = found.value.copy;
	const scratch = await restoring.scratch(plan.options, plan.drill.into, parts.sources, run);
	if (!scratch.ok) return failed(scratch.error);
	const { place } = scratch.value;
	if (isLivePlace(place)) return failed(fault('not-empty', { place: place.shown }), 'unknown');
	work.say('scratch', { place: place.shown });
	try {
		const control = await controlOf(parts, plan, restoring, place, manifest, work);
		const began = parts.clock.monotonic();
		const opened = await openCopy(parts, catalog, work, found.value);
		// Somebody ended it: it says nothing about the copy.
		if (run.signal.aborted) return failed(fault('cancelled'), 'unknown');
		if (!opened.ok) {
			const level = levelOfTrouble(opened.error);
			await keepDrill(parts, work, found.value, { startedAt, level, couldFail: control.couldFail });
			return failed(opened.error, level);
		}
		const restored = await rehearse(parts, work, restoring, opened.value, place, began);
		if (run.signal.aborted) return failed(fault('cancelled'), 'unknown');
		if (restored.fault !== null) rememberDamage(catalog, work, found.value.copy, restored.fault);
		const rtoMs = Math.round(parts.clock.monotonic() - began);
		const asOf = Date.parse(opened.value.increments.at(-1)?.manifest.asOf ?? manifest.asOf);
		const rpoMs = Math.max(0, startedAt - asOf);
		const evidence = [...control.evidence, ...restored.evidence];
		const judged = judgeDrill(parts, plan, { rtoMs, rpoMs, manifest, measured: restored.measured });
		evidence.push(...judged.evidence);
		const level = drillLevel(evidence, control.couldFail, restored.fault);
		const span = (ms: number) => spanWords(ms, parts.locale);
		for (const one of evidence) sayEvidence(work, one, parts.locale);
		work.say('measured', { rto: span(rtoMs), rpo: span(rpoMs) });
		const drill = await keepDrill(parts, work, found.value, {
			startedAt,
			level,
			couldFail: control.couldFail,
			rtoMs,
			rpoMs,
			evidence,
		});
		const isGood = (level === 'ok' || level === 'warning') && control.couldFail;
		const unmarked = isGood ? await markProven(catalog, work, found.value, drill) : null;
		if (plan.drill.everyMs !== null)
			work.say('drill-due', { date: dateText(drill.endedAt + plan.drill.everyMs, run.zone) });
		return { level, samples: judged.samples, files: [], fault: restored.fault ?? unmarked };
	} finally {
		await dispose(parts, scratch.value, work);
	}
}

async function dispose(parts: BackupsParts, scratch: Scratch, work: Work): Promise<void> {
	work.run.onProgress({ phase: 'clean', done: 0, total: null, unit: 'steps' });
	const gone = await scratch.dispose();
	const place = scratch.place.shown;
	if (gone.ok) work.say('cleaned', { place });
	else work.say('not-cleaned', { place, text: faultText(gone.error, parts.locale) });
}

/** What the checks say of the empty place. They must not pass there. */
async function controlOf(
	parts: BackupsParts,
	plan: BackupPlan,
	restoring: Restoring<unknown>,
	place: RestorePlace,
	manifest: Manifest,
	work: Work,
): Promise<{ readonly couldFail: boolean; readonly evidence: readonly DrillEvidence[] }> {
	const asked = await askProofs(parts, plan, place.restored, Date.parse(manifest.asOf), work.run.signal);
	const measured = await restoring.measure(plan.options, place, parts.sources, work.run);
	const held = measured.ok ? compareMeasured(manifest, measured.value) : [];
	// Nothing at all to hold against it, or nothing that an empty place would not satisfy as well.
	const couldFail = !measured.ok || !isProven([...asked, ...held]);
	const isNone = plan.prove.length === 0 && held.length === 0 && measured.ok;
	work.say(couldFail ? 'control-failed' : isNone ? 'control-none' : 'control-passed');
	const level: Level = couldFail ? 'ok' : 'warning';
	return { couldFail, evidence: [{ kind: 'control', name: 'empty', level, expected: '', found: '' }] };
}

interface Rehearsed {
	readonly evidence: readonly DrillEvidence[];
	readonly measured: Measured | null;
	readonly fault: Fault | null;
}

async function rehearse(
	parts: BackupsParts,
	work: Work,
	restoring: Restoring<unknown>,
	copy: OpenedCopy,
	place: RestorePlace,
	began: number,
): Promise<Rehearsed> {
	const { plan, run } = work;
	const stopped = (why: Fault): Rehearsed => ({ evidence: [], measured: null, fault: why });
	run.onProgress({ phase: 'restore', done: 0, total: null, unit: 'steps' });
	const restored = await restoring.restore(plan.options, copy, place, parts.sources, run);
	if (!restored.ok) return stopped(restored.error);
	work.say('restored', { time: spanWords(parts.clock.monotonic() - began, parts.locale) });
	run.onProgress({ phase: 'prove', done: 0, total: null, unit: 'steps' });
	// Counted before masking: masks change what is held against the manifest.
	const measured = await restoring.measure(plan.options, place, parts.sources, run);
	if (!measured.ok) return stopped(measured.error);
	// Increments bring more than the base's manifest knows.
	const held = copy.increments.length > 0 ? [] : compareMeasured(copy.manifest, measured.value);
	const { mask } = plan.drill;
	if (mask.length > 0) {
		const masked = await restoring.mask?.(plan.options, place, mask, parts.sources, run);
		if (masked !== undefined && !masked.ok) return stopped(masked.error);
		work.say('masked', { count: mask.length });
	}
	const asOf = Date.parse(copy.increments.at(-1)?.manifest.asOf ?? copy.manifest.asOf);
	const asked = await askProofs(parts, plan, place.restored, asOf, run.signal);
	if (run.signal.aborted) return stopped(fault('cancelled'));
	return { evidence: [...held, ...asked], measured: measured.value, fault: null };
}

/** Rows by table and sums, exactly as the manifest has them. */
export function compareMeasured(manifest: Manifest, measured: Measured): readonly DrillEvidence[] {
	const compare = (
		kind: 'rows' | 'sum',
		wanted: Readonly<Record<string, string | number>> | null,
		found: Readonly<Record<string, string | number>>,
	) =>
		Object.entries(wanted ?? {}).map(([name, expected]): DrillEvidence => {
			const there = Object.hasOwn(found, name) ? found[name] : undefined;
			const level: Level = String(there) === String(expected) ? 'ok' : 'critical';
			return {
				kind,
				name,
				level,
				expected: String(expected),
				found: there === undefined ? '' : String(there),
			};
		});
	return [...compare('rows', manifest.rows, measured.rows), ...compare('sum', manifest.sums, measured.sums)];
}

/** The drill's own conditions over what was measured. */
function judgeDrill(
	parts: BackupsParts,
	plan: BackupPlan,
	{
		rtoMs,
		rpoMs,
		manifest,
		measured,
	}: {
		readonly rtoMs: number;
		readonly rpoMs: number;
		readonly manifest: Manifest;
		readonly measured: Measured | null;
	},
): { readonly samples: Samples; readonly evidence: readonly DrillEvidence[] } {
	const samples: Record<string, Samples[string]> = {
		rto: quantity(rtoMs, 'ms'),
		rpo: quantity(rpoMs, 'ms'),
		bytes: quantity(manifest.bytes, 'bytes'),
	};
	const all: Record<string, Samples[string]> = { ...samples };
	for (const [name, rows] of Object.entries(measured?.rows ?? {})) all[`rows.${name}`] = quantity(rows);
	for (const [name, sum] of Object.entries(measured?.sums ?? {}))
		all[`sum.${name}`] = readQuantity(sum) ?? sum;
	const { must, should } = plan.drill;
	const { verdict } = judge(
		{ ok: true, value: { samples: all } },
		{ must, should, show: [] },
		{ now: parts.clock.now(), latest: () => undefined, baseline: () => undefined, window: () => [] },
	);
	const evidence = verdict.reasons.map((reason): DrillEvidence => {
		const level =
			reason.kind !== 'condition'
				? 'unknown'
				: reason.outcome.holds === null
					? 'unknown'
					: reason.severity === 'must'
						? 'critical'
						: 'warning';
		return { kind: 'condition', name: 'drill', level, expected: '', found: reasonLine(reason, parts.locale) };
	});
	return { samples, evidence };
}

/** A drill that could not have failed is never ok. */
function drillLevel(evidence: readonly DrillEvidence[], couldFail: boolean, why: Fault | null): Level {
	if (why !== null) return 'critical';
	const worst = worstLevel(evidence.map(({ level }) => level));
	return worst === 'ok' && !couldFail ? 'warning' : worst;
}

function sayEvidence(
	work: Work,
	{ kind, name, level, expected, found }: DrillEvidence,
	locale: Locale,
): void {
	if (kind === 'control') return;
	if (kind === 'check' || kind === 'condition') {
		work.say('proof-ok', { name, found: found === '' ? levelWord(level, locale) : found });
		return;
	}
	const values = { name, expected, found: found === '' ? '–' : found };
	work.say(level === 'ok' ? `${kind}-ok` : `${kind}-bad`, values);
}

async function keepDrill(
	parts: BackupsParts,
	work: Work,
	{ copy, target }: Found,
	said: Pick<Drill, 'startedAt' | 'level' | 'couldFail'> &
		Partial<Pick<Drill, 'rtoMs' | 'rpoMs' | 'evidence'>>,
): Promise<Drill> {
	const drill: Omit<Drill, 'id'> = {
		plan: work.plan.id,
		copy: copy.name,
		target: target.name,
		by: work.by,
		endedAt: parts.clock.now(),
		rtoMs: 0,
		rpoMs: 0,
		evidence: [],
		operation: work.operation,
		...said,
	};
	const stored = parts.keep(() => parts.store.addDrill(drill));
	return stored.ok ? stored.value : { ...drill, id: 0 };
}

/** Proven wherever the copy lies: every target's manifest says so. */
async function markProven(
	catalog: Catalog,
	{ plan, by, run }: Work,
	{ copy }: Found,
	drill: Drill,
): Promise<Fault | null> {
	const proof = {
		at: new Date(drill.endedAt).toISOString(),
		by,
		rtoMs: drill.rtoMs,
		rpoMs: drill.rpoMs,
		checks: [...plan.prove],
	};
	let worst: Fault | null = null;
	for (const same of catalog.copies(plan.id)) {
		if (same.name !== copy.name || same.manifest.sha256 !== copy.manifest.sha256 || same.state !== 'there')
			continue;
		const manifest = { ...same.manifest, verifiedAt: proof.at, proof };
		const written = await catalog.rewrite(same, manifest, plan, run);
		if (!written.ok) worst ??= written.error;
	}
	return worst;
}
