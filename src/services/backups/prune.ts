import type { BackupPlan, Copy, TargetDefinition } from '../../domain/backup.ts';
import { MANIFEST_END } from '../../domain/manifest.ts';
import { type Kept, selectRemovals } from '../../domain/retention.ts';
import { quantity } from '../../domain/value.ts';
import { bytesText } from '../../i18n/backup.ts';
import { faultText } from '../../i18n/fault.ts';
import { type Catalog, kindOfTarget } from './catalog.ts';
import { isLeftover } from './leftover-parts.ts';
import type { BackupsParts, Work } from './parts.ts';
import { failed, type Outcome } from './work.ts';

export interface Removals {
	readonly remove: readonly { readonly copy: Copy; readonly target: TargetDefinition }[];
	readonly keep: readonly Kept[];
	readonly parts: readonly { readonly target: TargetDefinition; readonly name: string }[];
}

/** What retention would take away now, target by target; whoever asks has looked into them just before. */
export function removalsOf(parts: BackupsParts, catalog: Catalog, plan: BackupPlan): Removals {
	const now = parts.clock.now();
	const { backups } = parts.system();
	// Bases on which increments stand that stay themselves.
	const continued = new Set(
		backups
			.filter((other) => other.base === plan.id)
			.flatMap((other) => selectRemovals(catalog.copies(other.id), other.keep, now).keep)
			.flatMap(({ copy }) => (copy.manifest.base === null ? [] : [copy.manifest.base])),
	);
	const remove: Removals['remove'][number][] = [];
	const keep: Kept[] = [];
	const left: Removals['parts'][number][] = [];
	for (const target of plan.targets) {
		// What has no manifest of ours beside it may be somebody else's by now.
		const there = catalog.copies(plan.id).filter((copy) => copy.target === target.name && catalog.owns(copy));
		const chosen = selectRemovals(there, plan.keep, now, continued);
		remove.push(...chosen.remove.map((copy) => ({ copy, target })));
		keep.push(...chosen.keep);
	}
	for (const { target, entry } of catalog.parts(plan.id))
		if (isLeftover(entry, parts, plan, now)) left.push({ target, name: entry.name });
	return { remove, keep, parts: left };
}

/**
 * Takes away what retention lets go. Everything is looked at anew first: what the preview showed may have changed meanwhile, and
 * only what was shown goes (`args.names`), as far as retention still agrees.
 */
export async function pruneCopies(parts: BackupsParts, catalog: Catalog, work: Work): Promise<Outcome> {
	const { plan, run, args } = work;
	await catalog.look(plan, run);
	const [trouble] = catalog.faults(plan.id);
	if (trouble !== undefined) return failed(trouble.fault, 'unknown');
	const { remove, keep, parts: left } = removalsOf(parts, catalog, plan);
	const shown = args['names'] === undefined ? null : new Set(args['names'].split('\n'));
	const going = remove.filter(({ copy }) => shown === null || shown.has(copy.name));
	let freed = 0;
	let worst: Outcome['fault'] = null;
	const gone: Copy[] = [];
	for (const [index, { copy, target }] of going.entries()) {
		if (run.signal.aborted) break;
		run.onProgress({ phase: 'clean', done: index, total: going.length, unit: 'files' });
		const kind = kindOfTarget(target);
		// The copy first: a manifest alone says what is gone, a copy alone says nothing.
		const removed = await kind.remove(target.options, copy.name, parts.targets, run);
		if (!removed.ok) {
			worst ??= removed.error;
			work.say('not-removed', { name: copy.name, text: faultText(removed.error, parts.locale) });
			continue;
		}
		await kind.remove(target.options, `${copy.name}${MANIFEST_END}`, parts.targets, run);
		gone.push({ ...copy, state: 'removed' });
		freed += copy.bytes;
		const where = kind.where(target.options);
		work.say('removed', { name: copy.name, bytes: bytesText(copy.bytes, parts.locale), where });
	}
	for (const { target, name } of left) {
		const removed = await kindOfTarget(target).remove(target.options, name, parts.targets, run);
		if (removed.ok) work.say('leftover', { name });
	}
	catalog.put(gone);
	if (going.length === 0) work.say('nothing-goes');
	else
		work.say('freed', {
			bytes: bytesText(freed, parts.locale),
			count: keep.length + remove.length - gone.length,
		});
	return {
		level: worst === null ? (run.signal.aborted ? 'unknown' : 'ok') : 'critical',
		samples: { removed: quantity(gone.length), freed: quantity(freed, 'bytes') },
		files: [],
		fault: worst,
	};
}
