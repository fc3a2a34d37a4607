import type { z } from 'zod';
import { type DatabaseOptions, databaseSchema, databaseTarget, placeOf } from '../fields/database-options.ts';
import { askDatabase, databaseMust, databaseSamples, type Facts } from './database-probe.ts';
import { askRestored } from './database-restored.ts';
import { defineCheckKind } from './define.ts';
import { shellWord } from './shell-word.ts';

const FAMILY = { schemes: ['postgresql', 'postgres'], port: 5432 } as const;

// Others' transactions are hidden from a user without pg_read_all_stats: nothing is said rather than "none".
const SEES_ALL = "pg_has_role(current_user, 'pg_read_all_stats', 'usage')";

const FACTS: Facts = {
	version: { unit: 'none', ask: ["select current_setting('server_version')"] },
	replica: { unit: 'none', ask: ['select pg_is_in_recovery()'] },
	// Of a replica: how old the newest it has replayed is, 0 when it has replayed all it received. Of others: their slowest one.
	lag: {
		unit: 'ms',
		ask: [
			`select case when pg_is_in_recovery() then
				case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
				else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 end
			else (select extract(epoch from max(coalesce(replay_lag, interval '0'))) * 1000 from pg_stat_replication where ${SEES_ALL}) end`,
		],
	},
	replicas: { unit: 'none', ask: [`select count(*) from pg_stat_replication having ${SEES_ALL}`] },
	connections: { unit: 'none', ask: ['select sum(numbackends) from pg_stat_database'] },
	'connections.max': { unit: 'none', ask: ["select current_setting('max_connections')::int"] },
	size: { unit: 'bytes', ask: ['select pg_database_size(current_database())'] },
	'oldest.transaction': {
		unit: 'ms',
		ask: [
			`select greatest(0, coalesce(max(extract(epoch from clock_timestamp() - xact_start) * 1000), 0)) from pg_stat_activity
			where backend_type = 'client backend' and pid <> pg_backend_pid() having ${SEES_ALL}`,
		],
	},
	archiving: { unit: 'none', ask: ["select current_setting('archive_mode') <> 'off'"] },
	archived: { unit: 'none', ask: ['select last_archived_time from pg_stat_archiver'] },
	'archive.failing': {
		unit: 'none',
		ask: [
			"select coalesce(last_failed_time > coalesce(last_archived_time, last_failed_time - interval '1s'), false) from pg_stat_archiver",
		],
	},
};

const schema = databaseSchema(FAMILY, { connect: true, ...FACTS });

/**
 * Samples: `<name>` (absent unless the query gave one row of one value), `<name>.took`, `<name>.rows`, `took`, `connect`;
 * with `facts` those of `FACTS`, each absent where it cannot be told. Faults: those of a database.
 */
export const postgres = defineCheckKind<DatabaseOptions>({
	name: 'postgres',
	title: { en: 'PostgreSQL query', 'zh-CN': 'PostgreSQL 查询' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<DatabaseOptions>,
	paths: [],
	example: `booking-db:
  kind: postgres
  host: localhost
  user: rounds
  database: booking
  every: 1m
  read:
    appointments: select count(*) from appointments
    revision: select version_num from alembic_version
  facts: true
  must:
    - appointments > 0
    - connections / connections.max < 80%
    - age(archived) < 20m
  should:
    - appointments.took < 100ms
    - oldest.transaction < 10m
`,
	headline: 'took',
	origin: () => null,
	target: (options) => databaseTarget(options, FAMILY),
	texts: () => ['version', 'archived'],
	samples: (options) => databaseSamples(options, FACTS),
	impliedMust: databaseMust,
	copyAs(options) {
		const place = placeOf(options, FAMILY);
		const [query] = Object.values(options.read ?? { version: 'select version()' });
		if (!place.ok || options.url !== undefined || query === undefined) return null;
		const { host, port, user, database } = place.value;
		const into = database === '' ? '' : ` -d ${shellWord(database)}`;
		return `psql -h ${shellWord(host)} -p ${port} -U ${shellWord(user)}${into} -c ${shellWord(query)}`;
	},
	onRestored: (options, restored) => askRestored(options, restored, 'postgres', FAMILY),
	probe: (options, ports, context) =>
		askDatabase(
			options,
			placeOf(options, FAMILY),
			FACTS,
			{ clock: ports.clock, port: ports.postgres },
			context,
		),
});
