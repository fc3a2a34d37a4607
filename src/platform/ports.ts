import { fault } from '../domain/fault.ts';
import type { LogRecordsPort } from '../domain/log-port.ts';
import type { Clock, SqlPort, WorldPorts } from '../domain/ports.ts';
import { err } from '../domain/result.ts';
import { createClock } from './clock.ts';
import { createDns } from './dns.ts';
import { createEnvironment } from './environment.ts';
import { createFiles } from './files.ts';
import { createHost } from './host.ts';
import { createHttp } from './http.ts';
import { createMysql } from './mysql.ts';
import { createNet } from './net.ts';
import { createPostgres } from './postgres.ts';
import { createProcesses } from './processes.ts';
import { createTls } from './tls.ts';
import { createWebSocket } from './websocket.ts';

export interface OpenProbePorts extends WorldPorts {
	/** As it was given: reading logs is no affair of the platform's. */
	readonly logs: LogRecordsPort;
	/** Closes what is kept open between probes. */
	close(): Promise<void>;
}

/** Where nobody reads logs. */
const NO_LOGS: LogRecordsPort = {
	readFiles: async () => err(fault('not-supported', { what: 'logs' })),
	readText() {},
};

/** Everything check kinds reach the world through; logs are read by a service, SQL by the workers. */
export function createProbePorts({
	sql,
	logs = NO_LOGS,
	clock = createClock(),
}: {
	readonly sql: SqlPort;
	readonly logs?: LogRecordsPort;
	readonly clock?: Clock;
}): OpenProbePorts {
	const http = createHttp(clock);
	return {
		clock,
		http,
		net: createNet(clock),
		tls: createTls(clock),
		dns: createDns(clock),
		websocket: createWebSocket(clock),
		files: createFiles(clock),
		processes: createProcesses(clock),
		sql,
		postgres: createPostgres(clock),
		mysql: createMysql(clock),
		logs,
		environment: createEnvironment(),
		host: createHost(),
		close: () => http.close(),
	};
}
