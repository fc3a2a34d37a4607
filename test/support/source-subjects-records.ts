// Needs the Debian package `tar` for what a command copies.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../src/domain/secret.ts';
import { HIDDEN, type SourceSubject } from './source-subjects.ts';
import type { SourceWorld } from './source-world.ts';

const envFile = (world: SourceWorld): string => join(world.folder, '.env');
const exports = (world: SourceWorld): string => join(world.folder, 'exports');

/** Values in a file of the application, one of them hidden, one short, one missing. */
export const ENV_SUBJECT: SourceSubject = {
	make(world) {
		writeFileSync(envFile(world), `SECRET_KEY="${HIDDEN}-and-more"\nFLASK_DEBUG=0\n`);
		return {
			file: envFile(world),
			names: ['SECRET_KEY', 'FLASK_DEBUG', 'SENTRY_DSN'],
			salt: new Secret(HIDDEN, 'env:SALT'),
		};
	},
	gone: ['file-missing', (world) => rmSync(envFile(world))],
	findsFlips: true,
	restoring: null,
};

/** A tool that makes a file of a folder, and puts it back. It prints its secret, as some do. */
export const COMMAND_SUBJECT: SourceSubject = {
	make(world) {
		mkdirSync(exports(world), { recursive: true });
		writeFileSync(join(exports(world), 'orders.json'), JSON.stringify({ orders: [1, 2, 3] }));
		return {
			run: ['sh', '-c', 'echo "$KEY" >&2; exec tar -cf "$1" -C "$2" .', 'sh', '{file}', exports(world)],
			cwd: world.folder,
			env: { KEY: new Secret(HIDDEN, 'env:KEY') },
			suffix: '.tar',
			check: ['tar', '-tf', '{file}'],
			putBack: ['tar', '-xf', '{file}', '-C', '{place}'],
			place: exports(world),
		};
	},
	gone: ['command-failed', (world) => rmSync(exports(world), { recursive: true })],
	findsFlips: true,
	restoring: {
		state: (world) =>
			Object.fromEntries(
				readdirSync(exports(world))
					.filter((name) => !name.startsWith('.before-restore.'))
					.map((name) => [name, readFileSync(join(exports(world), name), 'utf8')]),
			),
		change: (world) => writeFileSync(join(exports(world), 'orders.json'), '{}'),
		full(world) {
			mkdirSync(join(world.folder, 'staging'));
			writeFileSync(join(world.folder, 'staging/theirs'), '');
			return { folder: join(world.folder, 'staging') };
		},
		empty: (world) => ({ folder: join(world.folder, 'staging') }),
		mask: null,
	},
};
