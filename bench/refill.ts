import { CHECK_KINDS } from '../src/checks/index.ts';
import type { CheckDefinition } from '../src/domain/check.ts';
import { checkId } from '../src/domain/ids.ts';
import { createPresent, TREND_POINTS } from '../src/services/present.ts';
import { openStorage } from '../src/storage/open.ts';

const KIND = CHECK_KINDS.find(({ name }) => name === 'http');

const checkAt = (index: number, everyMs: number): CheckDefinition => ({
	id: checkId(`check-${index}`),
	title: null,
	service: null,
	kind: 'http',
	options: {},
	everyMs,
	timeoutMs: 5_000,
	confirm: 3,
	retryMs: everyMs,
	forMs: 0,
	hours: null,
	needs: [],
	must: [],
	should: [],
	show: [],
});

/**
 * What the engine does at its start with a store it has just opened (`Checks.refill`): every check's state, the last 60 of
 * each, and the picture made of them. Milliseconds, the first in this process first.
 */
export function timeRefills(folder: string, checks: number, everyMs: number, now: number): number[] {
	return Array.from({ length: 15 }, () => {
		const opened = openStorage({ path: folder, environment: 'bench', group: null, now, version: 'bench' });
		if (!opened.ok) throw new Error(opened.error.code);
		const { observations, close } = opened.value;
		const present = createPresent();
		const definitions = Array.from({ length: checks }, (_, index) => checkAt(index, everyMs));
		present.adopt(definitions, () => KIND, now);
		const from = performance.now();
		const states = observations.states();
		if (!states.ok) throw new Error(states.error.code);
		const recent = observations.recent(present.asksToRefill(states.value, now), 200_000);
		if (!recent.ok) throw new Error(recent.error.code);
		present.refill(states.value, recent.value);
		const ms = performance.now() - from;
		for (const { trend, newest } of present.all()) {
			const drawn = trend.filter(({ value }) => value !== null).length;
			if (trend.length !== TREND_POINTS || newest === null || drawn === 0)
				throw new Error('rows are missing');
		}
		close();
		return ms;
	});
}
