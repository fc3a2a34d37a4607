import type { EngineEvent } from '../domain/engine.ts';
import type { CheckId } from '../domain/ids.ts';
import type { CheckFace, CheckPicture, SystemFace, TrendPoint } from '../domain/picture.ts';
import type { Samples } from '../domain/reading.ts';
import { isQuantity } from '../domain/value.ts';
import { type PictureState, TREND_LENGTH } from './state.ts';

const MAX_NOTICES = 50;
const MAX_OPERATIONS = 100;
const MAX_TAIL = 400;

/** The next picture after one event. Pure; what the event does not touch keeps its identity. */
export function apply(state: PictureState, event: EngineEvent): PictureState {
	switch (event.kind) {
		case 'system':
			return applyFace(state, event.face);
		case 'picture':
			return {
				...state,
				now: Math.max(state.now, event.now),
				checks: new Map(event.checks.map((check) => [check.id, check])),
				trends: new Map(event.trends.map((trend) => [trend.check, trend.points.slice(-TREND_LENGTH)])),
				uptime: new Map(event.uptime.map((of) => [of.check, of.share])),
			};
		case 'recorded':
			return applyRecorded(state, event.now, event.checks);
		case 'uptime':
			return {
				...state,
				uptime: new Map([...state.uptime, ...event.uptime.map((of) => [of.check, of.share] as const)]),
			};
		case 'baseline':
			return {
				...state,
				signed: {
					baseline: event.baseline,
					signedAt: event.signedAt,
					signedBy: event.signedBy,
					title: event.title,
				},
			};
		case 'plan':
			return { ...state, plan: event.plan };
		case 'round':
			return { ...state, rounds: new Map(state.rounds).set(event.round.id, event.round) };
		case 'operation': {
			const operations = new Map(state.operations);
			const known = operations.get(event.operation.id);
			// A whole output that was asked for is not replaced by the short tail of a late event.
			const tail = event.tail.length > 0 ? event.tail : (known?.tail ?? []);
			const progress = event.operation.state === 'running' ? (event.progress ?? known?.progress) : undefined;
			operations.set(event.operation.id, {
				operation: event.operation,
				tail: tail.slice(-MAX_TAIL),
				...(progress === undefined ? {} : { progress }),
			});
			for (const id of operations.keys()) {
				if (operations.size <= MAX_OPERATIONS) break;
				if (operations.get(id)?.operation.state !== 'running') operations.delete(id);
			}
			return { ...state, operations };
		}
		case 'backups':
			return { ...state, backups: event.plans };
		case 'polling':
			return { ...state, polling: event.polling };
		case 'storage':
			return { ...state, storage: event.storage };
		case 'config':
			return { ...state, config: { problems: event.problems, at: event.at } };
		case 'logs':
			return { ...state, logs: event.sources };
		case 'notice':
			return {
				...state,
				notices: [...state.notices, { code: event.code, detail: event.detail, at: event.at }].slice(
					-MAX_NOTICES,
				),
			};
		case 'crashed':
			return { ...state, crashed: { text: event.text, file: event.file } };
	}
}

/** A reloaded configuration may have dropped checks: what is no longer asked is no longer shown. */
function applyFace(state: PictureState, face: SystemFace): PictureState {
	const known = new Set(face.checks.map((check) => check.id));
	const keep = <V>(map: ReadonlyMap<CheckId, V>): ReadonlyMap<CheckId, V> =>
		[...map.keys()].every((id) => known.has(id)) ? map : new Map([...map].filter(([id]) => known.has(id)));
	return {
		...state,
		face,
		checks: keep(state.checks),
		trends: keep(state.trends),
		uptime: keep(state.uptime),
	};
}

function applyRecorded(state: PictureState, now: number, recorded: readonly CheckPicture[]): PictureState {
	const checks = new Map(state.checks);
	const trends = new Map(state.trends);
	const values = new Map(state.values);
	for (const check of recorded) {
		const isNew = check.at > (checks.get(check.id)?.at ?? 0);
		checks.set(check.id, check);
		// A picture may come again because it was saved at last: that is no new point.
		if (!isNew) continue;
		const face = state.face ? facesOf(state.face).get(check.id) : undefined;
		trends.set(check.id, push(trends.get(check.id), point(check, headlineOf(check, face))));
		for (const shown of face?.values ?? []) {
			const key = `${check.id} ${shown.name}`;
			values.set(key, push(values.get(key), point(check, numberOf(check.samples, shown.name))));
		}
	}
	return { ...state, now: Math.max(state.now, now), checks, trends, values };
}

const faces = new WeakMap<SystemFace, ReadonlyMap<CheckId, CheckFace>>();

/** Ten thousand checks are looked up ten times a second: by id, not by walking. */
function facesOf(face: SystemFace): ReadonlyMap<CheckId, CheckFace> {
	const known = faces.get(face);
	if (known) return known;
	const made = new Map(face.checks.map((check) => [check.id, check]));
	faces.set(face, made);
	return made;
}

function push(points: readonly TrendPoint[] | undefined, next: TrendPoint): readonly TrendPoint[] {
	return points ? [...points.slice(-(TREND_LENGTH - 1)), next] : [next];
}

function point(check: CheckPicture, value: number | null): TrendPoint {
	return { at: check.at, value, level: check.level };
}

function headlineOf(check: CheckPicture, face: CheckFace | undefined): number | null {
	if (Object.keys(check.samples).length === 0) return null;
	return face?.headline ? numberOf(check.samples, face.headline) : check.durationMs;
}

/** A sample as a number to draw with; drawing needs no exactness. */
export function numberOf(samples: Samples, name: string): number | null {
	const value = samples[name];
	return value !== undefined && isQuantity(value) ? Number(value.number) : null;
}
