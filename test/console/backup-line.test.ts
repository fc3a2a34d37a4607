import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { makeSystem } from '../support/engine.ts';
import { openPty } from '../support/pty.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

it('a backup draws one line of progress on a terminal; Ctrl-C takes it and the part away', {
	timeout: 60_000,
}, async () => {
	const system = makeSystem(`version: 1
system: Shop
backups:
  media: {source: files, files: ["media/**"], to: backups/, compress: gzip}
`);
	mkdirSync(join(system.folder, 'media'));
	mkdirSync(join(system.folder, 'backups'));
	// Takes seconds to pack and no room on the disk.
	writeFileSync(join(system.folder, 'media/large'), '');
	truncateSync(join(system.folder, 'media/large'), 600 * 1024 * 1024);
	const pty = openPty({
		command: process.execPath,
		args: [MAIN, 'backup', 'media'],
		cwd: system.folder,
		env: { HOME: system.folder, XDG_STATE_HOME: join(system.folder, 'own') },
		columns: 60,
		rows: 12,
	});
	onTestFinished(() => pty.close());
	const [line] = await pty.waitFor(/compressing · \d+ % · [\d.]+ MiB of 600 MiB/);
	expect(line).toMatch(/^compressing · /);
	pty.type('\u0003');
	expect((await pty.exit).code).toBe(130);
	const screen = pty.screen().filter((text) => text !== '');
	expect(screen[0]).toMatch(/^rounds: stopping; /);
	expect(screen.join('\n')).toContain('cancelled; nothing is left behind');
	expect(screen.join('\n')).not.toContain('compressing');
	expect(readdirSync(join(system.folder, 'backups'))).toEqual([]);
	expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
});
