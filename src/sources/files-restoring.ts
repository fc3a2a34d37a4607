import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { OpenedCopy, Restoring } from './define.ts';
import { choiceOf, rootOfFiles } from './files-choice.ts';
import { forgetSwap, swapBack, swapIn } from './folder-swap.ts';
import { folderInto, folderOfPlace, folderPlace, scratchFolder } from './scratch-folder.ts';

interface Options {
	readonly files: string | readonly string[];
	readonly exclude?: string | readonly string[] | undefined;
	readonly root?: string | undefined;
}

/**
 * How copies of files are put back. For real, what the plan covers is afterwards as it is in the copy; what it does not cover
 * is never touched.
 */
export const filesRestoring: Restoring<Options> = {
	live: (options) => folderPlace(rootOfFiles(options), rootOfFiles(options)),
	scratch: (options, into, ports, run) => scratchFolder(rootOfFiles(options), into, ports, run),
	restore: (_options, copy, place, ports, run) => unpack(copy, folderOfPlace(place), ports, run),
	async measure(options, place, ports, run) {
		const folder = folderOfPlace(place);
		const live = folder === rootOfFiles(options);
		const found = await ports.heavy.pack(
			{
				...(live ? choiceOf(options, null, run.folder) : { root: folder, files: [folder], exclude: [] }),
				to: null,
			},
			run,
		);
		if (!found.ok) return found;
		const { files, links, bytes } = found.value;
		return ok({ rows: { files, links }, sums: { bytes: String(bytes) } });
	},
	async look(options, ports, run) {
		const found = await ports.heavy.pack({ ...choiceOf(options, null, run.folder), to: null }, run);
		if (!found.ok) return found;
		const { files, links, bytes, newestAt } = found.value;
		if (files + links === 0) return ok({ exists: false, facts: {}, rows: null });
		const changed = newestAt === null ? {} : { changed: new Date(newestAt).toISOString() };
		return ok({ exists: true, facts: { bytes, files, ...changed }, rows: { files, links } });
	},
	async replace(options, copy, ports, run) {
		const root = rootOfFiles(options);
		const swap = { ...choiceOf(options, copy.manifest.name, run.folder), now: run.now };
		const aside = await swapIn(swap, ports, (folder) => unpack(copy, folder, ports, run));
		return aside.ok ? ok({ aside: aside.value, place: folderPlace(root, root) }) : aside;
	},
	putBack: (options, aside, ports) => swapBack(rootOfFiles(options), aside, ports),
	forget: (options, aside, ports) => forgetSwap(rootOfFiles(options), aside, ports),
	intoSchema: folderInto,
	intoPaths: ['folder'],
};

/** Refused whole when it does not hold what its manifest says, or anything that leads elsewhere. */
async function unpack(
	{ file, manifest }: OpenedCopy,
	to: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const request = { from: file, to, maxBytes: manifest.plainBytes };
	const unpacked = await ports.heavy.unpack(request, run, run.onProgress);
	if (!unpacked.ok) return unpacked;
	const wanted = manifest.rows?.['files'];
	if (wanted === undefined || wanted === unpacked.value.files) return ok(undefined);
	return err(fault('copy-damaged', { what: 'rows', name: clean(manifest.name, { max: 200 }) }));
}
