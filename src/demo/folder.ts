import {
	chmodSync,
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAYOUT } from './layout.ts';
import { ORIGINS } from './origins.ts';
import { BANK_TEMPLATES, writeCorsConfig } from './shipped-files.ts';
import { TROUBLE_SCRIPT } from './trouble-script.ts';

/** What may stand in a folder before its first demo. */
const FORERUNNERS: readonly string[] = ['.rounds', LAYOUT.record];

/**
 * Makes the folder and its subfolders, for the owner alone whatever the umask is. Throws when it belongs to somebody else or
 * holds things that are no demo's: a mistyped name must not cost anybody the mode of their home folder.
 */
export function makeFolder(dir: string): void {
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	if (statSync(dir).uid !== process.getuid?.()) throw new Error('the folder belongs to somebody else');
	const found = readdirSync(dir);
	const isForeign = !found.includes(LAYOUT.claim) && found.some((name) => !FORERUNNERS.includes(name));
	if (isForeign) throw new Error('the folder is not empty and not of a demo; name another');
	// First of all, so that a start at the same moment knows the folder for a demo's.
	closeSync(openSync(join(dir, LAYOUT.claim), 'a', 0o600));
	for (const name of ['.', 'db', 'logs', 'tmp-logs', 'secrets', 'sheets']) {
		mkdirSync(join(dir, name), { recursive: true });
		chmodSync(join(dir, name), 0o700);
	}
}

/** Writes everything in the folder that does not depend on ports: the application's files, the example's sheets, the scripts. */
export function fillFolder(dir: string, token: string): void {
	const example = findExample();
	for (const name of readdirSync(join(example, 'sheets'))) {
		if (name.endsWith('.yaml')) copyFile(join(example, 'sheets', name), join(dir, 'sheets', name));
	}
	copyFile(join(example, 'test_api_endpoints.sh'), join(dir, 'test_api_endpoints.sh'));
	replaceFile(join(dir, 'trouble.sh'), TROUBLE_SCRIPT);
	replaceFile(join(dir, 'bank_parser_templates.json'), BANK_TEMPLATES);
	replaceFile(join(dir, LAYOUT.cors), writeCorsConfig(ORIGINS));
	replaceFile(join(dir, '.env'), writeEnv());
	replaceFile(join(dir, LAYOUT.token), `${token}\n`);
}

/** Temporary name, fsync, rename: a reader sees the old file or the new one, never half of one. Mode 0600. */
export function replaceFile(path: string, text: string): void {
	const fresh = `${path}.${process.pid}.new`;
	rmSync(fresh, { force: true });
	const file = openSync(fresh, 'wx', 0o600);
	try {
		writeSync(file, text);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	chmodSync(fresh, 0o600);
	renameSync(fresh, path);
}

function copyFile(from: string, to: string): void {
	replaceFile(to, readFileSync(from, 'utf8'));
}

/** The shipped example beside this program, from a checkout (`src/demo/`) as from an installed bundle (`dist/`). */
function findExample(): string {
	let at = dirname(fileURLToPath(import.meta.url));
	for (let level = 0; level < 4; level += 1, at = dirname(at)) {
		const example = join(at, 'examples', 'creditpilot');
		if (existsSync(join(example, 'sheets'))) return example;
	}
	throw new Error('examples/creditpilot is missing beside the program; install it again');
}

/** The six variables that 000 lists; the three that 001 misses are missing here too. */
function writeEnv(): string {
	return [
		'GOOGLE_PROJECT_ID=demo-project',
		'GOOGLE_PROCESSOR_ID=demo-processor',
		'GOOGLE_LOCATION=us',
		'GOOGLE_SERVICE_ACCOUNT_JSON={}',
		'DOCPARSER_API_KEY=demo-not-a-key',
		'DOCPARSER_PARSER_ID=demo-parser',
		'',
	].join('\n');
}
