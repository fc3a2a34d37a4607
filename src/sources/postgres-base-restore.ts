import { join } from 'node:path';
import { z } from 'zod';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { text } from '../fields/fields.ts';
import type { Measured, OpenedCopy, Scratch, Standing } from './define.ts';
import { type BaseOptions, basePlace } from './postgres-base-options.ts';
import {
	actingAs,
	type Cluster,
	clusterPlace,
	endCluster,
	giveAway,
	makeCluster,
	removeCluster,
	startCluster,
} from './postgres-cluster.ts';
import { databaseOf, QUIET, toolsFor } from './postgres-restore.ts';
import { askPostgres, changing, measurePlace, numberOf, runScript, textOf } from './postgres-sql.ts';
import { findTools, type PostgresTools, runPostgresTool } from './postgres-tools.ts';
import { runTool } from './run-tool.ts';
import { readPosition, readSegment } from './wal-segments.ts';

export const baseInto = z.strictObject({
	until: text()
		.refine((value) => isMoment(String(value)), { error: 'expected a moment such as 2026-02-23T10:15:00Z' })
		.optional()
		.describe('Restores what stood there at this moment, and nothing later: ISO 8601, with its zone.'),
});

function isMoment(value: string): boolean {
	return (
		/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
		!Number.isNaN(Date.parse(value))
	);
}

/** A server that is still starting knows no names of zones, not even Z. */
function writtenMoment(value: string): string {
	return new Date(value).toISOString().replace('T', ' ').replace('Z', '+00');
}

/** Where the increments lie while it recovers: one folder each, in their order. */
const FETCH = `for one in "$ROUNDS_LOGS"/*; do if [ -f "$one/%f" ]; then exec cp "$one/%f" "%p"; fi; done; exit 1`;

/** An empty folder for a cluster of our own, that nobody can reach but by a socket in it. */
export async function scratchBase(
	options: BaseOptions,
	into: unknown,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const live = basePlace(options);
	if (!live.ok) return live;
	const { until } = baseInto.parse(into ?? {});
	const made = await makeCluster(ports, run, options.scratch);
	if (!made.ok) return made;
	const cluster = made.value;
	const place = clusterPlace(cluster, live.value.user, live.value.database);
	const own = {
		way: 'cluster',
		folder: cluster.folder,
		sockets: cluster.sockets,
		owner: cluster.owner ?? '',
		...(until === undefined ? {} : { until: String(until) }),
	};
	const restored = {
		kind: 'database',
		engine: 'postgres',
		original: { ...live.value, database: '' },
		place,
	} as const;
	return ok({
		place: { shown: clean(cluster.folder, { max: 300 }), restored, own },
		dispose: () => removeCluster(cluster, ports),
	});
}

function clusterOf({ own }: RestorePlace): Cluster {
	const folder = String(own['folder']);
	const owner = own['owner'] === '' ? null : String(own['owner']);
	return {
		folder,
		files: join(folder, 'files'),
		sockets: String(own['sockets']),
		as: actingAs(owner),
		owner,
	};
}

/** Unpacks base and increments and has a server of our own replay them to their end. */
export async function restoreBase(
	options: BaseOptions,
	copy: OpenedCopy,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const cluster = clusterOf(place);
	const until = place.own['until'] === undefined ? null : String(place.own['until']);
	const recovered = await recover(
		options,
		copy,
		cluster,
		{ until, lasting: false },
		databaseOf(place),
		ports,
		run,
	);
	if (!recovered.ok) {
		await endCluster(cluster);
		return recovered;
	}
	return ok(undefined);
}

/** The files of a cluster as the copy has them, recovered, with a server running on them. */
export async function recover(
	options: Pick<BaseOptions, 'bin'>,
	copy: OpenedCopy,
	cluster: Cluster,
	how: { readonly until: string | null; readonly lasting: boolean },
	place: ReturnType<typeof databaseOf>,
	ports: SourcePorts,
	run: Run,
): Promise<Result<PostgresTools, Fault>> {
	const server = copy.manifest.versions['server'] ?? '0';
	const tools = await findTools(ports, run, { bin: options.bin, program: 'postgres', server, exact: true });
	if (!tools.ok) return tools;
	const logs = join(cluster.folder, 'logs');
	const parts = [
		{ from: copy.file, to: cluster.files },
		...copy.increments.map(({ file }, at) => ({ from: file, to: join(logs, String(at).padStart(6, '0')) })),
	];
	const made = await ports.folders.ensure(logs);
	if (!made.ok) return made;
	for (const { from, to } of parts) {
		const size = await ports.files.facts(from);
		const ready = size.ok ? await ports.folders.ensure(to) : size;
		if (!ready.ok || !size.ok) return ready.ok ? err(fault('file-missing', { path: from })) : ready;
		const unpacked = await ports.heavy.unpack({ from, to, maxBytes: size.value.bytes }, run, run.onProgress);
		if (!unpacked.ok) return unpacked;
	}
	const signal = await ports.folders.write(join(cluster.files, 'recovery.signal'), '');
	if (!signal.ok) return signal;
	// It refuses files that a group may read, which ours may where state is shared.
	const closed = await runTool(ports, run, { argv: ['chmod', '0700', cluster.files] });
	if (!closed.ok) return closed;
	const given = await giveAway(cluster, ports, run, cluster.folder);
	if (!given.ok) return given;
	// The server refuses to replay prepared transactions that it has no room for.
	const shown = await runPostgresTool(ports, run, tools.value, 'pg_controldata', ['-D', cluster.files], null);
	if (!shown.ok) return shown;
	const prepared = /^max_prepared_xacts setting:\s+(\d+)/m.exec(shown.value.stdout)?.[1] ?? '0';
	run.onProgress({ phase: 'restore', done: 0, total: null, unit: 'bytes' });
	const settings = {
		hot_standby: 'off',
		max_prepared_transactions: prepared,
		restore_command: FETCH,
		recovery_target: '',
		recovery_target_lsn: '',
		recovery_target_name: '',
		recovery_target_xid: '',
		recovery_target_time: how.until === null ? '' : writtenMoment(how.until),
		recovery_target_timeline: 'latest',
		recovery_target_action: 'promote',
		recovery_end_command: '',
		archive_cleanup_command: '',
	};
	const started = await startCluster(cluster, tools.value, ports, run, place, {
		lasting: how.lasting,
		settings,
		env: { ROUNDS_LOGS: logs },
	});
	if (!started.ok) return started;
	const reached = how.until === null ? await reachedEnd(copy, place, ports, run) : ok(undefined);
	return reached.ok ? tools : reached;
}

/** Recovery ends in silence where the log has a hole: only where it ended says whether all of it was there. */
async function reachedEnd(
	copy: OpenedCopy,
	place: ReturnType<typeof databaseOf>,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const last = copy.increments.at(-1)?.manifest.facts ?? {};
	const bytes = Number(last['walSegmentBytes'] ?? copy.manifest.facts['walSegmentBytes']);
	const segment = readSegment(String(last['lastSegment'] ?? copy.manifest.facts['walSegment']), bytes);
	const told = await askPostgres(ports, run, place, { replayed: 'select pg_last_wal_replay_lsn()::text' });
	if (!told.ok) return told;
	const replayed = textOf(told.value['replayed']);
	const reached = readPosition(replayed);
	if (segment === null || (reached > segment.number * bytes && !Number.isNaN(reached))) return ok(undefined);
	return err(fault('copy-incomplete', { name: segment.name }));
}

export async function measureBase(
	options: BaseOptions,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Measured, Fault>> {
	const at = databaseOf(place);
	const tools = await toolsFor(options, at, 'psql', ports, run);
	return tools.ok ? measurePlace(ports, run, tools.value, at, {}) : tools;
}

export async function maskBase(
	options: BaseOptions,
	place: RestorePlace,
	statements: readonly string[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const at = databaseOf(place);
	const tools = await toolsFor(options, at, 'psql', ports, run);
	if (!tools.ok) return tools;
	const changed = await runScript(ports, run, tools.value, at, changing([QUIET, ...statements]));
	return changed.ok ? ok(undefined) : changed;
}

/** A cluster that does not answer is asked for its folder only. */
export async function look(
	options: BaseOptions,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Standing, Fault>> {
	// Known before anything is made ready or stopped for it.
	if (options.data === undefined) return err(fault('not-restorable', { reason: 'data-folder' }));
	const place = basePlace(options);
	if (!place.ok) return place;
	const told = await askPostgres(ports, run, place.value, {
		bytes: 'select sum(pg_database_size(oid)) from pg_database',
		databases: 'select count(*) from pg_database where not datistemplate',
	});
	if (told.ok) {
		const facts = { bytes: numberOf(told.value['bytes']), databases: numberOf(told.value['databases']) };
		return ok({ exists: true, facts, rows: null });
	}
	const there = await ports.folders.look(options.data);
	if (!there.ok) return there;
	return ok({ exists: there.value !== null, facts: {}, rows: null });
}
