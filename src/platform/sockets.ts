import { readdir, readFile, readlink } from 'node:fs/promises';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, Limits, Listener, ProcessFacts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { runCommand } from './commands.ts';
import { createLeash } from './leash.ts';
import { listProcesses } from './process-list.ts';

/** State of a waiting socket in /proc/net/tcp. */
const LISTEN = '0A';

/** Who listens on a TCP port: on Linux from /proc, elsewhere from `lsof`. */
export async function listListeners(
	clock: Clock,
	port: number,
	limits: Limits,
): Promise<Result<readonly Listener[], Fault>> {
	if (process.platform !== 'linux') return lsofListeners(clock, port, limits);
	const sockets = (await Promise.all(['tcp', 'tcp6'].map(readSockets)))
		.flat()
		.filter((socket) => socket.port === port);
	if (sockets.length === 0) return ok([]);
	const holders = await holdersOf(clock, new Set(sockets.map((socket) => socket.inode)), limits);
	if (!holders.ok) return holders;
	const facts = await factsOf(clock, [...new Set([...holders.value.values()].flat())]);
	if (!facts.ok) return facts;
	return ok(
		sockets.map(({ address, inode }) => ({
			address,
			holders: facts.value.filter((one) => holders.value.get(inode)?.includes(one.pid)),
		})),
	);
}

async function readSockets(table: string): Promise<readonly Waiting[]> {
	return readSocketTable(await readFile(`/proc/net/${table}`, 'utf8').catch(() => ''));
}

interface Waiting {
	readonly address: string;
	readonly port: number;
	readonly inode: string;
}

/** Exported for its test: the waiting sockets of /proc/net/tcp or tcp6. */
export function readSocketTable(text: string): readonly Waiting[] {
	const found: Waiting[] = [];
	for (const line of text.split('\n')) {
		const fields = line.trim().split(/\s+/);
		const [, address, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(fields[1] ?? '') ?? [];
		if (address === undefined || port === undefined || fields[3] !== LISTEN) continue;
		found.push({ address: addressOf(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' });
	}
	return found;
}

/** The kernel prints each group of four bytes in its own byte order, which on every machine we run on is little-endian. */
function addressOf(hex: string): string {
	const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) => [...Buffer.from(word, 'hex')].reverse());
	if (bytes.length === 4) return bytes.join('.');
	const groups = Array.from({ length: 8 }, (_, at) =>
		(((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
	);
	return URL.parse(`http://[${groups.join(':')}]`)?.hostname.slice(1, -1) ?? groups.join(':');
}

/** Socket → the processes that hold it. Those of other users are not shown to us. */
async function holdersOf(
	clock: Clock,
	inodes: ReadonlySet<string>,
	limits: Limits,
): Promise<Result<ReadonlyMap<string, readonly number[]>, Fault>> {
	const leash = createLeash(clock, limits);
	const found = new Map<string, number[]>();
	try {
		for (const name of await readdir('/proc').catch(() => [])) {
			if (!/^\d+$/.test(name)) continue;
			if (leash.ended !== null) return err(leash.ended);
			for (const inode of await socketsOf(name)) {
				if (!inodes.has(inode)) continue;
				const holders = found.get(inode) ?? [];
				found.set(inode, holders.includes(Number(name)) ? holders : [...holders, Number(name)]);
			}
		}
		return ok(found);
	} finally {
		leash.release();
	}
}

async function socketsOf(pid: string): Promise<readonly string[]> {
	try {
		const open = await readdir(`/proc/${pid}/fd`);
		const links = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
		return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
	} catch {
		return [];
	}
}

async function factsOf(
	clock: Clock,
	pids: readonly number[],
): Promise<Result<readonly ProcessFacts[], Fault>> {
	if (pids.length === 0) return ok([]);
	const listed = await listProcesses(clock);
	if (!listed.ok) return listed;
	return ok(
		listed.value
			.filter(({ pid }) => pids.includes(pid))
			.sort((left, right) => left.startedAt - right.startedAt || left.pid - right.pid),
	);
}

async function lsofListeners(
	clock: Clock,
	port: number,
	limits: Limits,
): Promise<Result<readonly Listener[], Fault>> {
	const argv = ['lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-F', 'pn'];
	const answer = await runCommand(clock, { argv, cwd: '/', env: {}, outputLimit: 256 * 1024 }, limits);
	if (!answer.ok) return answer;
	const { exit, stdout, stderr } = answer.value;
	// It says 1 for "nobody" and for trouble alike; only trouble is explained.
	if (exit !== 0 && stdout === '' && stderr.trim() !== '')
		return err(
			fault('command-failed', {
				command: 'lsof',
				exit: exit ?? -1,
				message: clean(stderr.split('\n')[0] ?? '', { max: 120 }),
			}),
		);
	const found = readLsof(stdout);
	const facts = await factsOf(clock, [...new Set(found.map(({ pid }) => pid))]);
	if (!facts.ok) return facts;
	const addresses = [...new Set(found.map(({ address }) => address))];
	return ok(
		addresses.map((address) => ({
			address,
			holders: facts.value.filter((one) =>
				found.some((entry) => entry.address === address && entry.pid === one.pid),
			),
		})),
	);
}

/** Exported for its test: processes and addresses of `lsof -F pn`. */
export function readLsof(stdout: string): readonly { readonly pid: number; readonly address: string }[] {
	const found: { pid: number; address: string }[] = [];
	let pid = 0;
	for (const line of stdout.split('\n')) {
		if (/^p\d+$/.test(line)) pid = Number(line.slice(1));
		const [, address] = /^n(.+):\d+$/.exec(line) ?? [];
		if (address !== undefined && pid > 0)
			found.push({
				pid,
				address: clean(address === '*' ? '0.0.0.0' : address.replace(/^\[|\]$/g, ''), { max: 64 }),
			});
	}
	return found;
}
