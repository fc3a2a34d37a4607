/** How many groups can be told of; more would be more commands at once than any pool allows. */
const PLACES = 1_024;

/**
 * The process groups that a thread has started and not ended, where another thread can read them although the first is stuck
 * or gone: a thread that is ended from outside runs nothing more, so somebody else must end what it began.
 */
export type GroupBoard = SharedArrayBuffer;

let own: Int32Array | null = null;

export function createGroupBoard(): GroupBoard {
	return new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT);
}

/** From now on this thread's groups stand there. */
export function writeGroupsOn(board: GroupBoard): void {
	own = new Int32Array(board);
}

export function noteGroup(pid: number | undefined): void {
	if (own === null || pid === undefined) return;
	for (let place = 0; place < own.length; place += 1)
		if (Atomics.compareExchange(own, place, 0, pid) === 0) return;
}

export function forgetGroup(pid: number | undefined): void {
	if (own === null || pid === undefined) return;
	for (let place = 0; place < own.length; place += 1) Atomics.compareExchange(own, place, pid, 0);
}

/** Kills every group that stands there. */
export function endGroups(board: GroupBoard): void {
	const places = new Int32Array(board);
	for (let place = 0; place < places.length; place += 1) {
		const pid = Atomics.exchange(places, place, 0);
		if (pid === 0) continue;
		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// Nobody is left.
		}
	}
}
