import { join } from 'node:path';
import type { Copy, Manifest, TargetDefinition } from '../../domain/backup.ts';
import { nameOfCopy, sealedSuffix } from '../../domain/backup-name.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { MANIFEST_END, MANIFEST_LIMIT, manifestText } from '../../domain/manifest.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { faultText } from '../../i18n/fault.ts';
import { type Catalog, copyOf, kindOfTarget } from './catalog.ts';
import { partOf } from './leftover-parts.ts';
import type { BackupsParts, Work } from './parts.ts';

/** A name that stays taken this often belongs to somebody else. */
const MOST_TURNS = 50;
const TAKE_BACK_MS = 30_000;

/** What one run made. */
export interface Made {
	readonly copies: readonly Copy[];
	/** Absolute paths where the target is a folder of this machine. */
	readonly files: readonly string[];
	readonly manifest: Manifest;
	/** Something was not as it should be although there is a copy: a target that could not be written, a note of the source. */
	readonly warnings: readonly Fault[];
}

/** A target that can be written now. */
export interface Usable {
	readonly target: TargetDefinition;
	readonly freeBytes: number | null;
}

/** Gives the finished file its name in every target. The one it lies in comes last, since that only renames it. */
export async function place(
	parts: BackupsParts,
	catalog: Catalog,
	work: Work,
	file: string,
	manifest: Manifest,
	{ targets, home }: { readonly targets: readonly Usable[]; readonly home: TargetDefinition | undefined },
): Promise<Result<Made, Fault>> {
	const copies: Copy[] = [];
	const files: string[] = [];
	const warnings: Fault[] = [];
	const inOrder = [...targets].sort((a, b) => Number(a.target === home) - Number(b.target === home));
	for (const [index, { target }] of inOrder.entries()) {
		const kind = kindOfTarget(target);
		const where = kind.where(target.options);
		// A folder of this machine takes the file itself: the others get one of their own before.
		const isLast = index === inOrder.length - 1;
		const put = isLast
			? await putNamed(parts, work, target, file, manifest)
			: await putAnother(parts, work, target, file, manifest);
		if (!put.ok) {
			warnings.push(put.error);
			work.say('not-written', { where, why: faultText(put.error, parts.locale) });
			continue;
		}
		copies.push(copyOf(work.plan, target, put.value, put.value));
		work.say('wrote', { name: put.value.name, where });
		const folder = kind.local(target.options);
		if (folder !== null) files.push(join(folder, put.value.name));
	}
	if (work.run.signal.aborted && copies.length < targets.length) {
		await takeBack(parts, work, copies);
		return err(fault('cancelled'));
	}
	catalog.put(copies);
	const [first] = warnings;
	const [copy] = copies;
	if (copy === undefined) return err(first ?? fault('io-error', { reason: 'targets' }));
	return ok({ copies, files, manifest: copy.manifest, warnings });
}

/** The same for a target that is not the last: what it may take away is a copy. */
async function putAnother(
	parts: BackupsParts,
	work: Work,
	target: TargetDefinition,
	file: string,
	manifest: Manifest,
): Promise<Result<Manifest, Fault>> {
	const folder = kindOfTarget(target).local(target.options);
	if (folder === null) return putNamed(parts, work, target, file, manifest);
	const part = join(folder, partOf(parts, work.plan));
	const { folders } = parts.targets;
	const onBytes = (done: number) =>
		work.run.onProgress({ phase: 'send', done, total: manifest.bytes, unit: 'bytes' });
	const copied = await folders.copy(file, part, work.run, onBytes);
	if (!copied.ok) return copied;
	const put = await putNamed(parts, work, target, part, manifest);
	await folders.remove(part);
	return put;
}

async function putNamed(
	parts: BackupsParts,
	work: Work,
	target: TargetDefinition,
	file: string,
	manifest: Manifest,
): Promise<Result<Manifest, Fault>> {
	const { plan, run } = work;
	const kind = kindOfTarget(target);
	const template = manifest.pinned === null ? plan.names.plain : plan.names.pinned;
	const suffix = sealedSuffix(plan.compress, plan.encrypt !== null);
	/** The first of the names that were taken: a plan that runs often may meet a hundred of its own. */
	let aside: string | null = null;
	for (let turn = 1; turn <= MOST_TURNS; turn += 1) {
		if (run.signal.aborted) return err(fault('cancelled'));
		const name = nameOfCopy(template, suffix, Date.parse(manifest.startedAt), run.zone, turn);
		// A copy could not be told from what somebody else's manifest speaks of.
		if (await isTaken(parts, work, target, `${name}${MANIFEST_END}`)) {
			aside ??= name;
			continue;
		}
		const put = await kind.put(target.options, file, name, parts.targets, run);
		if (!put.ok && put.error.code === 'name-taken') {
			aside ??= name;
			continue;
		}
		if (!put.ok) return put;
		if (aside !== null) work.say('turned-aside', { name: aside });
		const named = { ...manifest, name };
		const how = { replace: false };
		const text = manifestText(named);
		const wrote = await kind.writeText(
			target.options,
			`${name}${MANIFEST_END}`,
			text,
			how,
			parts.targets,
			run,
		);
		if (wrote.ok) return ok(named);
		// A copy that nobody can hold against its manifest is none.
		await kind.remove(target.options, name, parts.targets, { ...run, signal: new AbortController().signal });
		return wrote;
	}
	return err(fault('name-taken', { name: template }));
}

/** Whether something stands there; what could not be asked is found out by writing. */
async function isTaken(
	parts: BackupsParts,
	{ run }: Work,
	target: TargetDefinition,
	name: string,
): Promise<boolean> {
	const limit = MANIFEST_LIMIT;
	const text = await kindOfTarget(target).readText(target.options, name, limit, parts.targets, run);
	return (
		text.ok || ['not-a-file', 'body-too-large', 'bad-encoding', 'no-permission'].includes(text.error.code)
	);
}

/** What was placed before the run was cancelled: a cancelled run leaves nothing. */
async function takeBack(parts: BackupsParts, { plan, run }: Work, copies: readonly Copy[]): Promise<void> {
	const limits = { deadline: parts.clock.monotonic() + TAKE_BACK_MS, signal: new AbortController().signal };
	for (const { target: name, ...copy } of copies) {
		const target = plan.targets.find((one) => one.name === name);
		if (target === undefined) continue;
		const kind = kindOfTarget(target);
		for (const one of [copy.name, `${copy.name}${MANIFEST_END}`])
			await kind.remove(target.options, one, parts.targets, { ...run, ...limits });
	}
}
