import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import { openStorage } from '../../src/storage/open.ts';
import { builtRounds } from '../support/built.ts';
import { shows, test } from '../support/console.ts';
import { serve } from '../support/servers.ts';

const STALL_MS = 8_000;

test('goes on checking at its times while nobody reads the terminal, then draws once', async ({ world }) => {
	const server = await serve((_, response) => response.end('{"status":"healthy"}'));
	const file = join(world.home, 'rounds.yaml');
	const checks = Array.from(
		{ length: 12 },
		(_, at) => `  c${at}: {kind: http, url: "${server.url}/${at}", every: 1s, must: [status == 200]}\n`,
	).join('');
	await writeFile(file, `version: 1\nsystem: Small\nstate: {path: kept}\nchecks:\n${checks}`);
	const { node, script } = await builtRounds();
	const pty = await world.run(node, [script, '--config', file]);
	await shows(pty, /^ Small/, /c11\s+● ok/);

	pty.stall(true);
	const from = Date.now();
	const before = pty.output.length;
	// A person keeps pressing keys: each would draw another screen.
	for (let turn = 0; Date.now() - from < STALL_MS; turn++) {
		pty.press(turn % 2 === 0 ? '2' : '1');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	const to = Date.now();
	pty.press('2');
	pty.stall(false);
	await shows(pty, 'SINCE LAST SIGNED', /c0?|127\.0\.0\.1/, 'saved');
	// What stood in the pipe, and one redraw: not the eighty screens that were asked for.
	expect(pty.output.length - before).toBeLessThan(40_000);
	pty.press('1', 'q');
	expect((await pty.exit).code).toBe(0);
	await server.close();

	const storage = openStorage({
		path: join(world.home, 'kept'),
		environment: 'default',
		group: null,
		now: Date.now(),
		version: 'test',
	});
	if (!storage.ok) throw new Error('the store cannot be opened');
	for (let at = 0; at < 12; at++) {
		const found = storage.value.observations.of(checkId(`c${at}`), from, to, 10_000);
		if (!found.ok) throw new Error('nothing can be read');
		const times = found.value.map((one) => one.at);
		// One a second; a loaded machine may lose one at either end.
		expect(times.length).toBeGreaterThanOrEqual(STALL_MS / 1000 - 2);
		const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
		expect(Math.max(...gaps)).toBeLessThan(1_900);
	}
	storage.value.close();
}, 60_000);
