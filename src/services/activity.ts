import type { Clock } from '../domain/ports.ts';
import type { ActivityStore } from '../domain/storage-port.ts';
import type { LateWrites } from './late-writes.ts';

/** Writes down what the console itself ran or changed, later if it cannot be now. */
export function createActivity(clock: Clock, store: ActivityStore, late: LateWrites, by: string) {
	return (code: string, detail: Record<string, string | number>): void => {
		const at = clock.now();
		late.put(() => store.append({ at, by, code, detail }));
	};
}
