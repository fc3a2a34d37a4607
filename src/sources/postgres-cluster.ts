import { join } from 'node:path';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { PostgresTools } from './postgres-tools.ts';
import { lastLine, pause, runTool, whyEnded } from './run-tool.ts';

const PORT = 5432;
/** A socket's whole path has at most 107 bytes; the longest name in it is `.s.PGSQL.5432.lock`. */
const LONGEST_FOLDER = 85;
const LOOK_EVERY_MS = 150;

/**
 * Ends the server when it is told to, and when whoever started it is gone however that went: then nobody reads the pipe. QUIT is
 * PostgreSQL's fastest end; before it knows that word, TERM is one. A drill's files go then too: nobody else knows of them.
 */
export const KEEPER = `trap : PIPE
"$@" & server=$!
end() { kill -QUIT $server; kill -TERM $server; } 2>/dev/null
trap 'end; wait; exit' TERM INT HUP
while kill -0 $server 2>/dev/null; do
	printf . 2>/dev/null || { end; wait $server; [ -z "$ROUNDS_DRILL" ] || rm -rf -- "$ROUNDS_DRILL"; exit; }
	sleep 1 & wait $!
done
wait $server`;

/** A server of our own: in a folder of its own, reached by a socket that only its owner and root can open. */
export interface Cluster {
	/** Everything of it lies below. */
	readonly folder: string;
	readonly files: string;
	readonly sockets: string;
	/** What a program is started through, so that it does not run as root. */
	readonly as: readonly string[];
	/** The account that has to own the files, `user:group` by number; null: whoever runs us. */
	readonly owner: string | null;
}

/** Servers that we started, by their folder: what ends them, and when they have ended. */
const running = new Map<
	string,
	{ readonly end: () => void; readonly ended: Promise<Result<CommandAnswer, Fault>> }
>();

/** PostgreSQL refuses to run as root: then as the account of its packages, or as nobody. As `user:group`, by number. */
async function account(ports: SourcePorts, run: Run): Promise<string | null> {
	if (process.getuid?.() !== 0) return null;
	for (const name of ['postgres', '_postgres', 'nobody']) {
		const numbers: string[] = [];
		for (const which of ['-u', '-g']) {
			const argv = ['id', which, name];
			const found = await ports.processes.run({ argv, cwd: '/', env: {}, outputLimit: 100 }, run);
			if (found.ok && found.value.exit === 0) numbers.push(found.value.stdout.trim());
		}
		if (numbers.length === 2) return numbers.join(':');
	}
	return '65534:65534';
}

/** What a program is started through to be this account and nothing else. */
export function actingAs(owner: string | null): readonly string[] {
	if (owner === null) return [];
	const [user, group] = owner.split(':');
	return ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups', '--'];
}

/** An empty folder for a cluster; `below` null: in the folder of the run, or that for temporary files where it is not ours to enter. */
export async function makeCluster(
	ports: SourcePorts,
	run: Run,
	below: string | undefined,
): Promise<Result<Cluster, Fault>> {
	const owner = await account(ports, run);
	const as = actingAs(owner);
	const temporary = ports.environment.get('TMPDIR') ?? '/tmp';
	const parent = below ?? (owner === null ? run.folder : temporary);
	// Ours until it is given away: what we unpack into it as root, its account could lead elsewhere meanwhile.
	const made = await temporaryFolder(ports, run, [], parent);
	if (!made.ok) return made;
	const folder = made.value;
	const files = join(folder, 'files');
	if (folder.length <= LONGEST_FOLDER) return ok({ folder, files, sockets: folder, as, owner });
	const sockets = await temporaryFolder(ports, run, as, temporary);
	if (sockets.ok) return ok({ folder, files, sockets: sockets.value, as, owner });
	await ports.folders.removeFolder(folder);
	return sockets;
}

async function temporaryFolder(
	ports: SourcePorts,
	run: Run,
	as: readonly string[],
	parent: string,
): Promise<Result<string, Fault>> {
	const call = { argv: [...as, 'mktemp', '-d', join(parent, 'rounds-XXXXXXXXXX')] };
	const answer = await runTool(ports, run, call);
	if (!answer.ok) return answer;
	if (answer.value.exit === 0) return ok(answer.value.stdout.trim());
	const full = /No space left/.test(answer.value.stderr);
	return err(fault(full ? 'disk-full' : 'no-permission', { path: clean(parent, { max: 300 }) }));
}

/** Everything below becomes its account's, where that is another than ours. */
export async function giveAway(
	cluster: Cluster,
	ports: SourcePorts,
	run: Run,
	path: string,
): Promise<Result<void, Fault>> {
	if (cluster.owner === null) return ok(undefined);
	const answer = await runTool(ports, run, { argv: ['chown', '-R', '-h', cluster.owner, path] });
	if (!answer.ok) return answer;
	return answer.value.exit === 0
		? ok(undefined)
		: err(fault('no-permission', { path: clean(path, { max: 300 }) }));
}

/** How to reach it: on its socket everybody who can open it is trusted. */
export function clusterPlace(cluster: Cluster, user: string, database: string): DatabasePlace {
	return { host: cluster.sockets, port: PORT, user, password: null, database, tls: 'off' };
}

/** Settings that keep a server apart from everything, whatever its files say. */
function apart(cluster: Cluster): Readonly<Record<string, string>> {
	return {
		config_file: join(cluster.folder, 'postgresql.conf'),
		hba_file: join(cluster.folder, 'pg_hba.conf'),
		ident_file: join(cluster.folder, 'pg_ident.conf'),
		external_pid_file: '',
		listen_addresses: '',
		port: String(PORT),
		unix_socket_directories: cluster.sockets,
		unix_socket_permissions: '0700',
		max_connections: '40',
		archive_mode: 'off',
		archive_command: '',
		primary_conninfo: '',
		primary_slot_name: '',
		synchronous_standby_names: '',
		ssl: 'off',
		shared_preload_libraries: '',
		session_preload_libraries: '',
		local_preload_libraries: '',
		logging_collector: 'off',
		log_destination: 'stderr',
		log_min_messages: 'log',
		lc_messages: 'C',
		autovacuum: 'off',
		huge_pages: 'off',
		shared_buffers: '32MB',
		dynamic_shared_memory_type: 'mmap',
		restart_after_crash: 'off',
		max_logical_replication_workers: '0',
	};
}

/** Starts it, and waits until it takes connections and has recovered all it can. */
export async function startCluster(
	cluster: Cluster,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
	place: DatabasePlace,
	how: {
		/** Its files are wanted afterwards. */
		readonly lasting: boolean;
		readonly settings: Readonly<Record<string, string>>;
		readonly env?: Readonly<Record<string, string>>;
	},
): Promise<Result<void, Fault>> {
	const written = await writeRules(cluster, ports, run);
	if (!written.ok) return written;
	const given = Object.entries({ ...apart(cluster), fsync: how.lasting ? 'on' : 'off', ...how.settings });
	const server = [
		tools.path('postgres'),
		'-D',
		cluster.files,
		...given.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
	];
	const stop = new AbortController();
	const limits: Limits = { deadline: Number.POSITIVE_INFINITY, signal: stop.signal };
	const end = () => stop.abort();
	run.signal.addEventListener('abort', end, { once: true });
	if (run.signal.aborted) return err(fault('cancelled'));
	const call = {
		argv: [...cluster.as, '/bin/sh', '-c', KEEPER, 'rounds', ...server],
		env: { LC_ALL: 'C', ...how.env, ...(how.lasting ? {} : { ROUNDS_DRILL: cluster.folder }) },
	};
	let over: Result<CommandAnswer, Fault> | null = null;
	const ended = runTool(ports, run, call, { ...limits, timed: true });
	void ended.then((answer) => {
		over = answer;
		run.signal.removeEventListener('abort', end);
		running.delete(cluster.folder);
	});
	running.set(cluster.folder, { end, ended });
	for (;;) {
		const queries = { recovering: 'select pg_is_in_recovery()' };
		const told = await ports.postgres.read({ place, queries, facts: {} }, run);
		if (told.ok && told.value.values['recovering']?.value === false) return ok(undefined);
		const gone = over as Result<CommandAnswer, Fault> | null;
		if (gone !== null) return err(gone.ok ? endedFault(gone.value) : gone.error);
		if (!told.ok && told.error.code === 'access-denied') return told;
		if (await pause(ports, run, LOOK_EVERY_MS)) continue;
		const why = whyEnded(run, ports);
		return why.ok ? err(fault('timeout')) : why;
	}
}

function endedFault({ exit, stderr }: CommandAnswer): Fault {
	if (/No space left on device/.test(stderr)) return fault('disk-full');
	return fault('command-failed', { command: 'postgres', exit: exit ?? 0, message: lastLine(stderr) });
}

/** Its own rules of entry beside its files: those of the live server name hosts and files that are not ours. */
async function writeRules(cluster: Cluster, ports: SourcePorts, run: Run): Promise<Result<void, Fault>> {
	const texts = { 'pg_hba.conf': 'local all all trust\n', 'pg_ident.conf': '', 'postgresql.conf': '' };
	for (const [name, text] of Object.entries(texts)) {
		const path = join(cluster.folder, name);
		const written = await ports.folders.write(path, text, { replace: true });
		if (!written.ok) return written;
		const given = await giveAway(cluster, ports, run, path);
		if (!given.ok) return given;
	}
	return ok(undefined);
}

/** Ends it in order, so that its files are whole. */
export async function stopCluster(
	cluster: Cluster,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const argv = [
		...cluster.as,
		tools.path('pg_ctl'),
		'stop',
		'-D',
		cluster.files,
		'-m',
		'fast',
		'-w',
		'-t',
		'86400',
	];
	const answer = await runTool(ports, run, { argv, env: { LC_ALL: 'C' } });
	await endCluster(cluster);
	if (!answer.ok) return answer;
	return answer.value.exit === 0 ? ok(undefined) : err(endedFault(answer.value));
}

/** Ends it at once; it does not run afterwards, whatever it did before. */
export async function endCluster(cluster: Pick<Cluster, 'folder'>): Promise<void> {
	const ours = running.get(cluster.folder);
	ours?.end();
	await ours?.ended;
}

/** Ends it and takes away all of it. */
export async function removeCluster(cluster: Cluster, ports: SourcePorts): Promise<Result<void, Fault>> {
	await endCluster(cluster);
	const removed = await ports.folders.removeFolder(cluster.folder);
	if (cluster.sockets === cluster.folder) return removed;
	const sockets = await ports.folders.removeFolder(cluster.sockets);
	return removed.ok ? sockets : removed;
}
