import { join } from 'node:path';
import { z } from 'zod';
import type { FolderEntry, TargetPorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { defineTarget } from './define.ts';
import { partName } from './local-folder.ts';
import { requireName } from './names.ts';
import { freeBytesIn, isLocalPath, readListing, runBatch } from './sftp-batch.ts';
import { afterwards, ended, farAddress, isFarName, joinFar, type SshOptions, sshFields } from './ssh.ts';

const schema = z.strictObject(sshFields);

/** At most this many folders are made above the last. */
const DEEPEST = 32;

/**
 * A folder of another machine, through `sftp`. What is sent gets a part's name and then its own by the protocol's plain rename,
 * which servers refuse where the name is taken; OpenSSH's does so in one step.
 */
export const sftp = defineTarget<SshOptions>({
	name: 'sftp',
	title: { en: 'SFTP', 'zh-CN': 'SFTP' },
	schema: schema as unknown as z.ZodType<SshOptions>,
	paths: ['identity', 'knownHosts'],
	example: `vault:
  kind: sftp
  host: backup.example
  user: rounds
  path: /srv/backups/creditpilot
  identity: keys/backup_ed25519
  knownHosts: keys/known_hosts
`,
	where: (options) => farAddress(options, 'sftp'),
	local: () => null,
	async ready(options, ports, run) {
		const first = await probe(options, [], ports, run);
		if (first.ok || first.error.code !== 'file-missing') return first;
		const folders = options.path.split('/').filter((part) => part !== '');
		if (folders.length > DEEPEST)
			return err(fault('not-supported', { reason: 'path', path: clean(options.path, { max: 300 }) }));
		const root = options.path.startsWith('/') ? '/' : '';
		const made = folders.map((_, at) => `-@mkdir "${root}${folders.slice(0, at + 1).join('/')}"`);
		// It was not there a moment ago, so it is ours to close.
		return probe(options, [...made, `-@chmod 700 "${options.path}"`], ports, run);
	},
	async list(options, ports, run) {
		const listed = await readFolder(options, ports, run);
		if (!listed.ok) return listed.error.code === 'file-missing' ? ok([]) : listed;
		return ok(listed.value.filter((entry) => entry.kind === 'file'));
	},
	async put(options, from, name, ports, run) {
		const total = await ports.folders.look(from);
		if (!total.ok) return total;
		const bytes = total.value?.bytes ?? 0;
		const tell = (done: number) => run.onProgress({ phase: 'send', done, total: bytes, unit: 'bytes' });
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
		const answer = ended(
			await runBatch(options, [into(options), `@rm "./${name}"`], ports, run),
			options,
			name,
		);
		return answer.ok || answer.error.code === 'file-missing' ? ok(undefined) : answer;
	},
});

const into = (options: SshOptions): string => `@cd "${options.path}"`;
const shown = (options: SshOptions, name: string): string => clean(joinFar(options.path, name), { max: 300 });
const badPath = (path: string) =>
	err(fault('not-supported', { reason: 'path', path: clean(path, { max: 300 }) }));
const taken = (options: SshOptions, name: string) => err(fault('name-taken', { path: shown(options, name) }));

/** Writes and takes away a part: nothing else proves that copies can be made there. */
async function probe(
	options: SshOptions,
	before: readonly string[],
	ports: TargetPorts,
	run: Limits,
): Promise<Result<{ readonly freeBytes: number | null }, Fault>> {
	const tried = await ports.folders.privately(async (folder) => {
		const part = partName();
		const from = join(folder, part);
		const wrote = await ports.folders.write(from, 'x');
		if (!wrote.ok) return wrote;
		// Servers that cannot tell what is left are no worse for it.
		const lines = [...before, into(options), `@put "${from}" "./${part}"`, `@rm "./${part}"`, '-@df "."'];
		const answer = await runBatch(options, lines, ports, run);
		if (!answer.ok) return answer;
		if (answer.value.exit !== 0) return err(await whyNot(options, answer.value, 1, ports, run));
		return ok({ freeBytes: freeBytesIn(answer.value.stdout) });
	});
	return tried.ok ? tried.value : tried;
}

/** Under a part's name, then renamed; what was cut off is taken away where the far side can still be reached. */
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
	if (!isLocalPath(from)) return badPath(from);
	const before = await readFolder(options, ports, run);
	if (!before.ok) return before;
	const there = before.value.find((entry) => entry.name === name);
	if (there !== undefined && !how.replace) return taken(options, name);
	if (there !== undefined && there.kind !== 'file')
		return err(fault('not-a-file', { path: shown(options, name) }));
	const part = partName(from);
	const lines = [
		into(options),
		`@put -f "${from}" "./${part}"`,
		// With `-l` the protocol's own rename, which does not overwrite; without it OpenSSH's, which does.
		`@rename ${how.replace ? '' : '-l '}"./${part}" "./${name}"`,
	];
	const { tell } = how;
	const answer = await runBatch(options, lines, ports, run, tell);
	const size = await ports.folders.look(from);
	const bytes = size.ok ? (size.value?.bytes ?? 0) : 0;
	if (answer.ok && answer.value.exit === 0) {
		tell?.(bytes);
		return ok(undefined);
	}
	const why = answer.ok ? await whyNot(options, answer.value, bytes, ports, run, name) : answer.error;
	await runBatch(options, [into(options), `-@rm "./${part}"`], ports, afterwards(ports));
	return err(why);
}

async function fetch(
	options: SshOptions,
	{ name, bytes }: FolderEntry,
	to: string,
	ports: TargetPorts,
	run: Limits,
	tell?: (done: number) => void,
): Promise<Result<void, Fault>> {
	if (!isLocalPath(to)) return badPath(to);
	// Made by us before: sftp would take the far file's mode, and write over what is there.
	const made = await ports.folders.write(to, '');
	if (!made.ok) return made;
	const lines = [into(options), `@get -f "./${name}" "${to}"`];
	const answer = ended(await runBatch(options, lines, ports, run, tell), options, name);
	const got = answer.ok ? await ports.folders.look(to) : answer;
	if (got.ok && got.value?.bytes === bytes) {
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

/** What lies in the folder, itself only; names that cannot be ours are left out. */
async function readFolder(
	options: SshOptions,
	ports: TargetPorts,
	run: Limits,
): Promise<Result<readonly FolderEntry[], Fault>> {
	const answer = ended(await runBatch(options, [into(options), '@ls -lan'], ports, run), options);
	if (!answer.ok) return answer;
	if (answer.value.truncated) return err(fault('own-limit', { path: clean(options.path, { max: 300 }) }));
	return ok(readListing(answer.value.stdout, ports.clock.now()));
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

/** The protocol has one word, "Failure", for a taken name and a full disk: which it was, is looked up. */
async function whyNot(
	options: SshOptions,
	answer: CommandAnswer,
	needBytes: number,
	ports: TargetPorts,
	run: Limits,
	name: string | null = null,
): Promise<Fault> {
	const said = ended(ok(answer), options, name);
	const known: Fault = said.ok ? fault('command-failed', { command: 'sftp' }) : said.error;
	if (known.code !== 'command-failed') return known;
	const path = clean(options.path, { max: 300 });
	if (name !== null && /rename/.test(answer.stderr)) {
		const after = await readFolder(options, ports, run);
		if (after.ok && after.value.some((entry) => entry.name === name))
			return fault('name-taken', { path: shown(options, name) });
	}
	const space = await runBatch(options, [into(options), '@df "."'], ports, run);
	const free = space.ok && space.value.exit === 0 ? freeBytesIn(space.value.stdout) : null;
	return free !== null && free < needBytes ? fault('disk-full', { path }) : known;
}
