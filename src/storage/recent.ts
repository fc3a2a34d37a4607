import type { Recent, RecentAsk } from '../domain/storage-port.ts';
import { levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import type { OpenHours } from './open-hours.ts';
import { HOUR_MS, type PackedHours } from './packed-hours.ts';
import { createRecentOpen, type Wanted } from './recent-open.ts';

interface Parts {
	readonly checks: Names;
	readonly samples: Names;
	readonly open: OpenHours;
	readonly packed: PackedHours;
}

/** Reads the recent past of many checks: inside a transaction. */
export function createRecent(
	connection: Connection,
	{ checks, samples, open, packed }: Parts,
): (asks: readonly RecentAsk[], limit: number) => Recent[] {
	const recentOpen = createRecentOpen(connection, open);
	const readPacked = (wanted: readonly Wanted[], limit: number): void => {
		const first = wanted.reduce((least, { ask }) => Math.min(least, ask.sinceAt), Number.MAX_SAFE_INTEGER);
		let [hour, left]: [number | undefined, number] = [packed.packedTo(), limit];
		while (left > 0) {
			hour = packed.hourBefore(hour, first);
			if (hour === undefined) return;
			const start = hour;
			const found = wanted.flatMap((each) => {
				if (each.ask.sinceAt >= start + HOUR_MS) return [];
				const columns = packed.columns(start, each.id, each.names);
				return columns === null ? [] : [{ each, columns, sinceAt: each.ask.sinceAt }];
			});
			const count = found.reduce((sum, { columns, sinceAt }) => sum + countSince(columns.ats, sinceAt), 0);
			const cut = count <= left ? 0 : cutOf(found, left);
			for (const { each, columns, sinceAt } of found) {
				for (let row = columns.ats.length - 1; row >= 0; row--) {
					const at = columns.ats[row]!;
					if (at < sinceAt || at < cut) break;
					each.ats.push(at);
					each.levels.push(levelOf(columns.levels[row]!));
					each.durationsMs.push(columns.durations[row]! / 1000);
					each.hasReading.push(columns.hasReading[row]!);
					for (const [place, column] of columns.values.entries()) each.values[place]!.push(column[row]!);
				}
			}
			left -= count;
		}
	};
	return (asks, limit) => {
		const wanted = asks.flatMap((ask): Wanted[] => {
			const id = checks.find(ask.check);
			if (id === null) return [];
			const names = ask.samples.map((name) => samples.find(name));
			const columns = { ats: [], levels: [], durationsMs: [], hasReading: [], values: names.map(() => []) };
			return [{ ask, id, names, frames: new Map(), ...columns }];
		});
		const openFrom = packed.packedTo();
		readPacked(wanted, limit - recentOpen.read(wanted, openFrom, limit));
		const found = wanted.filter(({ ats }) => ats.length > 0);
		const newest = recentOpen.newest(found.filter(({ ats }) => ats[0]! >= openFrom));
		for (const { id, ats } of found) {
			const at = ats[0]!;
			if (at < openFrom) newest.set(id, packed.read(at, at, 1, id)[0]!);
		}
		return found.map(({ ask, id, ats, levels, durationsMs, hasReading, values }) => {
			for (const column of [ats, levels, durationsMs, hasReading, ...values]) column.reverse();
			return { check: ask.check, newest: newest.get(id)!, ats, levels, durationsMs, hasReading, values };
		});
	};
}

/** Times are in order. */
function countSince(ats: readonly number[], sinceAt: number): number {
	const first = ats.findIndex((at) => at >= sinceAt);
	return first === -1 ? 0 : ats.length - first;
}

/** From this time on lie no more than `left` observations of an hour that has more. */
function cutOf(
	found: readonly { readonly columns: { readonly ats: readonly number[] }; readonly sinceAt: number }[],
	left: number,
): number {
	const ats = found.flatMap(({ columns, sinceAt }) => columns.ats.filter((at) => at >= sinceAt));
	return Float64Array.from(ats).sort()[ats.length - left - 1]! + 1;
}
