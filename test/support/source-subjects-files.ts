import {
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SourceSubject } from './source-subjects.ts';
import type { SourceWorld } from './source-world.ts';

const logs = (world: SourceWorld): string => join(world.folder, 'logs');

/** What lies in the folder, archives of it too. */
function holds(world: SourceWorld): Record<string, string> {
	const found: Record<string, string> = {};
	for (const name of readdirSync(logs(world), { recursive: true, encoding: 'utf8' }).sort()) {
		const path = join(logs(world), name);
		const facts = lstatSync(path);
		if (name.includes('.before-restore.')) continue;
		found[name] = facts.isSymbolicLink()
			? readlinkSync(path)
			: facts.isFile()
				? `${(facts.mode & 0o777).toString(8)} ${readFileSync(path, 'utf8').slice(0, 40)}`
				: 'folder';
	}
	return found;
}

/** A folder of logs that its own archives lie in. */
export const FILES_SUBJECT: SourceSubject = {
	make(world) {
		mkdirSync(join(logs(world), 'old/empty'), { recursive: true });
		writeFileSync(join(logs(world), 'app.log'), 'a line\n'.repeat(30_000), { mode: 0o640 });
		writeFileSync(join(logs(world), 'old/app.log.1'), 'an old line\n');
		writeFileSync(join(logs(world), 'old/no.tmp'), 'excluded');
		writeFileSync(join(logs(world), 'logs.20260101.tar.gz'), 'a former archive');
		writeFileSync(join(logs(world), 'logs.20260101.tar.gz.json'), '{}');
		writeFileSync(join(logs(world), '.rounds-abc.part'), 'half an archive');
		symlinkSync('app.log', join(logs(world), 'current'));
		return { files: [`${logs(world)}/**`], exclude: [`${logs(world)}/**/*.tmp`] };
	},
	gone: ['nothing-to-copy', (world) => rmSync(logs(world), { recursive: true })],
	findsFlips: true,
	restoring: {
		state: holds,
		change(world) {
			writeFileSync(join(logs(world), 'app.log'), 'other lines\n');
			writeFileSync(join(logs(world), 'old/app.log.1'), 'an older line\n');
			rmSync(join(logs(world), 'current'));
			symlinkSync('old/app.log.1', join(logs(world), 'current'));
		},
		full(world) {
			mkdirSync(join(world.folder, 'staging'));
			writeFileSync(join(world.folder, 'staging/theirs'), '');
			return { folder: join(world.folder, 'staging') };
		},
		empty(world) {
			mkdirSync(join(world.folder, 'staging'));
			return { folder: join(world.folder, 'staging') };
		},
		mask: null,
	},
};
