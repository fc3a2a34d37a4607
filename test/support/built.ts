import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['src', 'examples', 'scripts', 'package.json'];
const CLAIM = join(ROOT, 'dist-claim');

/** Node and the built command, as an operator would start them. */
export interface BuiltRounds {
	readonly node: string;
	/** `dist/rounds.js` of this tree. */
	readonly script: string;
	readonly root: string;
}

/** The build of this very tree; made first where it is missing or older than its sources. Safe from several test files at once. */
export async function builtRounds(): Promise<BuiltRounds> {
	const script = join(ROOT, 'dist/rounds.js');
	while (!(await isFresh(script))) {
		if (!(await claim())) {
			await new Promise((resolve) => setTimeout(resolve, 100));
			continue;
		}
		try {
			if (!(await isFresh(script))) await build();
		} finally {
			await rm(CLAIM, { recursive: true, force: true });
		}
	}
	return { node: process.execPath, script, root: ROOT };
}

async function isFresh(script: string): Promise<boolean> {
	const built = await changedAt(script);
	if (built === null) return false;
	for (const source of SOURCES) if ((await newestIn(join(ROOT, source))) > built) return false;
	return true;
}

const changedAt = (path: string): Promise<number | null> =>
	stat(path).then(
		(found) => found.mtimeMs,
		() => null,
	);

async function newestIn(path: string): Promise<number> {
	const found = await stat(path);
	if (!found.isDirectory()) return found.mtimeMs;
	// A run's own state is no source.
	const entries = await readdir(path, { recursive: true, withFileTypes: true });
	const files = entries.filter((one) => one.isFile() && !one.parentPath.includes('.rounds'));
	const times = await Promise.all(files.map((file) => changedAt(join(file.parentPath, file.name))));
	return Math.max(0, ...times.map((time) => time ?? 0));
}

/** Test files run in processes of their own: one builds, the others wait. A claim whose holder is gone is nobody's. */
async function claim(): Promise<boolean> {
	try {
		await mkdir(CLAIM);
		await writeFile(join(CLAIM, 'pid'), String(process.pid));
		return true;
	} catch {
		const holder = Number(await readFile(join(CLAIM, 'pid'), 'utf8').catch(() => '0'));
		const made = await changedAt(CLAIM);
		const isGone = holder > 0 ? !isAlive(holder) : made !== null && Date.now() - made > 5_000;
		if (isGone) await rm(CLAIM, { recursive: true, force: true });
		return false;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

function build(): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(ROOT, 'scripts/build.ts')], {
			cwd: ROOT,
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let complaint = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			complaint += text;
		});
		child.on('error', reject);
		child.on('close', (code) =>
			code === 0 ? resolve() : reject(new Error(`the build failed (${code}): ${complaint}`)),
		);
	});
}
