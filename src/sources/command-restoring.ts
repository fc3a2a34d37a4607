import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type CommandSourceOptions, FILE, PLACE } from './command-options.ts';
import { runCommand } from './command-run.ts';
import type { OpenedCopy, Restoring } from './define.ts';
import { forgetSwap, swapBack, swapIn } from './folder-swap.ts';
import { provesHash } from './held-hash.ts';
import { folderInto, folderOfPlace, folderPlace, scratchFolder } from './scratch-folder.ts';

/**
 * The plan's own command puts a copy into an empty folder; for real, what it made there takes the place of what has the same
 * names. Nobody but the plan's checks can say what it should hold: there are no rows and no sums.
 */
export const commandRestoring: Restoring<CommandSourceOptions> = {
	possible: ({ putBack }) => putBack !== undefined,
	live: (options) => folderPlace(rootOf(options), rootOf(options)),
	scratch: (options, into, ports, run) => scratchFolder(rootOf(options), into, ports, run),
	restore: (options, copy, place, ports, run) => fill(options, copy, folderOfPlace(place), ports, run),
	measure: async () => ok({ rows: {}, sums: {} }),
	async look(options, ports, run) {
		const root = rootOf(options);
		const found = await ports.heavy.pack({ root, files: [root], exclude: [run.folder], to: null }, run);
		if (!found.ok) return found;
		const { files, links, bytes } = found.value;
		return ok({ exists: files + links > 0, facts: files + links > 0 ? { bytes, files } : {}, rows: null });
	},
	async replace(options, copy, ports, run) {
		const root = rootOf(options);
		const swap = { root, files: [], exclude: [], now: run.now };
		const aside = await swapIn(swap, ports, async (folder) => {
			const ready = await ports.folders.ensure(folder);
			return ready.ok ? fill(options, copy, folder, ports, run) : ready;
		});
		return aside.ok ? ok({ aside: aside.value, place: folderPlace(root, root) }) : aside;
	},
	putBack: (options, aside, ports) => swapBack(rootOf(options), aside, ports),
	forget: (options, aside, ports) => forgetSwap(rootOf(options), aside, ports),
	intoSchema: folderInto,
	intoPaths: ['folder'],
};

/** Without a place there is nothing live that could be meant; `possible` says so before. */
function rootOf({ place }: CommandSourceOptions): string {
	return place ?? '/';
}

async function fill(
	options: CommandSourceOptions,
	copy: OpenedCopy,
	folder: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	if (options.putBack === undefined || options.place === undefined)
		return err(fault('not-restorable', { what: 'putBack' }));
	// No command can be trusted to notice that its input is cut off.
	const held = await provesHash(copy, ports, run);
	if (!held.ok) return held;
	return runCommand(options, options.putBack, { [FILE]: copy.file, [PLACE]: folder }, ports, run);
}
