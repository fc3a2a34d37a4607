import type { z } from 'zod';
import { operatorPattern } from '../domain/pattern.ts';
import type { Samples } from '../domain/reading.ts';
import { ok } from '../domain/result.ts';
import { createSensitiveMask } from '../domain/sensitive.ts';
import { clean } from '../domain/text.ts';
import type { Entry } from './crontab.ts';
import { defineCheckKind } from './define.ts';
import { safeLine } from './masking.ts';
import { countSample, msSample } from './samples.ts';
import { type ScheduleOptions, scheduleSchema } from './schedule-options.ts';
import { commandOf, readTable } from './schedule-tables.ts';
import { collide, isTimed, MINUTE, newestOf, newestTrace, timesOf } from './schedule-times.ts';

/**
 * Samples: `entries` (that match), `timed` (one of them at the wanted time), `written`, `off` (that match but are commented
 * out), `broken` (lines cron cannot read), `next`, `previous`, `nextIn`, `since`, `ran` (its trace is not older than its last
 * run), `traced` (age of the newest trace), `collisions` and `collides` (others started at the same minute).
 * Faults: `command-missing`, `command-failed`, `file-missing`, `no-permission`, `log-too-large`.
 */
export const schedule = defineCheckKind<ScheduleOptions>({
	name: 'schedule',
	title: { en: 'Schedule', 'zh-CN': '定时任务' },
	pool: 'local',
	schema: scheduleSchema as unknown as z.ZodType<ScheduleOptions>,
	paths: ['tables', 'trace', 'log'],
	example: `cleanup:
  kind: schedule
  from: crontab
  every: 10m
  match: cleanup_expired_data
  wanted: "0 3 * * *"
  log: logs/app.log
  line: cleanup finished
  must:
    - timed == true
    - ran == true
  should:
    - collisions == 0
`,
	headline: null,
	origin: () => null,
	target: targetOf,
	texts: () => ['written', 'next', 'previous', 'collides'],
	samples: () => ({
		entries: 'none',
		timed: 'none',
		written: 'none',
		off: 'none',
		broken: 'none',
		next: 'none',
		previous: 'none',
		nextIn: 'ms',
		since: 'ms',
		ran: 'none',
		traced: 'ms',
		collisions: 'none',
		collides: 'none',
	}),
	values: () => ['written', 'next'],
	impliedMust: ({ wanted, trace, log }) => [
		'entries > 0',
		...(wanted === undefined ? [] : ['timed == true']),
		...((trace ?? log) ? ['ran == true'] : []),
	],
	impliedShould: () => ['broken == 0', 'collisions == 0'],
	copyAs: (options) =>
		options.from === 'file' ? null : ((options.run ?? commandOf(options))?.join(' ') ?? null),
	async probe(options, ports, context) {
		const table = await readTable(options, ports, context);
		if (!table.ok) return table;
		const pattern = operatorPattern(options.match, 'mu');
		const holds = (entry: Entry) => pattern.test(entry.command) || pattern.test(entry.written);
		const found = table.value.entries.filter(holds);
		const others = table.value.entries.filter((entry) => !found.includes(entry));
		const times = timesOf(options, found, context.now);
		const traced = await newestTrace(options, ports, context);
		if (!traced.ok) return traced;
		const mask = createSensitiveMask();
		const said = (entry: Entry) => safeLine(options, mask.hide(`${entry.written} ${entry.command}`), 120);
		const collisions = others.filter((other) => found.some((one) => collide(one, other, context.now)));
		// Two of those that match may meet each other too.
		const own = found.filter((one, at) =>
			found.some((other, place) => place < at && collide(one, other, context.now)),
		);
		const samples: Record<string, Samples[string]> = {
			entries: countSample(found.length),
			off: countSample(table.value.off.filter(holds).length),
			broken: countSample(table.value.broken),
			written: clean(found.map((entry) => entry.written).join(', '), { max: 200 }),
			collisions: countSample(collisions.length + own.length),
			collides: clean([...collisions, ...own].map(said).join(' | '), { max: 400 }),
		};
		if (options.wanted !== undefined) samples['timed'] = isTimed(options, found, context.now);
		const { next, previous, due } = times;
		if (next !== null) {
			samples['next'] = new Date(next).toISOString();
			samples['nextIn'] = msSample(next - context.now);
		}
		if (previous !== null) {
			samples['previous'] = new Date(previous).toISOString();
			samples['since'] = msSample(context.now - previous);
		}
		const asks = options.trace !== undefined || options.log !== undefined;
		const at = asks ? traced.value : newestOf(found.map((entry) => entry.lastAt));
		if (at !== null) samples['traced'] = msSample(context.now - at);
		// Started within the minute; a file may be dated a little before the clock that said so.
		if (due !== null && (asks || options.from === 'systemd'))
			samples['ran'] = at !== null && at >= due - MINUTE;
		return ok({
			samples,
			transcript: {
				request: [targetOf(options)],
				response: table.value.entries
					.slice(0, 40)
					.map((entry) => `${holds(entry) ? '▸ ' : '  '}${said(entry)}`),
				body: '',
				bytes: 0,
				timings: [],
			},
		});
	},
});

function targetOf(options: ScheduleOptions): string {
	const { from, tables, user } = options;
	const place = tables?.join(' ') ?? (user === undefined ? from : `${from} ${user}`);
	return clean(`${place} · ${options.match}`, { max: 200 });
}
