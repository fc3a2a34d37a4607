import { basename, dirname, join } from 'node:path';
import { nameOfCopy } from '../domain/backup-name.ts';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { OpenedCopy, Replaced } from './define.ts';
import { type BaseOptions, basePlace, liveCluster } from './postgres-base-options.ts';
import { recover } from './postgres-base-restore.ts';
import { actingAs, type Cluster, clusterPlace, removeCluster, stopCluster } from './postgres-cluster.ts';
import { runTool } from './run-tool.ts';

const ASIDE = /\.before-\d{8}_\d{6}$/;

/** Recovers the copy beside the live cluster's folder, ends it in order, and changes the two folders. */
export async function replaceBase(
	options: BaseOptions,
	copy: OpenedCopy,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Replaced, Fault>> {
	const live = basePlace(options);
	if (!live.ok) return live;
	const { data } = options;
	if (data === undefined) return err(fault('not-restorable', { reason: 'data-folder' }));
	const idle = await nobodyRuns(data, ports, run);
	if (!idle.ok) return idle;
	const there = await ports.folders.look(data);
	if (!there.ok) return there;
	if (there.value !== null && there.value.kind !== 'folder')
		return err(fault('not-a-file', { path: clean(data, { max: 300 }) }));
	const made = await besideIt(data, there.value !== null, ports, run);
	if (!made.ok) return made;
	const cluster = made.value;
	const place = clusterPlace(cluster, live.value.user, live.value.database);
	const aside = `${data}.before-${nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone)}`;
	const recovered = await recover(options, copy, cluster, { until: null, lasting: true }, place, ports, run);
	const stopped = recovered.ok ? await stopCluster(cluster, recovered.value, ports, run) : recovered;
	const swapped = stopped.ok
		? await swap(data, cluster.files, there.value === null ? null : aside, ports, run)
		: stopped;
	const removed = await removeCluster(cluster, ports);
	if (!swapped.ok) return swapped;
	if (!removed.ok) run.onLine(`left behind: ${clean(cluster.folder, { max: 300 })}`);
	return ok({ aside: there.value === null ? null : aside, place: liveCluster(options) });
}

/** A folder on the same file system, owned by whom the live one belongs to. */
async function besideIt(
	data: string,
	exists: boolean,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Cluster, Fault>> {
	let owner: string | null = null;
	if (process.getuid?.() === 0) {
		const asked = await runTool(ports, run, { argv: ['stat', '-c', '%u:%g', exists ? data : dirname(data)] });
		if (!asked.ok) return asked;
		owner = asked.value.stdout.trim();
		if (!/^[1-9]\d*:\d+$/.test(owner))
			return err(fault('no-permission', { path: clean(data, { max: 300 }) }));
	}
	const as = actingAs(owner);
	const made = await runTool(ports, run, {
		argv: ['mktemp', '-d', join(dirname(data), `.${basename(data)}.restore-XXXXXX`)],
	});
	if (!made.ok) return made;
	if (made.value.exit !== 0) return err(fault('no-permission', { path: clean(dirname(data), { max: 300 }) }));
	const folder = made.value.stdout.trim();
	const sockets = await runTool(ports, run, {
		argv: [...as, 'mktemp', '-d', join(ports.environment.get('TMPDIR') ?? '/tmp', 'rounds-XXXXXXXXXX')],
	});
	const cluster = {
		folder,
		files: join(folder, 'files'),
		sockets: sockets.ok ? sockets.value.stdout.trim() : '',
		as,
		owner,
	};
	// It is given away once all of it is unpacked.
	if (cluster.sockets !== '') return ok(cluster);
	await ports.folders.removeFolder(folder);
	return err(fault('no-permission', { path: '/tmp' }));
}

/** Ok only when no server can be running on these files. */
async function nobodyRuns(data: string, ports: SourcePorts, run: Run): Promise<Result<void, Fault>> {
	const file = join(data, 'postmaster.pid');
	const read = await ports.files.readText(file, 4096, run);
	if (!read.ok) return read.error.code === 'file-missing' ? ok(undefined) : read;
	const pid = Number(/^\d+/.exec(read.value)?.[0] ?? Number.NaN);
	if (Number.isNaN(pid))
		return err(fault('not-restorable', { reason: 'running', path: clean(data, { max: 300 }) }));
	const found = await ports.processes.find({ pid });
	if (!found.ok) return found;
	// What an unclean end left names a process that is gone, or a stranger by now.
	const lives = found.value.some(({ name, command }) => /postgres|postmaster/.test(`${name} ${command}`));
	return lives
		? err(fault('not-restorable', { reason: 'running', path: clean(data, { max: 300 }) }))
		: ok(undefined);
}

async function swap(
	data: string,
	fresh: string,
	aside: string | null,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const idle = await nobodyRuns(data, ports, run);
	if (!idle.ok) return idle;
	if (aside !== null) {
		const moved = await ports.folders.move(data, aside);
		if (!moved.ok) return moved;
	}
	const placed = await ports.folders.move(fresh, data);
	if (!placed.ok && aside !== null) await ports.folders.move(aside, data);
	return placed;
}

/** The way back: what had been restored goes, its copy is there still. */
export async function putBackBase(
	options: BaseOptions,
	aside: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const { data } = options;
	if (data === undefined || !isAside(data, aside))
		return err(fault('not-restorable', { what: clean(aside, { max: 300 }) }));
	const there = await ports.folders.look(data);
	if (!there.ok) return there;
	const failed = `${data}.failed-${nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone)}`;
	const swapped = await swap(data, aside, there.value === null ? null : failed, ports, run);
	if (!swapped.ok || there.value === null) return swapped;
	return ports.folders.removeFolder(failed);
}

export async function forgetBase(
	options: BaseOptions,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	const { data } = options;
	if (data === undefined || !isAside(data, aside))
		return err(fault('not-restorable', { what: clean(aside, { max: 300 }) }));
	return ports.folders.removeFolder(aside);
}

function isAside(data: string, aside: string): boolean {
	return aside.startsWith(data) && ASIDE.test(aside) && dirname(aside) === dirname(data);
}
