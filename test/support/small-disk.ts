import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Whether we may mount; containers mostly may not, even as root. */
export const mayMount = process.getuid?.() === 0 && tryMount();

export interface SmallDisk {
	readonly folder: string;
	readOnly(): void;
	/** As pulled out: whoever is still in it keeps it. */
	unmount(): void;
}

/** A file system of its own in memory at `folder`, which is made. */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk {
	mkdirSync(folder, { recursive: true });
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder], {
		stdio: 'ignore',
	});
	let mounted = true;
	return {
		folder,
		readOnly: () => void execFileSync('mount', ['-o', 'remount,ro', folder], { stdio: 'ignore' }),
		unmount() {
			if (mounted) execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
			mounted = false;
		},
	};
}

function tryMount(): boolean {
	try {
		// In a name space of its own, so that nothing stays.
		execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}
