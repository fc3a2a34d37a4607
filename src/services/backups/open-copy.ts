import { join } from 'node:path';
import { type BackupPlan, type Copy, isRegular, type TargetDefinition } from '../../domain/backup.ts';
import { type Fault, type FaultCode, fault } from '../../domain/fault.ts';
import type { Level } from '../../domain/level.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { newestFirst } from '../../domain/retention.ts';
import { reveal } from '../../domain/secret.ts';
import { bytesText } from '../../i18n/backup.ts';
import type { OpenedCopy } from '../../sources/define.ts';
import { type Catalog, kindOfTarget } from './catalog.ts';
import type { BackupsParts, Found, Work } from './parts.ts';

/** These say that the copy itself is bad; everything else says that we could not look. */
const DAMAGE: readonly FaultCode[] = [
	'copy-damaged',
	'copy-incomplete',
	'archive-unsafe',
	'database-corrupt',
	'not-a-database',
];

/** The copy a verb is about: the one named, else the newest that is there; of the first target that has it. */
export function findCopy(
	catalog: Catalog,
	plan: BackupPlan,
	args: Readonly<Record<string, string>>,
	now: number,
): Result<Found, Fault> {
	const { copy: name, target: wanted } = args;
	const there = catalog
		.copies(plan.id)
		.filter((copy) => wanted === undefined || copy.target === wanted)
		.filter((copy) => copy.state === 'there' || (copy.state === 'damaged' && name !== undefined))
		.filter((copy) => (name === undefined ? isRegular(copy) : copy.name === name));
	const newest = newestFirst(there, now)[0]?.name;
	// Whole ones first: damaged in one target, it may be sound in the next.
	for (const state of ['there', 'damaged'] as const)
		for (const target of plan.targets) {
			const copy = there.find(
				(one) => one.target === target.name && one.name === newest && one.state === state,
			);
			if (copy !== undefined) return ok({ copy, target });
		}
	return err(fault('no-copy', name === undefined ? {} : { name }));
}

/** Increments that continue a copy, oldest first, each with its plan and target. */
export function incrementsOf(
	catalog: Catalog,
	plans: readonly BackupPlan[],
	base: Copy,
): readonly { readonly plan: BackupPlan; readonly found: Found }[] {
	return plans
		.filter((plan) => plan.base === base.plan)
		.flatMap((plan) => {
			const names = new Set<string>();
			return catalog
				.copies(plan.id)
				.filter((copy) => copy.state === 'there' && copy.at >= base.at)
				.flatMap((copy) => {
					const target = plan.targets.find(({ name }) => name === copy.target);
					if (target === undefined || names.has(copy.name)) return [];
					names.add(copy.name);
					return [{ plan, found: { copy, target } }];
				});
		})
		.sort((a, b) => a.found.copy.at - b.found.copy.at);
}

/** Brings a copy here, holds its hash against its manifest, decrypts and decompresses it into the run's folder. */
export async function openCopy(
	parts: BackupsParts,
	catalog: Catalog,
	work: Work,
	found: Found,
): Promise<Result<OpenedCopy, Fault>> {
	const opened = await openOne(parts, work, work.plan, found, 'opened');
	if (!opened.ok) return refusedBy(catalog, work, found.copy, opened.error);
	const increments: OpenedCopy['increments'][number][] = [];
	for (const [index, { plan, found: next }] of incrementsOf(
		catalog,
		parts.system().backups,
		found.copy,
	).entries()) {
		work.say('increment', { name: next.copy.name });
		const one = await openOne(parts, work, plan, next, `increment-${index}`);
		if (!one.ok) return refusedBy(catalog, work, next.copy, one.error);
		increments.push({ file: one.value, manifest: next.copy.manifest });
	}
	return ok({ file: opened.value, manifest: found.copy.manifest, increments });
}

function refusedBy(catalog: Catalog, work: Work, copy: Copy, why: Fault): Result<never, Fault> {
	rememberDamage(catalog, work, copy, why);
	return err(why);
}

/** What it comes to when a copy could not be read back: bad, or only not known to be good. */
export function levelOfTrouble({ code }: Fault): Level {
	return DAMAGE.includes(code) || code === 'wrong-key' ? 'critical' : 'unknown';
}

/** Remembers damage of this one copy, if that is what it is; the copy itself is never touched for it. */
export function rememberDamage(catalog: Catalog, work: Work, copy: Copy, why: Fault): void {
	if (!DAMAGE.includes(why.code)) return;
	catalog.put([{ ...copy, state: 'damaged' }]);
	work.say('damaged', { name: copy.name });
}

async function openOne(
	parts: BackupsParts,
	work: Work,
	plan: BackupPlan,
	{ copy, target }: Found,
	as: string,
): Promise<Result<string, Fault>> {
	const { run } = work;
	work.say('opening', { name: copy.name, where: kindOfTarget(target).where(target.options) });
	const isFar = kindOfTarget(target).local(target.options) === null;
	// Before anything is fetched: a disk that is filled first harms others too.
	const neededBytes = copy.manifest.plainBytes + (isFar ? copy.bytes : 0);
	const room = await parts.targets.host.disk(run.folder);
	if (room.ok && room.value.freeBytes < neededBytes)
		return err(fault('disk-full', { path: run.folder, freeBytes: room.value.freeBytes, neededBytes }));
	const from = await bringHere(parts, work, { copy, target }, as);
	if (!from.ok) return from;
	const to = join(run.folder, as);
	const identity = plan.encrypt?.identity ?? null;
	const passphrase = plan.encrypt?.passphrase ?? null;
	const opened = await parts.sources.heavy.open(
		{
			from: from.value,
			to,
			manifest: copy.manifest,
			identity: identity === null ? null : reveal(identity),
			passphrase: passphrase === null ? null : reveal(passphrase),
		},
		run,
		run.onProgress,
	);
	if (!opened.ok) return err({ ...opened.error, detail: { ...opened.error.detail, name: copy.name } });
	work.say('opened', { bytes: bytesText(opened.value.bytes, parts.locale) });
	return ok(to);
}

/** A copy in a folder of this machine is read where it lies; from anywhere else it is fetched first. */
async function bringHere(
	parts: BackupsParts,
	{ run }: Work,
	{ copy, target }: { readonly copy: Copy; readonly target: TargetDefinition },
	as: string,
): Promise<Result<string, Fault>> {
	const kind = kindOfTarget(target);
	const folder = kind.local(target.options);
	if (folder !== null) return ok(join(folder, copy.name));
	const to = join(run.folder, `${as}.fetched`);
	const got = await kind.get(target.options, copy.name, to, parts.targets, run);
	return got.ok ? ok(to) : got;
}
