import type { Clock, ProbePorts, SqlPort } from '../domain/ports.ts';
import { createClock } from './clock.ts';
import { createEnvironment } from './environment.ts';
import { createFiles } from './files.ts';
import { createHost } from './host.ts';
import { createHttp } from './http.ts';
import { createNet } from './net.ts';
import { createProcesses } from './processes.ts';

export interface OpenProbePorts extends ProbePorts {
	/** Closes what is kept open between probes. */
	close(): Promise<void>;
}

/** Everything check kinds reach the world through; SQL comes from the workers. */
export function createProbePorts({
	sql,
	clock = createClock(),
}: {
	readonly sql: SqlPort;
	readonly clock?: Clock;
}): OpenProbePorts {
	const http = createHttp(clock);
	return {
		clock,
		http,
		net: createNet(clock),
		files: createFiles(clock),
		processes: createProcesses(clock),
		sql,
		environment: createEnvironment(),
		host: createHost(),
		close: () => http.close(),
	};
}
