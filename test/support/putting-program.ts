import type { Run, TargetPorts } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createHost } from '../../src/platform/host.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { directory } from '../../src/targets/directory.ts';

// Puts one file into a folder, from another file system, and then waits to be killed.
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
const put = await directory.put({ path: folder }, from, 'copy', ports, run);
if (!put.ok) throw new Error(JSON.stringify(put.error));
process.stdin.resume();
