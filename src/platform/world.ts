import { stat } from 'node:fs/promises';
import type { FoldersPort, S3Port } from '../domain/backup-ports.ts';
import type { LogFilesPort } from '../domain/log-port.ts';
import type {
	Clock,
	EnvironmentPort,
	FilesPort,
	OwnFilesPort,
	SecretsPort,
	SqlPort,
	WorldPorts,
} from '../domain/ports.ts';
import { createClock } from './clock.ts';
import { createDns } from './dns.ts';
import { createEnvironment } from './environment.ts';
import { createFiles } from './files.ts';
import { createFolders } from './folders.ts';
import { createHost } from './host.ts';
import { createHttp } from './http.ts';
import { createLogFiles } from './log-files.ts';
import { createMysql } from './mysql.ts';
import { createNet } from './net.ts';
import { createOwnFiles } from './own-files.ts';
import { createPostgres } from './postgres.ts';
import { createProcesses } from './processes.ts';
import { createS3 } from './s3.ts';
import { createSecrets } from './secrets.ts';
import { createTls } from './tls.ts';
import { createWebSocket } from './websocket.ts';

/** The whole outside world behind its ports. */
export interface World {
	readonly clock: Clock;
	readonly environment: EnvironmentPort;
	readonly files: FilesPort;
	readonly logFiles: LogFilesPort;
	ownFiles(group: number | null): OwnFilesPort;
	folders(group: number | null): FoldersPort;
	s3(): S3Port;
	secrets(folder: string): SecretsPort;
	probePorts(sql: SqlPort): WorldPorts;
	/** Modification times, epoch ms; null where there is no file. */
	stamps(paths: readonly string[]): Promise<readonly (number | null)[]>;
	exists(path: string): Promise<boolean>;
	/** Closes kept connections; kills commands that did not end when asked to. */
	close(): Promise<void>;
}

export interface WorldOptions {
	/** Variables beside the process's own. */
	readonly variables?: Readonly<Record<string, string>>;
	/** Splits a `cmd:` reference into its arguments without a shell. */
	readonly split: (line: string) => readonly string[] | null;
}

export function createWorld({ variables = {}, split }: WorldOptions): World {
	const clock = createClock();
	const environment = createEnvironment({ ...process.env, ...variables });
	const files = createFiles(clock);
	const processes = createProcesses(clock);
	const http = createHttp(clock);
	const modifiedAt = async (path: string) => {
		try {
			return (await stat(path)).mtimeMs;
		} catch {
			return null;
		}
	};
	return {
		clock,
		environment,
		files,
		logFiles: createLogFiles(),
		ownFiles: (group) => createOwnFiles({ group }),
		folders: (group) => createFolders({ clock, group }),
		s3: () => createS3(clock),
		secrets: (folder) => createSecrets({ clock, environment, files, processes, folder, split }),
		probePorts: (sql) => ({
			clock,
			http,
			net: createNet(clock),
			tls: createTls(clock),
			dns: createDns(clock),
			websocket: createWebSocket(clock),
			files,
			processes,
			sql,
			postgres: createPostgres(clock),
			mysql: createMysql(clock),
			environment,
			host: createHost(),
		}),
		stamps: (paths) => Promise.all(paths.map(modifiedAt)),
		exists: async (path) => (await modifiedAt(path)) !== null,
		close() {
			processes.end();
			return http.close();
		},
	};
}
