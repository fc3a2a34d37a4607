import type { Run, TargetPorts } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createHost } from '../../src/platform/host.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { directory } from '../../src/targets/directory.ts';

// Puts one file into a folder again and again, under other names, and says so each time one begins to go over.
const [folder = '', from = ''] = process.argv.slice(2);
const clock = createClock();
const ports: TargetPorts = {
	clock,
	files: createFiles(clock),
	processes: createProcesses(clock),
	host: createHost(),
	folders: createFolders({ clock }),
	s3: createS3(clock),
};
const run: Run = {
	now: clock.now(),
	zone: 'UTC',
	folder,
	deadline: clock.monotonic() + 60_000,
	signal: new AbortController().signal,
	onProgress: () => {},
	onLine: () => {},
};
for (let number = 0; ; number++) {
	process.stdout.write('.');
	const put = await directory.put({ path: folder }, from, `copy-${number}`, ports, run);
	if (!put.ok) throw new Error(JSON.stringify(put.error));
}
