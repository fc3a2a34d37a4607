import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPty } from '../test/support/pty.ts';
import { drawCells } from './picture/draw.ts';
import { SCENES, type Scene } from './picture/scenes.ts';

// `npm run picture` draws docs/pictures/*.svg: the console itself on its demo, in a pseudo-terminal, with keys pressed.
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'docs/pictures');

const play = async (scene: Scene, home: string): Promise<void> => {
	const pty = openPty({
		command: process.execPath,
		args: [join(root, 'dist/rounds.js'), 'demo', '--lang', scene.lang, '--operator', 'mei'],
		env: { HOME: home, TZ: 'UTC', COLORFGBG: scene.ground === 'light' ? '0;15' : '15;0' },
		columns: scene.columns,
		rows: scene.rows,
	});
	try {
		await pty.waitFor((screen) => screen.some((line) => line.includes('CreditPilot')), 60_000);
		await scene.walk(pty, async (name, title) => {
			const drawn = drawCells(pty.cells(), { ground: scene.ground, title });
			// Where it was drawn is nobody's affair.
			await writeFile(join(folder, `${name}.svg`), drawn.replaceAll(home, '~'));
			process.stdout.write(`docs/pictures/${name}.svg\n`);
		});
	} finally {
		pty.kill('SIGTERM');
		await pty.exit;
	}
};

/** The demo outlives its last console for a minute; nobody will join this one. */
const endDemo = (home: string): void => {
	const record = join(home, '.local/state/rounds/demo/demo.json');
	if (!existsSync(record)) return;
	const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid?: number };
	if (pid !== undefined) process.kill(pid, 'SIGTERM');
};

const run = async (): Promise<void> => {
	if (!existsSync(join(root, 'dist/main.js'))) throw new Error('there is no dist to draw: run npm run build');
	await mkdir(folder, { recursive: true });
	const home = await mkdtemp(join(tmpdir(), 'rounds-picture-'));
	try {
		for (const scene of SCENES) await play(scene, home);
	} finally {
		endDemo(home);
		await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
	}
};

await run().catch((error: unknown) => {
	process.stderr.write(`picture: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
