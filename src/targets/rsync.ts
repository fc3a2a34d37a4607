import { join } from 'node:path';
import { z } from 'zod';
import type { FolderEntry, TargetPorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { defineTarget } from './define.ts';
import { freeBytesOf, NAME_TAKEN, onFarSide } from './far-side.ts';
import { partName } from './local-folder.ts';
import { requireName } from './names.ts';
import { readRsyncListing, rsyncArguments, watchTotal } from './rsync-command.ts';
import {
	afterwards,
	ended,
	farAddress,
	isFarName,
	joinFar,
	runFar,
	type SshOptions,
	sshFields,
} from './ssh.ts';

const schema = z.strictObject(sshFields);

/**
 * A folder of another machine, through `rsync` over ssh. Sent under a part's name; the far side then links it to its own name,
 * which succeeds only where nothing stands. For that, ssh has to allow `sh` besides `rsync` there; where it does not, take `sftp`.
 */
export const rsync = defineTarget<SshOptions>({
	name: 'rsync',
	title: { en: 'rsync over SSH', 'zh-CN': 'SSH 上的 rsync' },
	schema: schema as unknown as z.ZodType<SshOptions>,
	paths: ['identity', 'knownHosts'],
	example: `vault:
  kind: rsync
  host: backup.example
  user: rounds
  path: /srv/backups/creditpilot
  identity: keys/backup_ed25519
  knownHosts: keys/known_hosts
`,
	where: (options) => farAddress(options, 'rsync'),
	local: () => null,
	async ready(options, ports, run) {
		const answer = ended(await onFarSide('ready', [options.path, partName()], options, ports, run), options);
		if (!answer.ok) return answer;
		// What is sent by needs both commands, here and there.
		const asked = ended(
			await runFar(
				{ argv: rsyncArguments(options, ['--list-only', '--dirs'], [far(options, '.')]), cwd: run.folder },
				ports,
				run,
			),
			options,
		);
		return asked.ok ? ok({ freeBytes: freeBytesOf(answer.value.stdout) }) : asked;
	},
	async list(options, ports, run) {
		const listed = await readFolder(options, ports, run);
		if (!listed.ok) return listed.error.code === 'file-missing' ? ok([]) : listed;
		return ok(listed.value.filter((entry) => entry.kind === 'file'));
	},
	async put(options, from, name, ports, run) {
		const size = await ports.folders.look(from);
		if (!size.ok) return size;
		const total = size.value?.bytes ?? null;
		const tell = (done: number) => run.onProgress({ phase: 'send', done, total, unit: 'bytes' });
		return send(options, from, name, { replace: false, tell }, ports, run);
	},
	async get(options, name, to, ports, run) {
		const found = await fileThere(options, name, ports, run);
		if (!found.ok) return found;
		const tell = (done: number) =>
			run.onProgress({ phase: 'fetch', done, total: found.value.bytes, unit: 'bytes' });
		return fetch(options, found.value, to, ports, run, tell);
	},
	async readText(options, name, limit, ports, run) {
		const found = await fileThere(options, name, ports, run);
		if (!found.ok) return found;
		if (found.value.bytes > limit)
			return err(fault('body-too-large', { limitBytes: limit, path: shown(options, name) }));
		const read = await ports.folders.privately(async (folder) => {
			const to = join(folder, 'text');
			const got = await fetch(options, found.value, to, ports, run);
			return got.ok ? ports.files.readText(to, limit, run) : got;
		});
		return read.ok ? read.value : read;
	},
	async writeText(options, name, text, { replace }, ports, run) {
		const sent = await ports.folders.privately(async (folder) => {
			const from = join(folder, 'text');
			const wrote = await ports.folders.write(from, text);
			return wrote.ok ? send(options, from, name, { replace }, ports, run) : wrote;
		});
		return sent.ok ? sent.value : sent;
	},
	async remove(options, name, ports, run) {
		const found = await fileThere(options, name, ports, run);
		if (!found.ok) return found.error.code === 'file-missing' ? ok(undefined) : found;
		const answer = ended(await onFarSide('remove', [options.path, name], options, ports, run), options, name);
		return answer.ok ? ok(undefined) : answer;
	},
});

const shown = (options: SshOptions, name: string): string => clean(joinFar(options.path, name), { max: 300 });
const far = (options: SshOptions, name: string) => ({ far: joinFar(options.path, name) });
const local = (path: string) => ({ local: path });

async function send(
	options: SshOptions,
	from: string,
	name: string,
	how: { readonly replace: boolean; readonly tell?: (done: number) => void },
	ports: TargetPorts,
	run: Limits,
): Promise<Result<void, Fault>> {
	const named = requireName(name, isFarName);
	if (!named.ok) return named;
	const before = await readFolder(options, ports, run);
	if (!before.ok) return before;
	const there = before.value.find((entry) => entry.name === name);
	if (there !== undefined && !how.replace) return err(fault('name-taken', { path: shown(options, name) }));
	if (there !== undefined && there.kind !== 'file')
		return err(fault('not-a-file', { path: shown(options, name) }));
	const part = partName(from);
	const placed = await sendAs(options, from, part, name, how, ports, run);
	if (!placed.ok) await onFarSide('remove', [options.path, part], options, ports, afterwards(ports));
	return placed;
}

async function sendAs(
	options: SshOptions,
	from: string,
	part: string,
	name: string,
	{ replace, tell }: { readonly replace: boolean; readonly tell?: (done: number) => void },
	ports: TargetPorts,
	run: Limits,
): Promise<Result<void, Fault>> {
	// In place: rsync's own temporary names are not ones that we would know again.
	const argv = rsyncArguments(
		options,
		['--inplace', '--chmod=F600', '--perms'],
		[local(from), far(options, part)],
	);
	const sent = ended(
		await ports.folders
			.privately((cwd) =>
				runFar(
					{ argv, cwd, ...(tell === undefined ? {} : { onOutput: watchTotal(tell, ports) }) },
					ports,
					run,
				),
			)
			.then(flat),
		options,
		name,
	);
	const size = await ports.folders.look(from);
	if (!size.ok) return size;
	const bytes = size.value?.bytes ?? 0;
	if (!sent.ok) return err(await whyNot(sent.error, bytes, options, ports, run));
	const verb = replace ? 'replace' : 'place';
	const named = await onFarSide(verb, [options.path, part, name, String(bytes)], options, ports, run);
	if (named.ok && named.value.exit === NAME_TAKEN)
		return err(fault('name-taken', { path: shown(options, name) }));
	const placed = ended(named, options, name);
	if (!placed.ok) return placed;
	tell?.(bytes);
	return ok(undefined);
}

const flat = (answer: Result<Result<CommandAnswer, Fault>, Fault>): Result<CommandAnswer, Fault> =>
	answer.ok ? answer.value : answer;

/** What the far rsync says of a full disk may be lost with the connection: then it is looked up. */
async function whyNot(
	said: Fault,
	needBytes: number,
	options: SshOptions,
	ports: TargetPorts,
	run: Limits,
): Promise<Fault> {
	if (said.code !== 'command-failed' && said.code !== 'reset') return said;
	const asked = await onFarSide('space', [options.path], options, ports, run);
	const free = asked.ok && asked.value.exit === 0 ? freeBytesOf(asked.value.stdout) : null;
	return free !== null && free < needBytes
		? fault('disk-full', { path: clean(options.path, { max: 300 }) })
		: said;
}

async function fetch(
	options: SshOptions,
	{ name, bytes }: FolderEntry,
	to: string,
	ports: TargetPorts,
	run: Limits,
	tell?: (done: number) => void,
): Promise<Result<void, Fault>> {
	// Made by us before: nothing else is ever written over.
	const made = await ports.folders.write(to, '');
	if (!made.ok) return made;
	const argv = rsyncArguments(options, ['--inplace', '--fsync'], [far(options, name), local(to)]);
	const answer = ended(
		await ports.folders
			.privately((cwd) =>
				runFar(
					{ argv, cwd, ...(tell === undefined ? {} : { onOutput: watchTotal(tell, ports) }) },
					ports,
					run,
				),
			)
			.then(flat),
		options,
		name,
	);
	const got = answer.ok ? await ports.folders.look(to) : answer;
	if (got.ok && got.value?.kind === 'file' && got.value.bytes === bytes) {
		tell?.(bytes);
		return ok(undefined);
	}
	await ports.folders.remove(to);
	if (!got.ok) return got;
	return err(
		fault('copy-incomplete', {
			name: clean(name, { max: 200 }),
			found: got.value?.bytes ?? 0,
			expected: bytes,
		}),
	);
}

async function readFolder(
	options: SshOptions,
	ports: TargetPorts,
	run: Limits,
): Promise<Result<readonly FolderEntry[], Fault>> {
	const argv = rsyncArguments(
		options,
		['--list-only', '--dirs', '--links'],
		[{ far: `${options.path.replace(/\/+$/, '')}/` }],
	);
	const answer = ended(
		await ports.folders.privately((cwd) => runFar({ argv, cwd }, ports, run)).then(flat),
		options,
	);
	if (!answer.ok) return answer;
	if (answer.value.truncated) return err(fault('own-limit', { path: clean(options.path, { max: 300 }) }));
	return ok(readRsyncListing(answer.value.stdout));
}

async function fileThere(
	options: SshOptions,
	name: string,
	ports: TargetPorts,
	run: Limits,
): Promise<Result<FolderEntry, Fault>> {
	const named = requireName(name, isFarName);
	if (!named.ok) return named;
	const listed = await readFolder(options, ports, run);
	if (!listed.ok) return listed;
	const found = listed.value.find((entry) => entry.name === name);
	if (found === undefined) return err(fault('file-missing', { path: shown(options, name) }));
	return found.kind === 'file' ? ok(found) : err(fault('not-a-file', { path: shown(options, name) }));
}
