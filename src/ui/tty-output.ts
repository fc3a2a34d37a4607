import fs from 'node:fs';
import type { DisplayOutput } from './display-output.ts';

const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;

/**
 * The terminal behind `stream`, opened once more so that a write takes what fits and returns: Node's own writes to a
 * terminal wait, and a stalled link would stop the thread. Without such a second door (no /proc, no /dev/tty) the stream's
 * descriptor itself is used.
 */
export const createTtyOutput = (stream: NodeJS.WriteStream & { readonly fd: number }): DisplayOutput => {
	const fd = openAgain(stream.fd);
	return {
		get columns() {
			return stream.columns || 80;
		},
		get rows() {
			return stream.rows || 24;
		},
		write(bytes) {
			try {
				return fs.writeSync(fd, bytes);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
				throw error;
			}
		},
		sleep(ms) {
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
		},
		onResize(listener) {
			stream.on('resize', listener);
			return () => stream.off('resize', listener);
		},
	};
};

const openAgain = (fd: number): number => {
	for (const path of [`/proc/self/fd/${fd}`, '/dev/tty']) {
		try {
			return fs.openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
		} catch {
			// The next door.
		}
	}
	return fd;
};
