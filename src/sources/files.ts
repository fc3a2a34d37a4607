import { z } from 'zod';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { path, written } from '../fields/fields.ts';
import { defineSource } from './define.ts';
import { choiceOf, listOf, rootOfFiles } from './files-choice.ts';
import { filesRestoring } from './files-restoring.ts';
import { wordOf } from './glob-root.ts';

/** So many of what was left out or changed are named; the rest is counted. */
const MOST_NAMED = 5;
/** About what an entry takes beside its bytes. */
const ENTRY_BYTES = 1024;

const globs = () => {
	const isPath = (value: unknown) => typeof value === 'string' && value !== '' && !value.includes('\0');
	return written<string | readonly string[]>(
		(value) => isPath(value) || (Array.isArray(value) && value.length > 0 && value.every(isPath)),
		{
			json: {
				anyOf: [
					{ type: 'string', minLength: 1 },
					{ type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
				],
			},
			error: 'expected a path, a glob, or a list of them',
		},
	);
};

const schema = z.strictObject({
	files: globs().describe(
		'What is copied: globs, files, and folders with all that is in them. Links are kept as links and never followed.',
	),
	exclude: globs()
		.optional()
		.describe(
			'What is left out: globs, files, and folders with all that is in them. Former archives of the same name, `*.backup.YYYYMMDD…` and what is half written are always left out.',
		),
	root: path()
		.optional()
		.describe('The folder that names in the archive begin in. Default: the innermost one that holds all.'),
});

export type FilesOptions = z.output<typeof schema>;

/** Files as a tar. Faults: `nothing-to-copy`, and those of `HeavyPort.pack`. */
export const files = defineSource<FilesOptions>({
	name: 'files',
	title: { en: 'Files', 'zh-CN': '文件' },
	schema: schema as unknown as z.ZodType<FilesOptions>,
	paths: ['files', 'exclude', 'root'],
	example: `logs:
  source: files
  files: logs/**
  exclude: logs/tmp/**
  to: logs/
  at: "sun 03:00"
  keep: {weeks: 8}
`,
	subject: (options) => clean(listOf(options.files).join(' '), { max: 200 }),
	names(options) {
		const word = wordOf(listOf(options.files), rootOfFiles(options));
		return { plain: `${word}.YYYYMMDD.tar`, pinned: `${word}.backup.YYYYMMDD_HHMMSS.tar` };
	},
	compress: 'gzip',
	async size(options, ports, run) {
		const found = await ports.heavy.pack({ ...choiceOf(options, null, run.folder), to: null }, run);
		return found.ok
			? ok(found.value.bytes + (found.value.files + found.value.links) * ENTRY_BYTES + ENTRY_BYTES)
			: found;
	},
	async copy(options, to, ports, run, { previous }) {
		// What is written while it is read may be in it or not; what was there before is.
		const asOf = ports.clock.now();
		const packed = await ports.heavy.pack(
			{ ...choiceOf(options, previous?.name ?? null, run.folder), to },
			run,
			run.onProgress,
		);
		if (!packed.ok) return packed;
		const { files: count, links, bytes, left, changed, newestAt } = packed.value;
		if (count + links === 0) {
			await ports.folders.remove(to);
			return err(fault('nothing-to-copy', { path: clean(listOf(options.files).join(' '), { max: 300 }) }));
		}
		return ok({
			asOf,
			method: 'tar',
			versions: {},
			rows: { files: count, links },
			sums: { bytes: String(bytes) },
			facts: {
				bytes,
				left: left.length,
				changed: changed.length,
				...(newestAt === null ? {} : { newest: new Date(newestAt).toISOString() }),
			},
			warnings: [...warn('not-a-file', left), ...warn('source-changed', changed)],
		});
	},
	async verify(_options, copy, ports, run) {
		const { manifest } = copy;
		const read = await ports.heavy.unpack(
			{ from: copy.file, to: null, maxBytes: manifest.plainBytes },
			run,
			run.onProgress,
		);
		if (!read.ok) return read;
		const { files: count, links, bytes } = read.value;
		const wanted = [manifest.rows?.['files'], manifest.rows?.['links'], manifest.sums?.['bytes']];
		// A manifest of an older program may not say all of it.
		const held = [count, links, String(bytes)].every((one, at) => (wanted[at] ?? one) === one);
		if (!held) return err(fault('copy-damaged', { what: 'rows', name: clean(manifest.name, { max: 200 }) }));
		return ok({ files: count, links, bytes });
	},
	restoring: filesRestoring,
});

function warn(code: 'not-a-file' | 'source-changed', paths: readonly string[]): readonly Fault[] {
	const named = paths.slice(0, MOST_NAMED).join(', ');
	const more = paths.length > MOST_NAMED ? ` +${paths.length - MOST_NAMED}` : '';
	return paths.length === 0 ? [] : [fault(code, { path: clean(`${named}${more}`, { max: 400 }) })];
}
