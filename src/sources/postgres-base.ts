import { join } from 'node:path';
import type { z } from 'zod';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { databaseTarget } from '../fields/database-options.ts';
import { defineSource } from './define.ts';
import {
	type BaseOptions,
	basePlace,
	baseSchema,
	clusterName,
	liveCluster,
} from './postgres-base-options.ts';
import { forgetBase, putBackBase, replaceBase } from './postgres-base-replace.ts';
import { baseInto, look, maskBase, measureBase, restoreBase, scratchBase } from './postgres-base-restore.ts';
import { askPostgres, numberOf, textOf } from './postgres-sql.ts';
import { findTools, libpqVariables, POSTGRES, runPostgresTool, toolFault } from './postgres-tools.ts';
import { lastLine, runTool } from './run-tool.ts';
import { readPosition, segmentBefore } from './wal-segments.ts';

/**
 * Copies: a whole cluster as one tar, with the log that makes it whole and PostgreSQL's own manifest. Facts: `systemIdentifier`,
 * `timeline`, `startLsn`, `stopLsn`, `walSegment` (the last one in it), `walSegmentBytes`, `databases`. Rows and sums: none, since no
 * session sees the instant at which it ends. Faults: those of a database, `no-permission`, `not-supported` (tablespaces).
 */
export const postgresBase = defineSource<BaseOptions>({
	name: 'postgres-base',
	title: { en: 'PostgreSQL base backup', 'zh-CN': 'PostgreSQL 基础备份' },
	schema: baseSchema as unknown as z.ZodType<BaseOptions>,
	paths: ['bin', 'scratch', 'data'],
	example: `booking-full:
  source: postgres-base
  host: localhost
  user: backup
  password: secret:backup_password
  database: booking
  to: backups/
  at: "02:00"
  keep: {days: 30}
  drill: 90d
`,
	subject: (options) => databaseTarget(options, POSTGRES),
	names(options) {
		const name = clusterName(options);
		return { plain: `${name}.base.YYYYMMDD.tar`, pinned: `${name}.base.YYYYMMDD_HHMMSS.tar` };
	},
	compress: 'zstd',
	async size(options, ports, run) {
		const place = basePlace(options);
		if (!place.ok) return place;
		const told = await askPostgres(ports, run, place.value, {
			bytes: 'select sum(pg_database_size(oid)) from pg_database',
		});
		// Somebody else's databases may not be asked for their size.
		return told.ok
			? ok(numberOf(told.value['bytes']))
			: told.error.code === 'no-permission'
				? ok(null)
				: told;
	},
	async copy(options, to, ports, run) {
		const place = basePlace(options);
		if (!place.ok) return place;
		const there = await ports.folders.look(to);
		if (!there.ok) return there;
		if (there.value !== null) return err(fault('name-taken', { path: clean(to, { max: 300 }) }));
		const told = await askPostgres(ports, run, place.value, ABOUT);
		if (!told.ok) return told;
		if (numberOf(told.value['tablespaces']) > 0) return err(fault('not-supported', { what: 'tablespaces' }));
		if (told.value['allowed'] !== true) return err(fault('no-permission', { query: 'replication' }));
		const server = textOf(told.value['version']);
		const tools = await findTools(ports, run, { bin: options.bin, program: 'pg_basebackup', server });
		if (!tools.ok) return tools;
		let said = '';
		let asOf = 0;
		const onSaid = (text: string) => {
			said = (said + text.replace(PROGRESS_LINE, '')).slice(-64 * 1024);
			if (asOf === 0 && said.includes('write-ahead log end point')) asOf = ports.clock.now();
			const [, done, total] = PROGRESS.exec(text) ?? [];
			if (done !== undefined)
				run.onProgress({
					phase: 'copy',
					done: Number(done) * 1024,
					total: Number(total) * 1024,
					unit: 'bytes',
				});
		};
		const argv = [
			tools.value.path('pg_basebackup'),
			'-D',
			'-',
			'-F',
			't',
			'-X',
			'fetch',
			'-c',
			'fast',
			'-l',
			'rounds',
			'-w',
			'-v',
			'-P',
		];
		const answer = await runTool(ports, run, {
			argv,
			env: await libpqVariables({ ...place.value, database: '' }, ports, run),
			secret: place.value.password,
			stdoutFile: to,
			onSaid,
			noise: PROGRESS,
		});
		const failed = !answer.ok
			? answer.error
			: answer.value.exit === 0
				? null
				: toolFault('pg_basebackup', answer.value, place.value);
		const [, startLsn = '', timeline = ''] = /start point: (\S+) on timeline (\d+)/.exec(said) ?? [];
		const stopLsn = /end point: (\S+)/.exec(said)?.[1] ?? '';
		const end = readPosition(stopLsn);
		if (failed !== null || Number.isNaN(end)) {
			await ports.folders.remove(to);
			return err(failed ?? fault('command-failed', { command: 'pg_basebackup', message: lastLine(said) }));
		}
		const bytes = numberOf(told.value['segment']);
		return ok({
			asOf: asOf === 0 ? ports.clock.now() : asOf,
			method: 'pg-basebackup',
			versions: { server, pg_basebackup: tools.value.version },
			rows: null,
			sums: null,
			facts: {
				systemIdentifier: textOf(told.value['system']),
				timeline: Number(timeline),
				startLsn,
				stopLsn,
				walSegment: segmentBefore(Number(timeline), end, bytes).name,
				walSegmentBytes: bytes,
				databases: numberOf(told.value['databases']),
			},
			warnings: [],
		});
	},
	async verify(options, copy, ports, run) {
		const to = join(run.folder, 'base');
		const made = await ports.folders.ensure(to);
		if (!made.ok) return made;
		const proven = await proveBase(
			options,
			copy.file,
			to,
			copy.manifest.versions['server'] ?? '0',
			ports,
			run,
		);
		const removed = await ports.folders.removeFolder(to);
		return proven.ok && !removed.ok ? removed : proven;
	},
	restoring: {
		live: liveCluster,
		scratch: scratchBase,
		restore: restoreBase,
		mask: maskBase,
		measure: measureBase,
		look,
		replace: replaceBase,
		putBack: putBackBase,
		forget: forgetBase,
		intoSchema: baseInto,
	},
});

/** Servers may send notices of any length: so many digits, and no more, are looked at from each place. */
const PROGRESS = /(\d{1,18})\/(\d{1,18}) kB/;
const PROGRESS_LINE = /^.*\d\/\d{1,18} kB.*$/gm;

const ABOUT = {
	version: "select current_setting('server_version')",
	segment: "select pg_size_bytes(current_setting('wal_segment_size'))",
	system: 'select system_identifier from pg_control_system()',
	allowed: 'select rolreplication or rolsuper from pg_roles where rolname = current_user',
	tablespaces: "select count(*) from pg_tablespace where spcname not in ('pg_default', 'pg_global')",
	databases: 'select count(*) from pg_database where not datistemplate',
};

/** Unpacks it and has PostgreSQL hold every file against its manifest, where its tool for that is installed. */
async function proveBase(
	options: BaseOptions,
	file: string,
	to: string,
	server: string,
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
	const { files } = unpacked.value;
	const tools = await findTools(ports, run, {
		bin: options.bin,
		program: 'pg_verifybackup',
		server,
		exact: true,
	});
	if (!tools.ok) {
		if (tools.error.code === 'command-missing' || tools.error.code === 'version-mismatch')
			return ok({ files, proven: 'archive' });
		return tools;
	}
	const checked = await runPostgresTool(ports, run, tools.value, 'pg_verifybackup', ['-q', to], null);
	if (checked.ok) return ok({ files, proven: 'pg_verifybackup' });
	const { code, detail } = checked.error;
	if (code !== 'command-failed') return checked;
	return err(fault('copy-damaged', { what: 'archive', reason: detail['message'] ?? '' }));
}
