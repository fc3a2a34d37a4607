import {
	chmodSync,
	closeSync,
	copyFileSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	renameSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAYOUT } from './layout.ts';
import { ORIGINS } from './origins.ts';
import { BANK_TEMPLATES, writeCorsConfig } from './shipped-files.ts';
import { TROUBLE_SCRIPT } from './trouble-script.ts';

/** Makes the folder and its subfolders, for the owner alone whatever the umask is. */
export function makeFolder(dir: string): void {
	mkdirSync(dir, { recursive: true });
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
	const file = openSync(fresh, 'w', 0o600);
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
	const fresh = `${to}.${process.pid}.new`;
	copyFileSync(from, fresh);
	chmodSync(fresh, 0o600);
	renameSync(fresh, to);
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
