import {
	closeSync,
	constants,
	fchmodSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Fault, fault } from '../../domain/fault.ts';
import { parseJson } from '../../domain/json.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { objectionToName } from './archive-names.ts';

const NAME = 'journal.json';
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What is moved where, written before anything is. Names are relative to the root. */
export interface Journal {
	/** Go aside: files, links, and whole folders that are in the way. */
	readonly out: readonly string[];
	/** Take their places. */
	readonly in: readonly string[];
	/** Folders made for them, outermost first. */
	readonly folders: readonly string[];
}

export function writeJournal(aside: string, journal: Journal): void {
	const part = join(aside, `.${NAME}.part`);
	const file = openSync(part, NEW_FILE, 0o600);
	try {
		fchmodSync(file, 0o600);
		writeFileSync(file, JSON.stringify({ format: 1, ...journal }));
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	renameSync(part, join(aside, NAME));
	const folder = openSync(aside, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}

/** Names in it are held against the same rules as an archive's: whoever changed it must not lead us elsewhere. */
export function readJournal(aside: string): Result<Journal, Fault> {
	const path = join(aside, NAME);
	const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	try {
		const read = parseJson(readFileSync(file, 'utf8'));
		const {
			out,
			in: incoming,
			folders,
		} = (read.ok ? read.value : {}) as Partial<Record<keyof Journal, unknown>>;
		if (isNames(out) && isNames(incoming) && isNames(folders)) return ok({ out, in: incoming, folders });
		return err(fault('file-malformed', { path: clean(path, { max: 300 }), format: 'JSON' }));
	} finally {
		closeSync(file);
	}
}

function isNames(value: unknown): value is readonly string[] {
	return (
		Array.isArray(value) && value.every((name) => typeof name === 'string' && objectionToName(name) === null)
	);
}
