import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

/** What a restore set aside lies in the folder itself: on the same file system, so that everything is moved by renames. */
const ASIDE = '.before-restore.';
/** What lies aside, what is half written, and what other restores of ours make. */
export const OURS = [`${ASIDE}*`, '.rounds-*'] as const;
/** Holds what somebody put there after the swap; see the `files.unswap` job. */
const LATER = 'later';
const SWAP_MS = 600_000;

interface Swap {
	readonly root: string;
	/** What is set aside first; nothing: only what is in the way. */
	readonly files: readonly string[];
	readonly exclude: readonly string[];
	/** Epoch ms, for the name. */
	readonly now: number;
}

/**
 * Has `fill` make files in a new folder beside, then puts them in place of those that stand there. Fails as a whole: then
 * everything stands as it stood. Answers the name under which `swapBack` and `forgetSwap` know what was set aside.
 */
export async function swapIn(
	swap: Swap,
	ports: SourcePorts,
	fill: (folder: string) => Promise<Result<unknown, Fault>>,
): Promise<Result<string, Fault>> {
	const { folders, heavy } = ports;
	const { root, files, exclude, now } = swap;
	const there = await folders.look(root);
	if (!there.ok) return there;
	if (there.value === null) {
		const made = await folders.ensure(root);
		if (!made.ok) return made;
	}
	const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
	const aside = join(root, `${ASIDE}${stamp}-${randomBytes(3).toString('hex')}`);
	const ready = await folders.ensure(aside, { isPrivate: true });
	if (!ready.ok) return ready;
	const filled = await fill(join(aside, 'new'));
	if (!filled.ok) {
		await folders.removeFolder(aside);
		return filled;
	}
	// From here on nothing is cancelled: it is done, or it is as it was.
	const swapped = await heavy.swap({ root, files, exclude, aside }, unhurried(ports));
	if (swapped.ok) return ok(aside);
	// The worker undoes what it can; what is left to undo is found in its journal. Without one nothing was moved.
	const back = await heavy.unswap({ root, aside }, unhurried(ports));
	if (back.ok || back.error.code === 'file-missing') await folders.removeFolder(aside);
	return swapped;
}

/** What was set aside stands again where it stood; what stands there since is kept aside, should anybody miss it. */
export async function swapBack(
	root: string,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	const known = await knownAside(root, aside, ports);
	if (!known.ok) return known;
	const back = await ports.heavy.unswap({ root, aside }, unhurried(ports));
	if (!back.ok) return back;
	const later = await ports.folders.look(join(aside, LATER));
	if (!later.ok) return later;
	return later.value === null ? ports.folders.removeFolder(aside) : ok(undefined);
}

export async function forgetSwap(
	root: string,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	const known = await knownAside(root, aside, ports);
	return known.ok ? ports.folders.removeFolder(aside) : known;
}

async function knownAside(root: string, aside: string, ports: SourcePorts): Promise<Result<void, Fault>> {
	const what = clean(aside, { max: 300 });
	if (dirname(aside) !== root || !basename(aside).startsWith(ASIDE))
		return err(fault('not-restorable', { what }));
	const there = await ports.folders.look(aside);
	if (!there.ok) return there;
	return there.value?.kind === 'folder' ? ok(undefined) : err(fault('file-missing', { path: what }));
}

function unhurried(ports: SourcePorts): Limits {
	return { deadline: ports.clock.monotonic() + SWAP_MS, signal: new AbortController().signal };
}
