import { join } from 'node:path';
import { z } from 'zod';
import type { Manifest } from '../domain/backup.ts';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { connectionMistake, databaseTarget } from '../fields/database-options.ts';
import { duration, path } from '../fields/fields.ts';
import { defineSource } from './define.ts';
import { basePlace, clusterName } from './postgres-base-options.ts';
import { postgresKeys } from './postgres-options.ts';
import { askPostgres, numberOf, runScript, type Told, textOf } from './postgres-sql.ts';
import { findTools, POSTGRES, type PostgresTools } from './postgres-tools.ts';
import { pause, whyEnded } from './run-tool.ts';
import { archivedBetween, liesThere, readable, verifyLogs } from './wal-archive.ts';
import { readSegment, type Segment } from './wal-segments.ts';

const { scratch: _none, ...connection } = postgresKeys;

const schema = z
	.strictObject({
		...connection,
		archive: path().describe(
			"Folder that the server's archive_command fills, as this host sees it: whole segments under their own names.",
		),
		wait: duration().prefault('1m').describe('How long the server may take to archive the newest segment.'),
	})
	.superRefine((options, context) => {
		const mistake = connectionMistake(options, POSTGRES);
		if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
	});

export type WalOptions = z.output<typeof schema>;

const ARCHIVER = {
	archived: 'select last_archived_wal from pg_stat_archiver',
	archivedAt: 'select last_archived_time from pg_stat_archiver',
	failures: 'select failed_count from pg_stat_archiver',
	failed: 'select last_failed_wal from pg_stat_archiver',
	failing:
		"select coalesce(last_failed_time > coalesce(last_archived_time, last_failed_time - interval '1s'), false) from pg_stat_archiver",
};
const ABOUT = {
	version: "select current_setting('server_version')",
	mode: "select current_setting('archive_mode')",
	system: 'select system_identifier from pg_control_system()',
	segment: "select pg_size_bytes(current_setting('wal_segment_size'))",
	replica: 'select pg_is_in_recovery()',
	switches: "select has_function_privilege('pg_switch_wal()', 'execute')",
	messages: "select has_function_privilege('pg_logical_emit_message(boolean, text, text)', 'execute')",
	...ARCHIVER,
};

/**
 * Copies: the log written since the last increment, or since the base, as one tar of whole segments. Facts: `firstSegment`,
 * `lastSegment`, `segments`, `timeline`, `walSegmentBytes`, `systemIdentifier`, `newestWalAt` (ISO), `newestWalAgeMs`,
 * `archiveFailures` (of the server, ever). Faults: `not-supported` {what: archive_mode}, `command-failed` {command:
 * archive_command}, `timeout`, `file-missing` {path: the segment that is missing}, `file-malformed`, `source-changed` (another
 * cluster than the base's), `manifest-missing` (no base yet), `nothing-to-copy`.
 */
export const postgresWal = defineSource<WalOptions>({
	name: 'postgres-wal',
	title: { en: 'PostgreSQL write-ahead log', 'zh-CN': 'PostgreSQL 预写日志' },
	schema: schema as unknown as z.ZodType<WalOptions>,
	paths: ['bin', 'archive'],
	example: `booking-wal:
  source: postgres-wal
  base: booking-full
  host: localhost
  user: backup
  password: secret:backup_password
  database: booking
  archive: /var/lib/postgresql/archive
  to: backups/
  every: 15m
  keep: {days: 30}
`,
	subject: (options) => databaseTarget(options, POSTGRES),
	names(options) {
		const name = clusterName(options);
		return {
			plain: `${name}.wal.YYYYMMDD_HHMMSS.tar`,
			pinned: `${name}.wal.pinned.YYYYMMDD_HHMMSS.tar`,
		};
	},
	compress: 'zstd',
	continues: 'postgres-base',
	size: async () => ok(null),
	async copy(options, to, ports, run, { previous, base }) {
		const place = basePlace(options);
		if (!place.ok) return place;
		const there = await ports.folders.look(to);
		if (!there.ok) return there;
		if (there.value !== null) return err(fault('name-taken', { path: clean(to, { max: 300 }) }));
		const told = await askPostgres(ports, run, place.value, ABOUT);
		if (!told.ok) return told;
		const bytes = numberOf(told.value['segment']);
		const system = textOf(told.value['system']);
		if (textOf(told.value['mode']) === 'off')
			return err(fault('not-supported', { what: 'archive_mode = off' }));
		const begin = beginnings(previous, base, system, bytes);
		if (!begin.ok) return begin;
		const server = textOf(told.value['version']);
		const tools = await findTools(ports, run, {
			bin: options.bin,
			program: 'pg_waldump',
			server,
			exact: true,
		});
		if (!tools.ok) return tools;
		const last = await newest(place.value, told.value, bytes, tools.value, ports, run);
		if (!last.ok) return last;
		const asOf = last.value.at;
		const archived = await waitForArchive(
			options,
			place.value,
			last.value.segment,
			numberOf(told.value['failures']),
			bytes,
			ports,
			run,
		);
		if (!archived.ok) return archived;
		const found = await since(options, begin.value, last.value.segment, bytes, ports);
		if (!found.ok) return found;
		const { segments, histories, newestAt } = found.value;
		const first = segments[0];
		const final = segments.at(-1);
		if (first === undefined || final === undefined)
			return err(fault('nothing-to-copy', { what: begin.value[0].name }));
		const whole = await readable(options.archive, segments, tools.value, ports, run);
		if (!whole.ok) return whole;
		const literal = [...histories, ...segments.map(({ name }) => name)].map((name) =>
			plainGlob(join(options.archive, name)),
		);
		const packed = await ports.heavy.pack(
			{ root: options.archive, files: literal, exclude: [], to },
			run,
			run.onProgress,
		);
		if (!packed.ok) return packed;
		if (packed.value.changed.length > 0 || packed.value.files !== literal.length) {
			await ports.folders.remove(to);
			return err(
				fault('source-changed', { path: clean(packed.value.changed[0] ?? options.archive, { max: 300 }) }),
			);
		}
		const failures = numberOf(archived.value['failures']);
		const before = Number(previous?.facts['archiveFailures'] ?? failures);
		return ok({
			asOf,
			method: last.value.method,
			versions: { server, pg_waldump: tools.value.version },
			rows: null,
			sums: null,
			facts: {
				firstSegment: first.name,
				lastSegment: final.name,
				segments: segments.length,
				timeline: final.timeline,
				walSegmentBytes: bytes,
				systemIdentifier: system,
				newestWalAt: new Date(newestAt).toISOString(),
				newestWalAgeMs: Math.max(0, Math.round(ports.clock.now() - newestAt)),
				archiveFailures: failures,
			},
			warnings: failures > before ? [archiveFault(archived.value)] : [],
		});
	},
	async verify(options, copy, ports, run) {
		const server = copy.manifest.versions['server'] ?? '0';
		const tools = await findTools(ports, run, {
			bin: options.bin,
			program: 'pg_waldump',
			server,
			exact: true,
		});
		return tools.ok ? verifyLogs(copy, tools.value, ports, run) : tools;
	},
	// Put back with the base that they continue.
	restoring: null,
});

/**
 * The newest segment that is safe already: by the increment before, so that every base before it can be continued; or else, where
 * that chain is broken by now, by the base. In the order in which they are tried.
 */
function beginnings(
	previous: Manifest | null,
	base: Manifest | null,
	system: string,
	bytes: number,
): Result<readonly [Segment, ...Segment[]], Fault> {
	if (base === null) return err(fault('manifest-missing', { name: 'postgres-base' }));
	if (base.facts['systemIdentifier'] !== system) return err(fault('source-changed', { name: base.name }));
	const stands = readSegment(String(base.facts['walSegment']), bytes);
	if (stands === null) return err(fault('manifest-malformed', { name: base.name }));
	if (previous === null || previous.facts['systemIdentifier'] !== system) return ok([stands]);
	const kept = readSegment(String(previous.facts['lastSegment']), bytes);
	if (kept === null) return err(fault('manifest-malformed', { name: previous.name }));
	const isNewer = stands.timeline > kept.timeline || stands.number > kept.number;
	return ok(isNewer ? [kept, stands] : [kept]);
}

/** What is new since the first of these from which on nothing is missing. */
async function since(
	options: WalOptions,
	begin: readonly [Segment, ...Segment[]],
	last: Segment,
	bytes: number,
	ports: SourcePorts,
) {
	let found = await archivedBetween(options.archive, begin[0], last, bytes, ports);
	for (const from of begin.slice(1))
		if (!found.ok && found.error.code === 'file-missing')
			found = await archivedBetween(options.archive, from, last, bytes, ports);
	return found;
}

interface Newest {
	readonly segment: Segment;
	readonly at: number;
	readonly method: string;
}

/** Has the server end its segment where it lets us; else takes the newest that it has archived by itself. */
async function newest(
	place: DatabasePlace,
	told: Told,
	bytes: number,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Newest, Fault>> {
	if (told['switches'] !== true || told['replica'] === true) {
		const name = textOf(told['archived']).slice(0, 24);
		const segment = readSegment(name, bytes);
		const at = Date.parse(textOf(told['archivedAt']));
		if (segment === null || Number.isNaN(at))
			return err(fault('nothing-to-copy', { what: 'pg_stat_archiver' }));
		return ok({ segment, at, method: 'archived' });
	}
	// Without a word in it an idle server's segment would not end, and its age would tell nothing.
	const mark =
		told['messages'] === true ? "select 1 from pg_logical_emit_message(true, 'rounds', 'increment');\n" : '';
	const said = await runScript(ports, run, tools, place, `${mark}select pg_walfile_name(pg_switch_wal());\n`);
	if (!said.ok) return said;
	const name = said.value.stdout.trim().split('\n').at(-1) ?? '';
	const segment = readSegment(name, bytes);
	return segment === null
		? err(fault('bad-body', { format: 'psql' }))
		: ok({ segment, at: ports.clock.now(), method: 'switched' });
}

const archiveFault = (told: Told): Fault =>
	fault('command-failed', {
		command: 'archive_command',
		message: clean(textOf(told['failed']), { max: 60 }),
	});

/** Until the server says that it has archived this segment; a failure since we began to wait is said at once. */
async function waitForArchive(
	options: WalOptions,
	place: DatabasePlace,
	last: Segment,
	failuresBefore: number,
	bytes: number,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Told, Fault>> {
	const until = ports.clock.monotonic() + options.wait;
	for (;;) {
		const told = await askPostgres(ports, run, place, ARCHIVER);
		if (!told.ok) return told;
		const name = textOf(told.value['archived']);
		const archived = readSegment(name.slice(0, 24), bytes);
		if (archived !== null && archived.timeline >= last.timeline && archived.number >= last.number)
			return told;
		// The label of a base backup, or a history, may come last and hide what came before it.
		if (name.length !== 24 && (await liesThere(options.archive, last, bytes, ports))) return told;
		if (numberOf(told.value['failures']) > failuresBefore) return err(archiveFault(told.value));
		if (ports.clock.monotonic() >= until)
			return err(
				told.value['failing'] === true
					? archiveFault(told.value)
					: fault('timeout', { limitMs: options.wait }),
			);
		if (await pause(ports, run, 250)) continue;
		const why = whyEnded(run, ports);
		return why.ok ? err(fault('timeout', { limitMs: options.wait })) : why;
	}
}

/** A path as a glob that matches nothing else. */
function plainGlob(path: string): string {
	return path.replace(/[\\*?[\]{}()!+@|^$]/g, '\\$&');
}
