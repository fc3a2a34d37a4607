import { join } from 'node:path';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { OpenedCopy } from './define.ts';
import { type PostgresTools, runPostgresTool } from './postgres-tools.ts';
import { following, readSegment, type Segment } from './wal-segments.ts';

const shown = (path: string) => clean(path, { max: 300 });

interface Archived {
	readonly segments: readonly Segment[];
	/** Files that say where timelines begin. */
	readonly histories: readonly string[];
	/** Epoch ms of the newest of them. */
	readonly newestAt: number;
}

/** The segments that follow one up to another, each there and whole. Faults: `file-missing` {path}, `file-malformed` {path}. */
export async function archivedBetween(
	folder: string,
	after: Segment,
	last: Segment,
	bytes: number,
	ports: SourcePorts,
): Promise<Result<Archived, Fault>> {
	const listed = await ports.folders.list(folder);
	if (!listed.ok) return listed;
	const there: Segment[] = [];
	const entries = new Map(listed.value.map((entry) => [entry.name, entry]));
	for (const { name } of listed.value) {
		const segment = readSegment(name, bytes);
		if (segment !== null) there.push(segment);
	}
	const nothingNew = last.timeline === after.timeline && last.number <= after.number;
	if (nothingNew) return ok({ segments: [], histories: [], newestAt: 0 });
	const { wanted, missing } = following(there, after, last, bytes);
	if (missing !== null) return err(fault('file-missing', { path: shown(join(folder, missing)) }));
	let newestAt = 0;
	for (const { name } of wanted) {
		const entry = entries.get(name);
		// A link would lead us to what nobody has archived.
		if (entry?.kind !== 'file') return err(fault('not-a-file', { path: shown(join(folder, name)) }));
		if (entry.bytes !== bytes)
			return err(fault('file-malformed', { path: shown(join(folder, name)), format: 'WAL' }));
		newestAt = Math.max(newestAt, entry.modifiedAt);
	}
	const histories = listed.value
		.filter(({ name, kind }) => kind === 'file' && /^[0-9A-F]{8}\.history$/.test(name))
		.map(({ name }) => name)
		.filter(
			(name) => Number.parseInt(name, 16) > after.timeline && Number.parseInt(name, 16) <= last.timeline,
		);
	return ok({ segments: wanted, histories, newestAt });
}

/** Whether a whole segment of this name is in the archive. */
export async function liesThere(folder: string, { name }: Segment, bytes: number, ports: SourcePorts) {
	const found = await ports.folders.look(join(folder, name));
	return found.ok && found.value?.kind === 'file' && found.value.bytes === bytes;
}

/** Has PostgreSQL read every record in them. Fault `file-malformed` {path: the segment}. */
export async function readable(
	folder: string,
	segments: readonly Segment[],
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	for (const [at, { name }] of segments.entries()) {
		run.onProgress({ phase: 'check', done: at, total: segments.length, unit: 'files' });
		const read = await runPostgresTool(
			ports,
			run,
			tools,
			'pg_waldump',
			['-q', '-p', folder, name, name],
			null,
		);
		if (read.ok) continue;
		if (read.error.code !== 'command-failed') return read;
		return err(fault('file-malformed', { path: shown(join(folder, name)), format: 'WAL' }));
	}
	return ok(undefined);
}

/** Unpacks an increment and reads every record of it. */
export async function verifyLogs(
	copy: OpenedCopy,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Readonly<Record<string, string | number>>, Fault>> {
	const to = join(run.folder, 'logs');
	const made = await ports.folders.ensure(to);
	if (!made.ok) return made;
	const checked = await readLogs(copy, to, tools, ports, run);
	const removed = await ports.folders.removeFolder(to);
	return checked.ok && !removed.ok ? removed : checked;
}

async function readLogs(
	{ file, manifest: { facts } }: OpenedCopy,
	to: string,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Readonly<Record<string, string | number>>, Fault>> {
	const size = await ports.files.facts(file);
	if (!size.ok) return size;
	const unpacked = await ports.heavy.unpack(
		{ from: file, to, maxBytes: size.value.bytes },
		run,
		run.onProgress,
	);
	if (!unpacked.ok) return unpacked;
	const bytes = Number(facts['walSegmentBytes']);
	const first = readSegment(String(facts['firstSegment']), bytes);
	const last = readSegment(String(facts['lastSegment']), bytes);
	if (first === null || last === null) return err(fault('manifest-malformed', { reason: 'segments' }));
	const before = { ...first, number: first.number - 1 };
	const found = await archivedBetween(to, before, last, bytes, ports);
	if (!found.ok)
		return err(
			fault('copy-damaged', {
				what: 'archive',
				name: String(found.error.detail['path'] ?? '').slice(to.length + 1),
			}),
		);
	const { segments } = found.value;
	if (segments.length !== Number(facts['segments']))
		return err(fault('copy-incomplete', { name: last.name }));
	const read = await readable(to, segments, tools, ports, run);
	if (read.ok) return ok({ segments: segments.length, first: first.name, last: last.name });
	const damaged = read.error.code === 'file-malformed';
	return damaged
		? err(
				fault('copy-damaged', {
					what: 'archive',
					name: String(read.error.detail['path'] ?? '').slice(to.length + 1),
				}),
			)
		: read;
}
