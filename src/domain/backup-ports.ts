import type { Packed, PackRequest, Sealed, Swapped, SwapRequest, Unpacked } from './archive.ts';
import type { Compression, Encryption, Manifest, Progress } from './backup.ts';
import type { DatabasePlace, DatabasePort } from './database-port.ts';
import type { Fault } from './fault.ts';
import type {
	Clock,
	EnvironmentPort,
	FilesPort,
	HostPort,
	HttpPort,
	Limits,
	ProcessesPort,
} from './ports.ts';
import type { Result } from './result.ts';
import type { Text } from './secret.ts';

/** One run of a backup, verify, drill or restore, as sources and targets see it. */
export interface Run extends Limits {
	/** Epoch ms, taken once. */
	readonly now: number;
	/** IANA zone of the system. */
	readonly zone: string;
	/** A private, empty folder of this run, taken away with all that is in it when the run ends. Absolute. */
	readonly folder: string;
	readonly onProgress: (progress: Progress) => void;
	/** A line that an outside tool printed, for the operation's output. Cleaned and redacted by whoever keeps it. */
	readonly onLine: (line: string) => void;
}

/** What sources reach the world through. */
export interface SourcePorts {
	readonly clock: Clock;
	readonly files: FilesPort;
	readonly processes: ProcessesPort;
	readonly environment: EnvironmentPort;
	readonly http: HttpPort;
	readonly host: HostPort;
	readonly postgres: DatabasePort;
	readonly mysql: DatabasePort;
	readonly heavy: HeavyPort;
	readonly folders: FoldersPort;
}

/** What targets reach the world through. */
export interface TargetPorts {
	readonly clock: Clock;
	readonly files: FilesPort;
	readonly processes: ProcessesPort;
	readonly host: HostPort;
	readonly folders: FoldersPort;
	readonly s3: S3Port;
}

export interface FolderEntry {
	readonly name: string;
	readonly kind: 'file' | 'folder' | 'link' | 'other';
	readonly bytes: number;
	/** Epoch ms. */
	readonly modifiedAt: number;
}

/**
 * Files and folders that we make, move and take away ourselves. Links are never followed in the last part of a path; new files are
 * 0600 and new folders 0700 (or as the shared group has it). Faults: `file-missing`, `not-a-file`, `no-permission`, `disk-full`,
 * `read-only`, `name-taken`, `io-error`.
 */
export interface FoldersPort {
	/** Makes it and what is missing above it. `isPrivate`: 0700 whoever shares the others. */
	ensure(path: string, options?: { readonly isPrivate?: boolean }): Promise<Result<void, Fault>>;
	/** What lies in it, itself only, sorted by name. */
	list(path: string): Promise<Result<readonly FolderEntry[], Fault>>;
	/** Of the thing itself, a link too; null when nothing is there. */
	look(path: string): Promise<Result<FolderEntry | null, Fault>>;
	/** Whether another file system is mounted exactly there. */
	isMount(path: string): Promise<Result<boolean, Fault>>;
	/** Gives a finished, fsynced file its name and fsyncs the folder; `name-taken` rather than overwrite. Same file system. */
	place(from: string, to: string): Promise<Result<void, Fault>>;
	/** The same, in place of what stands there (a file or nothing). */
	replace(from: string, to: string): Promise<Result<void, Fault>>;
	/** Renames whatever stands there, a folder too; `name-taken` rather than overwrite. */
	move(from: string, to: string): Promise<Result<void, Fault>>;
	/** Gives a file a second name; `name-taken` rather than overwrite, `not-supported` where a file has one name only. */
	link(from: string, to: string): Promise<Result<void, Fault>>;
	/** Copies bytes to a new file, fsyncs it; for another file system. */
	copy(from: string, to: string, run: Limits, onBytes?: (done: number) => void): Promise<Result<void, Fault>>;
	/** Writes a small text whole (temporary, fsync, rename). */
	write(path: string, text: string, options?: { readonly replace?: boolean }): Promise<Result<void, Fault>>;
	/** A file, a link, never a folder; ok when nothing was there. */
	remove(path: string): Promise<Result<void, Fault>>;
	/** A whole folder of ours; links inside are removed, not followed. */
	removeFolder(path: string): Promise<Result<void, Fault>>;
	/** Makes a private, empty folder somewhere, and takes it away with all that is in it once `act` has ended. */
	privately<T>(act: (folder: string) => Promise<T>): Promise<Result<T, Fault>>;
}

export interface SqliteCopyRequest {
	readonly file: string;
	/** New file; never overwritten. */
	readonly to: string;
	/** Name → SELECT of one value, read from the same snapshot. */
	readonly sums: Readonly<Record<string, string>>;
	/** How long the application's writers may have to wait at most for one step, ms. */
	readonly longestWaitMs: number;
}

export interface SqliteCopied {
	readonly method: 'wal-snapshot' | 'locked-steps' | 'locked-whole' | 'vacuum-into';
	/** `wal` or `rollback`: what the file itself says. */
	readonly journalMode: 'wal' | 'rollback';
	readonly bytes: number;
	readonly pageSize: number;
	readonly rows: Readonly<Record<string, number>>;
	readonly sums: Readonly<Record<string, string>>;
	readonly userVersion: number;
	/** Fingerprint of the tables' definitions. */
	readonly schema: string;
	readonly sqliteVersion: string;
	/** How long a writer may have waited at worst, measured: the longest time a lock was held that keeps writers out, ms. */
	readonly longestLockMs: number;
	/** Epoch ms at which the snapshot was taken. */
	readonly asOf: number;
}

export interface SqliteState {
	/** `ok`, or what integrity_check says first; `unread` where it was not asked for. */
	readonly integrity: string;
	readonly rows: Readonly<Record<string, number>>;
	readonly sums: Readonly<Record<string, string>>;
	readonly userVersion: number;
	readonly schema: string;
}

type Heavy<Request, Answer> = (
	request: Request,
	limits: Limits,
	onProgress?: (progress: Progress) => void,
) => Promise<Result<Answer, Fault>>;

/** What would hold up everything else, done by workers. New files are 0600, made only where nothing stands, fsynced, and taken away on failure. */
export interface HeavyPort {
	/** Faults as `sqlite` checks have them, `source-changed`, `disk-full`, `name-taken`. */
	readonly copySqlite: Heavy<SqliteCopyRequest, SqliteCopied>;
	/**
	 * Opens a database read-only; `full` runs integrity_check. With `longestWaitMs` it is a live one: where reading it keeps its
	 * writers out, it ends by then with `database-locked` {reason: keeps-writers-out}.
	 */
	readonly lookSqlite: Heavy<
		{
			readonly file: string;
			readonly sums: Readonly<Record<string, string>>;
			readonly full: boolean;
			readonly longestWaitMs?: number;
		},
		SqliteState
	>;
	/**
	 * Statements on a database of our own, in one transaction: masks. An empty list makes a new empty database, unless `as` says
	 * that a finished one takes a journal mode, and the owner and mode of another file (`like`; null: stays ours).
	 */
	readonly changeSqlite: Heavy<
		{
			readonly file: string;
			readonly statements: readonly string[];
			readonly as?: { readonly journalMode: 'wal' | 'rollback'; readonly like: string | null };
		},
		Record<never, never>
	>;
	readonly pack: Heavy<PackRequest, Packed>;
	/**
	 * Reads a tar to its end; `archive-unsafe` {entry, reason}, `copy-damaged`. `to` null: only looks. Refused whole, before a byte is
	 * written; `to` is a new or an empty folder, empty again after a failure.
	 */
	readonly unpack: Heavy<
		{ readonly from: string; readonly to: string | null; readonly maxBytes: number },
		Unpacked
	>;
	/** Compresses, encrypts, hashes and fsyncs `from` into `to`; with neither, `to` null only hashes and fsyncs it. */
	readonly seal: Heavy<
		{
			readonly from: string;
			readonly to: string | null;
			readonly compress: Compression;
			readonly encrypt: { readonly recipients: readonly string[]; readonly passphrase: string | null } | null;
		},
		Sealed
	>;
	/** All or nothing; a journal in `aside` makes `unswap` possible after a crash at any moment. */
	readonly swap: Heavy<SwapRequest, Swapped>;
	/** The way back, as often as asked: everything stands where it stood, what had been placed lies in `new` again. */
	readonly unswap: Heavy<{ readonly root: string; readonly aside: string }, Swapped>;
	/**
	 * Reads a copy to its end, holds its hash against the manifest's, and writes what was sealed to `to` (null: only reads).
	 * Faults `copy-damaged` {what: hash|size|compression|encryption}, `wrong-key`, `copy-incomplete`.
	 */
	readonly open: Heavy<
		{
			readonly from: string;
			readonly to: string | null;
			readonly manifest: Pick<
				Manifest,
				'bytes' | 'sha256' | 'plainBytes' | 'plainSha256' | 'compress' | 'encrypted'
			>;
			readonly identity: string | null;
			readonly passphrase: string | null;
		},
		Sealed
	>;
}

/** Where an S3-compatible store is and who we are there. */
export interface S3Place {
	readonly endpoint: string;
	readonly region: string;
	readonly bucket: string;
	readonly accessKey: Text;
	readonly secretKey: Text;
	readonly pathStyle: boolean;
}

/** Keys are whole, prefix included. */
export interface S3Port {
	list(place: S3Place, prefix: string, run: Limits): Promise<Result<readonly FolderEntry[], Fault>>;
	/** Multipart where large; `name-taken` when there is one already, unless `replace`. */
	put(
		place: S3Place,
		key: string,
		body: { readonly file: string } | { readonly text: string },
		options: { readonly replace: boolean },
		run: Limits,
		onBytes?: (done: number) => void,
	): Promise<Result<void, Fault>>;
	get(
		place: S3Place,
		key: string,
		to: string,
		run: Limits,
		onBytes?: (done: number) => void,
		/** More than this is not taken: `body-too-large`. */
		limit?: number,
	): Promise<Result<void, Fault>>;
	readText(place: S3Place, key: string, limit: number, run: Limits): Promise<Result<string, Fault>>;
	remove(place: S3Place, key: string, run: Limits): Promise<Result<void, Fault>>;
}

/** What a restored copy offers to checks in place of the live thing. A check kind takes it with `onRestored`. */
export type Restored =
	/** One file stands for another. */
	| { readonly kind: 'file'; readonly original: string; readonly path: string }
	/** A folder stands for another: everything below `original` lies below `path`. */
	| { readonly kind: 'folder'; readonly original: string; readonly path: string }
	/** A database stands for another. */
	| {
			readonly kind: 'database';
			readonly engine: 'postgres' | 'mysql';
			readonly original: DatabasePlace;
			readonly place: DatabasePlace;
	  };

/** Where something is restored to. */
export interface RestorePlace {
	/** Without secrets. */
	readonly shown: string;
	readonly restored: Restored;
	/** What the source alone understands. */
	readonly own: Readonly<Record<string, string | number>>;
}

export type { Compression, Encryption, Packed, PackRequest, Sealed, Swapped, SwapRequest, Unpacked };
