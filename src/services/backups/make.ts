import { dirname, join } from 'node:path';
import type { BackupPlan, Manifest } from '../../domain/backup.ts';
import type { Sealed } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { reveal } from '../../domain/secret.ts';
import { formatValue, quantity } from '../../domain/value.ts';
import { bytesText, methodText, spanWords } from '../../i18n/backup.ts';
import { faultText } from '../../i18n/fault.ts';
import type { Copied } from '../../sources/define.ts';
import { type Catalog, kindOfTarget } from './catalog.ts';
import { partOf, sweepParts } from './leftover-parts.ts';
import type { BackupsParts, Work } from './parts.ts';
import { type Made, place, type Usable } from './place.ts';
import { kindOfSource } from './work.ts';

/** Tables that are named one by one. */
const MOST_NAMED = 6;

/**
 * One run of a plan: made aside, sealed, hashed, fsynced, then given its name in every target, its manifest beside it. What
 * failed leaves nothing under a copy's name. Fails when no target got it.
 */
export async function makeCopy(
	parts: BackupsParts,
	catalog: Catalog,
	work: Work,
	pinned: string | null,
): Promise<Result<Made, Fault>> {
	const { plan, run } = work;
	const source = kindOfSource(plan);
	const startedAt = parts.clock.now();
	const began = parts.clock.monotonic();
	const usable = await readyTargets(parts, work);
	if (!usable.ok) return usable;
	await sweepParts(parts, work);
	const near = around(catalog, plan);
	const { targets, warnings } = usable.value;

	const sealed = plan.compress !== 'none' || plan.encrypt !== null;
	const home = targets.find(({ target }) => kindOfTarget(target).local(target.options) !== null)?.target;
	const homeFolder = home === undefined ? null : kindOfTarget(home).local(home.options);
	const part = partOf(parts, plan);
	// Also where it is only sent from: far places call it so while it arrives.
	const nearby = join(homeFolder ?? run.folder, part);
	const raw = sealed ? join(run.folder, 'raw') : nearby;
	const room = await enoughRoom(parts, work, raw);
	if (!room.ok) return room;
	try {
		work.say('copying', { subject: source.subject(plan.options) });
		const copied = await source.copy(plan.options, raw, parts.sources, run, near);
		if (!copied.ok) return copied;
		const size = await parts.targets.folders.look(raw);
		sayCopied(work, parts, copied.value, size.ok ? (size.value?.bytes ?? 0) : 0);
		const closed = await seal(parts, work, raw, sealed ? nearby : null);
		if (!closed.ok) return closed;
		if (sealed) await parts.targets.folders.remove(raw);
		const manifest = manifestOf(parts, work, copied.value, closed.value, {
			startedAt,
			durationMs: Math.round(parts.clock.monotonic() - began),
			pinned,
			base: near.base?.name ?? null,
		});
		const placed = await place(parts, catalog, work, nearby, manifest, { targets, home });
		if (!placed.ok) return placed;
		return ok({
			...placed.value,
			warnings: [...warnings, ...copied.value.warnings, ...placed.value.warnings],
		});
	} finally {
		// Whatever has its name by now is no part any more.
		await parts.targets.folders.remove(nearby);
		if (sealed) await parts.targets.folders.remove(raw);
	}
}

/** Targets that can be written now; the others are told and left out. None: the first one's fault. */
async function readyTargets(
	parts: BackupsParts,
	work: Work,
): Promise<Result<{ readonly targets: readonly Usable[]; readonly warnings: readonly Fault[] }, Fault>> {
	const targets: Usable[] = [];
	const warnings: Fault[] = [];
	for (const target of work.plan.targets) {
		const kind = kindOfTarget(target);
		const ready = await kind.ready(target.options, parts.targets, work.run);
		if (ready.ok) {
			targets.push({ target, freeBytes: ready.value.freeBytes });
			continue;
		}
		warnings.push(ready.error);
		const where = kind.where(target.options);
		work.say('not-written', { where, why: faultText(ready.error, parts.locale) });
	}
	const [first] = warnings;
	return targets.length === 0 && first !== undefined ? err(first) : ok({ targets, warnings });
}

/** Told before anything is written, where it can be told: a full disk is found sooner, and nothing else suffers from it. */
async function enoughRoom(
	parts: BackupsParts,
	{ plan, run }: Work,
	raw: string,
): Promise<Result<void, Fault>> {
	const size = await kindOfSource(plan).size(plan.options, parts.sources, run);
	if (!size.ok) return size;
	if (size.value === null) return ok(undefined);
	const disk = await parts.targets.host.disk(dirname(raw));
	if (!disk.ok || disk.value.freeBytes >= size.value) return ok(undefined);
	return err(
		fault('disk-full', { path: dirname(raw), freeBytes: disk.value.freeBytes, neededBytes: size.value }),
	);
}

function around(catalog: Catalog, plan: BackupPlan): { previous: Manifest | null; base: Manifest | null } {
	const newest = (id: BackupPlan['id']) =>
		catalog.copies(id).find((copy) => copy.state === 'there')?.manifest ?? null;
	return { previous: newest(plan.id), base: plan.base === null ? null : newest(plan.base) };
}

function sayCopied(work: Work, parts: BackupsParts, copied: Copied, bytes: number): void {
	const { locale } = parts;
	const number = (count: number) => formatValue(quantity(count), locale);
	work.say('copied', { method: methodText(copied.method, locale), bytes: bytesText(bytes, locale) });
	const waited = copied.facts['longestLockMs'];
	if (typeof waited === 'number') work.say('copied-wait', { time: spanWords(waited, locale) });
	if (copied.rows !== null) {
		const counts = Object.entries(copied.rows);
		const what = counts.map(([name, rows]) => `${name} ${number(rows)}`).join(' · ');
		const all = counts.reduce((sum, [, rows]) => sum + rows, 0);
		if (counts.length <= MOST_NAMED) work.say('rows', { what });
		else work.say('rows-many', { count: number(all), tables: counts.length });
	}
	for (const [name, value] of Object.entries(copied.sums ?? {})) work.say('sum', { name, value });
	for (const warning of copied.warnings) work.say('warning', { text: faultText(warning, locale) });
}

async function seal(
	parts: BackupsParts,
	work: Work,
	from: string,
	to: string | null,
): Promise<Result<Sealed, Fault>> {
	const { compress, encrypt } = work.plan;
	const closed = await parts.sources.heavy.seal(
		{
			from,
			to,
			compress,
			encrypt:
				encrypt === null
					? null
					: {
							recipients: encrypt.recipients,
							passphrase: encrypt.passphrase === null ? null : reveal(encrypt.passphrase),
						},
		},
		work.run,
		work.run.onProgress,
	);
	if (!closed.ok) return closed;
	const { bytes, plainBytes, sha256 } = closed.value;
	const size = (count: number) => bytesText(count, parts.locale);
	if (to !== null) work.say('sealed', { from: size(plainBytes), to: size(bytes) });
	work.say('hashed', { hash: sha256 });
	return closed;
}

function manifestOf(
	parts: BackupsParts,
	{ plan, by }: Work,
	copied: Copied,
	closed: Sealed,
	more: {
		readonly startedAt: number;
		readonly durationMs: number;
		readonly pinned: string | null;
		readonly base: string | null;
	},
): Manifest {
	const { system, environment } = parts.system();
	const encrypted =
		plan.encrypt === null ? 'no' : plan.encrypt.passphrase === null ? 'recipients' : 'passphrase';
	return {
		format: 1,
		program: `rounds ${parts.version}`,
		system,
		environment: environment.name,
		host: parts.host,
		plan: plan.id,
		source: plan.source,
		subject: kindOfSource(plan).subject(plan.options),
		name: '',
		by,
		startedAt: new Date(more.startedAt).toISOString(),
		asOf: new Date(copied.asOf).toISOString(),
		durationMs: more.durationMs,
		bytes: closed.bytes,
		sha256: closed.sha256,
		plainBytes: closed.plainBytes,
		plainSha256: closed.plainSha256,
		compress: plan.compress,
		encrypted,
		method: copied.method,
		versions: copied.versions,
		rows: copied.rows,
		sums: copied.sums,
		facts: copied.facts,
		pinned: more.pinned,
		base: more.base,
	};
}
