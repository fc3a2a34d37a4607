import {
	type DueFacts,
	duenessBy,
	dueSteps,
	isOfEveryRound,
	type TimesDone,
	timesDone,
} from '../domain/due-steps.ts';
import type { FilesPort } from '../domain/ports.ts';
import type { Dueness } from '../domain/schedule.ts';
import type { StepDefinition } from '../domain/system.ts';
import { toldAt } from './round-events.ts';
import type { RoundsParts } from './rounds-parts.ts';

/** How many earlier rounds are looked through for when a step was done last. */
const EARLIER_ROUNDS = 1_000;
/** How often files that steps follow are looked at for the plan. */
const LOOK_MS = 5_000;

type DueParts = Pick<RoundsParts, 'clock' | 'store' | 'system' | 'changedAt' | 'events'>;

export interface DueLook {
	/** The steps that a round begun now holds. */
	steps(steps: readonly StepDefinition[], now: number): Promise<readonly StepDefinition[]>;
	/** On which days sheets are due; `onChanged` when a file that was looked at meanwhile says otherwise. */
	dueness(onChanged: () => void): Dueness;
}

/** Looks at what steps with a time of their own follow: earlier rounds, files, and what was told. */
export function createDueLook(parts: DueParts): DueLook {
	let done: { readonly signed: string; readonly times: TimesDone } = { signed: '', times: new Map() };
	/** Files as written → their newest change, as it was looked at last. */
	const changes = new Map<string, number | null>();
	let lookedAt = Number.NEGATIVE_INFINITY;
	let isLooking = false;

	/** Earlier rounds are read again only once another one was signed. */
	const times = (): TimesDone => {
		const newest = parts.store.lastSigned(null);
		const signed = newest.ok ? `${newest.value?.id} ${newest.value?.signed?.at}` : '';
		if (signed !== '' && signed === done.signed) return done.times;
		const earlier = parts.store.list(0, Number.MAX_SAFE_INTEGER, EARLIER_ROUNDS);
		if (earlier.ok) done = { signed, times: timesDone(earlier.value) };
		return done.times;
	};
	const look = async (steps: readonly StepDefinition[]): Promise<boolean> => {
		let isNews = false;
		for (const { after } of steps) {
			if (after === undefined) continue;
			const changed = await parts.changedAt(after);
			isNews ||= (changes.get(after.join('\n')) ?? null) !== changed;
			changes.set(after.join('\n'), changed);
		}
		return isNews;
	};
	const facts = (): DueFacts => {
		const told = parts.events.told();
		return {
			zone: parts.system().timezone,
			done: times(),
			changedAt(step) {
				const file = changes.get(step.after?.join('\n') ?? '') ?? null;
				const event = told.ok ? toldAt(step, told.value) : null;
				return file === null || event === null ? (file ?? event) : Math.max(file, event);
			},
		};
	};

	return {
		async steps(steps, now) {
			// Most sheets have no such step, and need no look into the past.
			if (steps.every(isOfEveryRound)) return steps;
			await look(steps);
			return dueSteps(steps, { ...facts(), now });
		},
		dueness(onChanged) {
			const own = parts
				.system()
				.sheets.filter(({ atMinute, steps }) => atMinute !== null && !steps.some(isOfEveryRound))
				.flatMap(({ steps }) => steps);
			if (own.length === 0) return duenessBy({ zone: 'UTC', done: new Map(), changedAt: () => null });
			const now = parts.clock.monotonic();
			if (!isLooking && now - lookedAt >= LOOK_MS) {
				isLooking = true;
				lookedAt = now;
				void look(own).then((isNews) => {
					isLooking = false;
					if (isNews) onChanged();
				});
			}
			return duenessBy(facts());
		},
	};
}

/** Files that one step may follow. */
const FOLLOWED_FILES = 1_000;

/** Newest modification among files and globs, epoch ms; null when there are none. */
export async function newestChange(files: FilesPort, patterns: readonly string[]): Promise<number | null> {
	let newest: number | null = null;
	for (const pattern of patterns) {
		const found = await files.glob(pattern, FOLLOWED_FILES);
		for (const path of found.ok ? found.value : []) {
			const facts = await files.facts(path);
			if (facts.ok) newest = Math.max(newest ?? 0, facts.value.modifiedAt);
		}
	}
	return newest;
}
