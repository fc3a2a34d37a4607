import { accessSync, constants, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OwnPlaces {
	/** Where programs keep their state. */
	readonly state: string;
	/** Where everybody may write. */
	readonly temporary: string;
	readonly uid: number;
}

let known: string | null | undefined;

/** Where what belongs to this user and to no system lies: the demo, crash files. null: nothing can be written anywhere. */
export function ownFolder(): string | null {
	known ??= findOwnFolder({
		state: process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'),
		temporary: tmpdir(),
		uid: process.getuid?.() ?? 0,
	});
	return known;
}

/** The same for given places, each time anew. */
export function findOwnFolder({ state, temporary, uid }: OwnPlaces): string | null {
	const usual = join(state, 'rounds');
	try {
		mkdirSync(usual, { recursive: true, mode: 0o700 });
		accessSync(usual, constants.W_OK | constants.X_OK);
		return usual;
	} catch {
		// A home that cannot be written to is no reason not to run.
	}
	const shared = join(temporary, `rounds-${uid}`);
	try {
		mkdirSync(shared, { mode: 0o700 });
		return shared;
	} catch {
		if (isOwnAlone(shared, uid)) return shared;
	}
	try {
		return mkdtempSync(`${shared}-`);
	} catch {
		return null;
	}
}

/** Anybody may have made it before us, to read what we write or to have us write elsewhere. */
function isOwnAlone(path: string, uid: number): boolean {
	try {
		const facts = lstatSync(path);
		return facts.isDirectory() && facts.uid === uid && (facts.mode & 0o777) === 0o700;
	} catch {
		return false;
	}
}
