import type { z } from 'zod';
import { type DatabaseOptions, databaseSchema, databaseTarget, placeOf } from '../fields/database-options.ts';
import { askDatabase, databaseMust, databaseSamples, type Facts } from './database-probe.ts';
import { askRestored } from './database-restored.ts';
import { defineCheckKind } from './define.ts';
import { shellWord } from './shell-word.ts';

const FAMILY = { schemes: ['mysql', 'mariadb'], port: 3306 } as const;

const REPLICA = ['show replica status', 'show slave status'];

const FACTS: Facts = {
	version: { unit: 'none', ask: ['select version()'] },
	'replica.io': { unit: 'none', ask: REPLICA, column: ['Replica_IO_Running', 'Slave_IO_Running'] },
	'replica.sql': { unit: 'none', ask: REPLICA, column: ['Replica_SQL_Running', 'Slave_SQL_Running'] },
	// The server counts whole seconds, and says nothing while replication stands still.
	lag: {
		unit: 'ms',
		of: 1000,
		ask: REPLICA,
		column: ['Seconds_Behind_Source', 'Seconds_Behind_Master'],
	},
	connections: {
		unit: 'none',
		of: 1,
		ask: ["show global status like 'Threads_connected'"],
		column: ['Value'],
	},
	'connections.max': { unit: 'none', ask: ['select @@global.max_connections'] },
	size: {
		unit: 'bytes',
		ask: [
			'select sum(data_length + index_length) from information_schema.tables where table_schema = database()',
		],
	},
	'oldest.transaction': {
		unit: 'ms',
		ask: [
			`select greatest(0, coalesce(max(timestampdiff(microsecond, trx_started, sysdate(6))) / 1000, 0))
			from information_schema.innodb_trx where trx_mysql_thread_id <> connection_id()`,
		],
	},
};

const schema = databaseSchema(FAMILY, { connect: true, ...FACTS });

/**
 * Samples: `<name>` (absent unless the query gave one row of one value), `<name>.took`, `<name>.rows`, `took`, `connect`;
 * with `facts` those of `FACTS`, each absent where it cannot be told. Faults: those of a database.
 */
export const mysql = defineCheckKind<DatabaseOptions>({
	name: 'mysql',
	title: { en: 'MySQL or MariaDB query', 'zh-CN': 'MySQL 或 MariaDB 查询' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<DatabaseOptions>,
	paths: [],
	example: `orders-db:
  kind: mysql
  host: localhost
  user: rounds
  database: orders
  every: 1m
  read:
    orders: select count(*) from orders
  facts: true
  must:
    - orders > 0
    - connections / connections.max < 80%
  should:
    - orders.took < 100ms
    - oldest.transaction < 10m
`,
	headline: 'took',
	origin: () => null,
	target: (options) => databaseTarget(options, FAMILY),
	texts: () => ['version', 'replica.io', 'replica.sql'],
	samples: (options) => databaseSamples(options, FACTS),
	impliedMust: databaseMust,
	copyAs(options) {
		const place = placeOf(options, FAMILY);
		const [query] = Object.values(options.read ?? { version: 'select version()' });
		if (!place.ok || options.url !== undefined || query === undefined) return null;
		const { host, port, user, database } = place.value;
		const where = host.startsWith('/') ? `-S ${shellWord(host)}` : `-h ${shellWord(host)} -P ${port}`;
		const secret = options.password === undefined ? '' : ' -p';
		const into = database === '' ? '' : ` ${shellWord(database)}`;
		return `mysql ${where} -u ${shellWord(user)}${secret} -e ${shellWord(query)}${into}`;
	},
	onRestored: (options, restored) => askRestored(options, restored, 'mysql', FAMILY),
	probe: (options, ports, context) =>
		askDatabase(options, placeOf(options, FAMILY), FACTS, { clock: ports.clock, port: ports.mysql }, context),
});
