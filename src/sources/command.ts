import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import {
	argumentsOfCommand,
	type CommandSourceOptions,
	commandSchema,
	FILE,
	makesFile,
	secretsOf,
} from './command-options.ts';
import { commandRestoring } from './command-restoring.ts';
import { fetchTo, runCommand, shownUrl } from './command-run.ts';
import { defineSource } from './define.ts';
import { provesHash } from './held-hash.ts';

/**
 * What any tool makes, or an address answers. Faults: `nothing-to-copy` when that is empty, and those of commands and of HTTP.
 */
export const command = defineSource<CommandSourceOptions>({
	name: 'command',
	title: { en: 'Command or export', 'zh-CN': '命令或导出' },
	schema: commandSchema as unknown as z.ZodType<CommandSourceOptions>,
	paths: ['cwd', 'place'],
	example: `orders:
  source: command
  url: http://127.0.0.1:8000/api/export
  headers: {Authorization: secret:export_token}
  suffix: .json
  to: backups/
  at: "02:00"
  keep: {days: 7}
`,
	subject: (options) => subjectOf(options),
	names(options) {
		const word = wordOf(options);
		const end = options.suffix ?? '';
		return { plain: `${word}.YYYYMMDD${end}`, pinned: `${word}.backup.YYYYMMDD_HHMMSS${end}` };
	},
	compress: 'gzip',
	size: async () => ok(null),
	async copy(options, to, ports, run) {
		const there = await ports.folders.look(to);
		if (!there.ok) return there;
		if (there.value !== null) return err(fault('name-taken', { path: clean(to, { max: 300 }) }));
		const asOf = ports.clock.now();
		const bytes = await make(options, to, ports, run);
		if (!bytes.ok) return bytes;
		if (bytes.value === 0) return err(fault('nothing-to-copy', { what: subjectOf(options) }));
		return ok({
			asOf,
			method: options.url === undefined ? 'command' : 'export',
			versions: {},
			rows: null,
			sums: null,
			facts: { bytes: bytes.value },
			warnings: [],
		});
	},
	async verify(options, copy, ports, run) {
		const held = await provesHash(copy, ports, run);
		if (!held.ok) return held;
		if (options.check === undefined) return ok({ bytes: held.value });
		const looked = await runCommand(options, options.check, { [FILE]: copy.file }, ports, run);
		if (looked.ok) return ok({ bytes: held.value, checked: 'yes' });
		// Only what the command itself says is about the copy; that it could not be run is not.
		if (looked.error.code !== 'command-failed') return looked;
		return err(fault('copy-damaged', { what: 'dump', name: clean(copy.manifest.name, { max: 200 }) }));
	},
	restoring: commandRestoring,
});

async function make(
	options: CommandSourceOptions,
	to: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<number, Fault>> {
	if (run.signal.aborted) return err(fault('cancelled'));
	if (options.run === undefined) return fetchTo(options, to, ports, run);
	if (makesFile(options)) return makeFile(options, ports, run, to);
	const printed = await runCommand(options, options.run, {}, ports, run, to);
	const size = printed.ok ? await sizeOf(to, ports) : printed;
	if (!size.ok || size.value === 0) await ports.folders.remove(to);
	return size;
}

/** The tool writes into a folder of its own: whatever it does there, it can neither overwrite nor follow anything. */
async function makeFile(
	options: CommandSourceOptions,
	ports: SourcePorts,
	run: Run,
	to: string,
): Promise<Result<number, Fault>> {
	const { folders } = ports;
	const folder = join(run.folder, `made-${randomBytes(4).toString('hex')}`);
	const file = join(folder, `copy${options.suffix ?? ''}`);
	try {
		const ready = await folders.ensure(folder);
		if (!ready.ok) return ready;
		const made = await runCommand(options, options.run ?? [], { [FILE]: file }, ports, run);
		if (!made.ok) return made;
		const size = await sizeOf(file, ports);
		if (!size.ok || size.value === 0) return size;
		const total = size.value;
		const copied = await folders.copy(file, to, run, (done) =>
			run.onProgress({ phase: 'copy', done, total, unit: 'bytes' }),
		);
		return copied.ok ? size : copied;
	} finally {
		await folders.removeFolder(folder);
	}
}

/** 0 when there is no file. A link or a folder in its place is no copy. */
async function sizeOf(path: string, ports: SourcePorts): Promise<Result<number, Fault>> {
	const found = await ports.folders.look(path);
	if (!found.ok) return found;
	if (found.value === null) return ok(0);
	if (found.value.kind !== 'file') return err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
	return ok(found.value.bytes);
}

function subjectOf(options: CommandSourceOptions): string {
	if (options.run === undefined) return shownUrl(options);
	const text = argumentsOfCommand(options.run, {}).join(' ');
	const secrets = secretsOf(options);
	return clean(
		secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
		{ max: 200 },
	);
}

/** The program's name, or the host's. */
function wordOf(options: CommandSourceOptions): string {
	const host = () => URL.parse(shownUrl(options))?.hostname ?? '';
	const program = () =>
		argumentsOfCommand(options.run ?? [], {})[0]
			?.split('/')
			.at(-1) ?? '';
	const word = (options.run === undefined ? host() : program())
		.replace(/[^\w.-]+/g, '_')
		.replace(/^[.-]+/, '');
	return word.slice(0, 100) || 'export';
}
