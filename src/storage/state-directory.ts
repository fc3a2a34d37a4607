import {
	chmodSync,
	chownSync,
	closeSync,
	constants,
	lstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	type Stats,
	statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fault } from '../domain/fault.ts';
import { Refused } from './faults.ts';

/** Who may read and write what we keep: the owner only, or one group as well. */
export interface Sharing {
	readonly directoryMode: number;
	readonly fileMode: number;
	/** null: the owner's own group stays. */
	readonly gid: number | null;
}

/** Throws Refused `io-error` {reason: 'group-unknown'} when the system has no such group. */
export function sharingWith(group: string | null): Sharing {
	if (group === null) return { directoryMode: 0o700, fileMode: 0o600, gid: null };
	return { directoryMode: 0o2770, fileMode: 0o660, gid: gidOf(group) };
}

function gidOf(group: string): number {
	if (/^\d{1,9}$/.test(group)) return Number(group);
	for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
		const [name, , gid] = line.split(':');
		if (name === group && gid !== undefined && /^\d+$/.test(gid)) return Number(gid);
	}
	throw new Refused(fault('io-error', { reason: 'group-unknown', group }));
}

/** Makes the state directory, or checks the one that is there. */
export function prepareDirectory(path: string, sharing: Sharing): void {
	const before = lstatOrNull(path);
	if (before?.isSymbolicLink()) {
		// The operator may put the directory elsewhere by a link; a link somebody else laid is a trap.
		const own = process.getuid?.() ?? 0;
		if (before.uid !== own && before.uid !== 0)
			throw new Refused(fault('io-error', { reason: 'link', path }));
	} else if (before === null) {
		makeFolders(path);
	}
	const facts = statSync(path);
	if (!facts.isDirectory()) throw new Refused(fault('io-error', { reason: 'not-a-directory', path }));
	applyMode(path, facts, sharing.directoryMode, sharing.gid);
}

/** One by one: Node's own recursive mkdir never returns where a folder that exists takes none (/proc). */
function makeFolders(path: string): void {
	const above = dirname(path);
	if (above !== path && lstatOrNull(above) === null) makeFolders(above);
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		// Another console made it at the same moment.
		if ((error as { code?: string }).code !== 'EEXIST') throw error;
	}
}

/** Makes the database file before SQLite does, because SQLite gives its log and shared memory the same mode. */
export function prepareFile(path: string, sharing: Sharing): void {
	for (const suffix of ['', '-wal', '-shm', '-journal']) {
		const there = lstatOrNull(path + suffix);
		if (there === null) continue;
		if (there.isSymbolicLink()) throw new Refused(fault('io-error', { reason: 'link', path: path + suffix }));
		if (!there.isFile()) throw new Refused(fault('io-error', { reason: 'not-a-file', path: path + suffix }));
	}
	closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, sharing.fileMode));
	for (const suffix of ['', '-wal', '-shm']) {
		const there = lstatOrNull(path + suffix);
		if (there) applyMode(path + suffix, there, sharing.fileMode, sharing.gid);
	}
}

function applyMode(path: string, facts: Stats, mode: number, gid: number | null): void {
	const own = process.getuid?.();
	// Another member of the group made it: only its owner can change it, and did when making it.
	if (own !== undefined && own !== 0 && facts.uid !== own) return;
	const wrongGroup = gid !== null && facts.gid !== gid;
	try {
		if (wrongGroup) chownSync(path, facts.uid, gid);
		// Changing the group clears the set-group-id bit.
		if (wrongGroup || (facts.mode & 0o7777) !== mode) chmodSync(path, mode);
	} catch (cause) {
		const code = (cause as NodeJS.ErrnoException).code;
		if (code !== 'EPERM' || gid === null) throw cause;
		throw new Refused(fault('no-permission', { reason: 'group', path, gid }));
	}
}

export function lstatOrNull(path: string): Stats | null {
	return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

export const databaseIn = (path: string): string => join(path, 'rounds.db');
