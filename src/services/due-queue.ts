/** A binary heap of things by their due time (monotonic ms): the poller's "who is next". */
export interface DueQueue<T> {
	push(dueAt: number, item: T): void;
	/** The earliest due time, or null when empty. */
	nextAt(): number | null;
	/** Takes out everything due at or before `now`, earliest first. */
	takeDue(now: number): T[];
	readonly size: number;
}

export function createDueQueue<T>(): DueQueue<T> {
	const heap: { readonly dueAt: number; readonly item: T }[] = [];

	const swap = (a: number, b: number) => {
		const kept = heap[a] as (typeof heap)[number];
		heap[a] = heap[b] as (typeof heap)[number];
		heap[b] = kept;
	};
	const before = (a: number, b: number) =>
		(heap[a] as { dueAt: number }).dueAt < (heap[b] as { dueAt: number }).dueAt;

	const rise = (start: number) => {
		let at = start;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!before(at, parent)) return;
			swap(at, parent);
			at = parent;
		}
	};

	const sink = () => {
		let at = 0;
		for (;;) {
			const left = 2 * at + 1;
			let least = at;
			if (left < heap.length && before(left, least)) least = left;
			if (left + 1 < heap.length && before(left + 1, least)) least = left + 1;
			if (least === at) return;
			swap(at, least);
			at = least;
		}
	};

	return {
		push(dueAt, item) {
			heap.push({ dueAt, item });
			rise(heap.length - 1);
		},
		nextAt: () => heap[0]?.dueAt ?? null,
		takeDue(now) {
			const due: T[] = [];
			while (heap[0] && heap[0].dueAt <= now) {
				due.push(heap[0].item);
				const last = heap.pop();
				if (last && heap.length > 0) {
					heap[0] = last;
					sink();
				}
			}
			return due;
		},
		get size() {
			return heap.length;
		},
	};
}
