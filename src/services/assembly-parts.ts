import type { LoadedConfig } from '../config/sources.ts';
import type { SourcePorts, TargetPorts } from '../domain/backup-ports.ts';
import type { CheckKind } from '../domain/check.ts';
import type { LogFilesPort } from '../domain/log-port.ts';
import type { Locale } from '../domain/own-text.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import type { Clock, Leftovers, OwnFilesPort, WorldPorts } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import type { Holder, Storage } from '../domain/storage-port.ts';

/** The world, opened, and what was configured. */
export interface AssemblyParts {
	readonly clock: Clock;
	readonly ports: WorldPorts;
	readonly logFiles: LogFilesPort;
	readonly leftovers: Leftovers;
	readonly ownFiles: OwnFilesPort;
	readonly backupPorts: Pick<SourcePorts, 'heavy' | 'folders'> & Pick<TargetPorts, 's3'>;
	/** Absolute: private folders of backups, drills and restores are made in it. */
	readonly scratch: string;
	readonly storage: Storage;
	readonly config: LoadedConfig;
	readonly load: () => Promise<Result<LoadedConfig, readonly ConfigProblem[]>>;
	readonly stamps: (files: readonly string[]) => Promise<readonly (number | null)[]>;
	readonly kindOf: (name: string) => CheckKind | undefined;
	readonly holder: Holder;
	/** Whether a process of this number lives on this host, and is the one born then. */
	readonly isProcess: (pid: number, born?: string | null) => boolean;
	readonly locale: Locale;
	readonly version: string;
	readonly demo: boolean;
	readonly signsAsDemo: boolean;
	readonly polls: boolean;
	/** Closes storage, workers and connections, last of all. */
	readonly close: () => Promise<void>;
}
