import type { DatabasePort } from './database-port.ts';
import type { Fault } from './fault.ts';
import type { LogRecordsPort } from './log-port.ts';
import type { DnsPort, TlsPort, WebSocketPort } from './network-ports.ts';
import type { Result } from './result.ts';
import type { Secret, Text } from './secret.ts';
import type { Redactor } from './text.ts';
import type { SampleValue, Value } from './value.ts';

/** Wall time for what is stored, monotonic time for durations; the only timers there are. */
export interface Clock {
	/** Epoch ms. */
	now(): number;
	/** Milliseconds since some start; never jumps. */
	monotonic(): number;
	/** Calls `run` once after `ms`; the returned function takes it back. */
	after(ms: number, run: () => void): () => void;
}

export interface HttpRequest {
	readonly url: Text;
	readonly method: string;
	readonly headers: Readonly<Record<string, Text>>;
	/** Bytes are sent as they are: what was uploaded need not be text. */
	readonly body: Text | Uint8Array | null;
	/** How many redirects to follow; secret headers never leave their origin. */
	readonly redirects: number;
	/** Decoded bytes. */
	readonly bodyLimit: number;
	/** `kept` reuses a connection, `fresh` opens one so that DNS, TCP and TLS faults are found. */
	readonly connection: 'kept' | 'fresh';
	readonly verifyTls: boolean;
}

export interface HttpAnswer {
	readonly status: number;
	/** Cleaned, capped. */
	readonly statusText: string;
	readonly protocol: string;
	/** Lower-case names; several of one name joined with ", ". */
	readonly headers: Readonly<Record<string, string>>;
	/** Valid UTF-8 text (or decoded from the declared charset). */
	readonly body: string;
	readonly bytes: number;
	readonly finalUrl: string;
	readonly hops: number;
	/** Milliseconds by phase; dns, connect and tls are absent on a kept connection. */
	readonly timings: {
		readonly dns?: number;
		readonly connect?: number;
		readonly tls?: number;
		readonly firstByte: number;
		readonly total: number;
	};
}

export interface Limits {
	/** Whoever gave the signal aborts it at the deadline too, so that nobody needs a timer of his own. */
	readonly timed?: boolean;
	/** Monotonic ms; the whole exchange ends by then, as fault `timeout`. */
	readonly deadline: number;
	readonly signal: AbortSignal;
}

export interface HttpPort {
	request(request: HttpRequest, limits: Limits): Promise<Result<HttpAnswer, Fault>>;
}

export interface NetPort {
	/** Opens and closes a TCP connection; `send` is written and up to 4 KiB of answer kept when `expect` bytes are wanted. */
	connect(
		target: {
			readonly host: string;
			readonly port: number;
			readonly send?: string;
			readonly banner?: boolean;
		},
		limits: Limits,
	): Promise<Result<{ readonly dnsMs: number; readonly connectMs: number; readonly banner: string }, Fault>>;
}

export interface FileFacts {
	readonly kind: 'file' | 'directory' | 'other';
	readonly bytes: number;
	/** Epoch ms. */
	readonly modifiedAt: number;
	readonly mode: number;
}

export interface FilesPort {
	facts(path: string): Promise<Result<FileFacts, Fault>>;
	/** Whole file as text, at most `limit` bytes (more is fault `body-too-large`). */
	readText(path: string, limit: number, limits: Limits): Promise<Result<string, Fault>>;
	/** The same as bytes. */
	readBytes(path: string, limit: number, limits: Limits): Promise<Result<Uint8Array, Fault>>;
	/** Lower-case hex SHA-256, read in blocks. */
	hash(path: string, limits: Limits): Promise<Result<string, Fault>>;
	/** Absolute paths matching a glob, sorted; at most `limit`. */
	glob(pattern: string, limit: number): Promise<Result<readonly string[], Fault>>;
	/** A YAML text as a document; fault `file-malformed` {format, line, column}. */
	parseYaml(text: string): Result<Value, Fault>;
}

export interface CommandRequest {
	/** First is the program; never a shell string. */
	readonly argv: readonly Text[];
	readonly cwd: string;
	/** Added to the allow-listed environment. */
	readonly env: Readonly<Record<string, Text>>;
	/** A file that becomes its standard input; else that is empty. */
	readonly stdinFile?: string;
	/** A new file (0600, never one that is there) that takes its standard output, whole and fsynced; `stdout` is empty then. */
	readonly stdoutFile?: string;
	/** Bytes kept per stream (the last ones of output, the rest is counted). */
	readonly outputLimit: number;
	/** What it prints is redacted by this before it is cut, cleaned or told. */
	readonly redactor?: Redactor;
	/** Called with the number of the process group once it runs. */
	readonly onStarted?: (group: number) => void;
	/** Called with cleaned text as it arrives. */
	readonly onOutput?: (stream: 'out' | 'err', text: string) => void;
}

export interface CommandAnswer {
	/** null when ended by a signal. */
	readonly exit: number | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly bytes: number;
	readonly truncated: boolean;
	readonly durationMs: number;
}

export interface ProcessFacts {
	readonly pid: number;
	/** The number of the process that started it; 0 for none. */
	readonly parent: number;
	readonly name: string;
	readonly command: string;
	/** Epoch ms. */
	readonly startedAt: number;
	readonly rssBytes: number;
	readonly cpuMs: number;
}

/** Who waits for connections on a TCP port of this host. */
export interface Listener {
	/** `0.0.0.0`, `127.0.0.1`, `::` … */
	readonly address: string;
	/** Those that hold the socket, oldest first; empty when we may not see whose it is. */
	readonly holders: readonly ProcessFacts[];
}

export interface ProcessesPort {
	/** Runs to its end or the deadline; then TERM and KILL to its whole process group. */
	run(request: CommandRequest, limits: Limits): Promise<Result<CommandAnswer, Fault>>;
	/** Processes matched by pid, name or a part of the command line; with all they started when `children`. */
	find(query: {
		readonly pid?: number;
		readonly pidFile?: string;
		readonly name?: string;
		readonly command?: string;
		readonly children?: boolean;
	}): Promise<Result<readonly ProcessFacts[], Fault>>;
	/** Empty when nobody listens there. */
	listeners(port: number, limits: Limits): Promise<Result<readonly Listener[], Fault>>;
	/** The variables a process was started with. Faults `object-missing`, `no-permission`, `not-supported`. */
	environmentOf(pid: number, limits: Limits): Promise<Result<ReadonlyMap<string, string>, Fault>>;
}

export interface SqlRequest {
	readonly file: string;
	/** Sample name → one SELECT returning one value. */
	readonly queries: Readonly<Record<string, string>>;
	readonly busyTimeoutMs: number;
	/** Answered as `integrity`: `ok`, or what is wrong. */
	readonly integrity?: 'quick' | 'full';
	/** Sample name → one statement that is not run; answered as `<name>.plan`, its steps joined by "; ". */
	readonly plans?: Readonly<Record<string, string>>;
	/** Answered as `size` and `free` in bytes, `user_version`, and `schema`, a fingerprint of its tables. */
	readonly facts?: boolean;
}

export interface SqlCell {
	readonly value: SampleValue | undefined;
	readonly rows: number;
	readonly tookMs: number;
}

export interface SqlPort {
	/**
	 * Opens read-only in a worker, runs every query in one read transaction. Integers come whole (decimal text).
	 * `columns` says how many rows were found when not one.
	 */
	read(request: SqlRequest, limits: Limits): Promise<Result<Readonly<Record<string, SqlCell>>, Fault>>;
}

export interface EnvironmentPort {
	/** The value of a process variable, or undefined. */
	get(name: string): string | undefined;
}

export interface DiskFacts {
	readonly totalBytes: number;
	/** What is left for those who are not root. */
	readonly freeBytes: number;
	/** 0 where the file system counts none. */
	readonly inodes: number;
	readonly freeInodes: number;
}

export interface HostFacts {
	readonly memoryBytes: number;
	/** What programs can still get without swapping. */
	readonly availableBytes: number;
	/** null where it cannot be told. */
	readonly swapBytes: number | null;
	readonly freeSwapBytes: number | null;
	readonly cores: number;
	/** Averages over 1, 5 and 15 minutes: how many want to run at once. */
	readonly load: readonly [number, number, number];
	readonly uptimeMs: number;
}

/** What the machine itself has left. */
export interface HostPort {
	facts(): Promise<Result<HostFacts, Fault>>;
	/** The file system that holds the path. */
	disk(path: string): Promise<Result<DiskFacts, Fault>>;
}

/** What the outside itself offers to check kinds. */
export interface WorldPorts {
	readonly clock: Clock;
	readonly http: HttpPort;
	readonly net: NetPort;
	readonly tls: TlsPort;
	readonly dns: DnsPort;
	readonly websocket: WebSocketPort;
	readonly files: FilesPort;
	readonly processes: ProcessesPort;
	readonly sql: SqlPort;
	readonly postgres: DatabasePort;
	readonly mysql: DatabasePort;
	readonly environment: EnvironmentPort;
	readonly host: HostPort;
}

/** Everything a check kind may reach the world through. */
export interface ProbePorts extends WorldPorts {
	readonly logs: LogRecordsPort;
}

/** Resolves `env:`, `file:` and `cmd:` references. */
export interface SecretsPort {
	resolve(reference: string): Promise<Result<Secret, Fault>>;
}

/** What runs for an operation, kept where the next console finds it when this one is killed. */
export interface Leftovers {
	note(operation: number, group: number): void;
	forget(operation: number): void;
	/** Ends what a console that is gone left running; false where nothing runs, or nothing proves that it is the same. */
	end(operation: number): boolean;
}

/** Files we write ourselves: under a temporary name, fsynced, renamed, directory fsynced; links not followed. */
export interface OwnFilesPort {
	/** Fails with `io-error` {reason: 'exists'} rather than overwrite unless `replace`. */
	write(path: string, text: string, options?: { readonly replace?: boolean }): Promise<Result<void, Fault>>;
	append(path: string, text: string): Promise<Result<void, Fault>>;
	exists(path: string): Promise<boolean>;
	ensureDirectory(path: string): Promise<Result<void, Fault>>;
}
