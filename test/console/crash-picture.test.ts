import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { atHealth, test, until } from '../support/console.ts';

/** A bug of the screen that only waits for its signal. */
const BOOM = `import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('SIGUSR2', () => { throw new Error('boom'); });
`;

test('a console that dies of a bug leaves no picture that could end the next one', async ({ world }) => {
	const pictures = async () => readdir(join(world.home, 'rounds/pictures')).catch(() => []);
	const first = await world.open();
	await atHealth(first);
	first.kill('SIGTERM');
	await first.exit;
	await until(async () => (await pictures()).length === 1);

	const boom = join(world.home, 'boom.mjs');
	await writeFile(boom, BOOM);
	const second = await world.open({ env: { NODE_OPTIONS: `--import ${boom}` } });
	await atHealth(second);
	second.kill('SIGUSR2');
	expect((await second.exit).code).toBe(70);
	expect(second.isAlternate).toBe(false);
	expect(await pictures()).toEqual([]);
	expect((await readdir(join(world.home, 'rounds'))).some((name) => name.startsWith('crash-'))).toBe(true);
});
