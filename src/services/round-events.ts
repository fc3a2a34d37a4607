import type { Refusal, ToldEvent } from '../domain/engine.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Activity } from '../domain/storage-port.ts';
import type { EventDefinition, StepDefinition } from '../domain/system.ts';
import { lift, refuse } from './refusing.ts';
import type { RoundsParts } from './rounds-parts.ts';

/** The longest note that is kept with an event. */
const NOTE_LIMIT = 500;

/** The newest telling of any of a step's events, epoch ms; null when none was told. */
export function toldAt({ events = [] }: StepDefinition, told: readonly Activity[]): number | null {
	const times = told.filter(({ detail }) => events.includes(String(detail['event']))).map(({ at }) => at);
	return times.length === 0 ? null : Math.max(...times);
}

export interface RoundEvents {
	tell(event: string, note: string): Result<{ readonly told: ToldEvent }, Refusal>;
	list(): Result<{ readonly events: readonly ToldEvent[] }, Refusal>;
}

/** What happens outside and is told to us, by a person or a script: kept in the activity, for ever, with who and when. */
export function createRoundEvents(
	parts: Pick<RoundsParts, 'clock' | 'events' | 'operator' | 'redact' | 'system'>,
): RoundEvents {
	const withSteps = ({ id, title }: EventDefinition, last: Activity | undefined): ToldEvent => ({
		event: id,
		title,
		last: last === undefined ? null : { at: last.at, by: last.by, note: String(last.detail['note'] ?? '') },
		steps: parts
			.system()
			.sheets.flatMap((sheet) =>
				sheet.steps.flatMap((step, index) => (step.events?.includes(id) ? [{ sheet: sheet.id, index }] : [])),
			),
	});
	return {
		tell(event, note) {
			const declared = parts.system().events.find(({ id }) => id === event);
			if (!declared) return refuse('no-such-event', { event });
			const words = parts.redact(note.trim()).slice(0, NOTE_LIMIT).toWellFormed();
			const activity: Activity = {
				at: parts.clock.now(),
				by: parts.operator,
				code: 'event.told',
				detail: words === '' ? { event } : { event, note: words },
			};
			const stored = lift(parts.events.append(activity));
			return stored.ok ? ok({ told: withSteps(declared, activity) }) : stored;
		},
		list() {
			const told = lift(parts.events.told());
			if (!told.ok) return told;
			const events = parts.system().events.map((declared) =>
				withSteps(
					declared,
					told.value.find(({ detail }) => detail['event'] === declared.id),
				),
			);
			return ok({ events });
		},
	};
}
