import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'rounds-launcher-'));
	await copyFile('scripts/build/launcher.js', join(folder, 'rounds.js'));
	await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rm(folder, { recursive: true }));

const OLD = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.4.0'}})";

const start = (file: string, options: string[] = []): Promise<{ code: number; out: string; err: string }> =>
	new Promise((resolve) => {
		const child = execFile(process.execPath, [...options, file], (_error, out, err) =>
			resolve({ code: child.exitCode ?? -1, out, err }),
		);
	});

it.each(['installed command', 'npm script'])(
	'tells an old Node in one line what it needs (%s)',
	async (which) => {
		const file = which === 'npm script' ? 'scripts/start.cjs' : join(folder, 'rounds.js');
		const { code, out, err } = await start(file, ['--import', `data:text/javascript,${OLD}`]);
		expect(err).toMatch(/^rounds: needs Node 22\.19 or newer, this is 18\.4\.0[^\n]*\n$/);
		expect(out).toBe('');
		expect(code).toBe(70);
	},
);

it('says when it is not built', async () => {
	const { code, err } = await start(join(folder, 'rounds.js'));
	expect(err).toMatch(/^rounds: is not built: run npm run build[^\n]*\n$/);
	expect(code).toBe(70);
});

it('starts the program, silent where there is no terminal', async () => {
	await writeFile(join(folder, 'main.js'), "process.stdout.write('main ran\\n'); process.exitCode = 3;");
	expect(await start(join(folder, 'rounds.js'))).toEqual({ code: 3, out: 'main ran\n', err: '' });
});

it('does not hide a fault of the program as a missing build', async () => {
	await writeFile(join(folder, 'main.js'), "await import('./gone.js');");
	const { code, err } = await start(join(folder, 'rounds.js'));
	expect(err).toContain('gone.js');
	expect(err).not.toContain('npm run build');
	expect(code).not.toBe(0);
});
