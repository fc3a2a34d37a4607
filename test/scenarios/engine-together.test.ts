import { describe, expect, it, onTestFinished } from 'vitest';
import { isRecorded, makeSystem, openTest, polls } from '../support/engine.ts';
import { startEngine } from '../support/engine-process.ts';
import { serve } from '../support/servers.ts';

async function makeShared() {
	let asked = 0;
	let status = 200;
	const server = await serve((_request, response) => {
		asked += 1;
		response.writeHead(status).end('{}');
	});
	onTestFinished(() => server.close());
	const system = makeSystem(`
version: 1
system: Shared
checks:
  api: {kind: http, url: "${server.url}/", every: 1s, confirm: 1, must: [status == 200]}
actions:
  long: {title: Long one, run: [sleep, "45"]}
rounds:
  morning:
    at: "09:00"
    steps:
      - check: api
      - ask: Anything new?
      - ask: Anything else?
`);
	return {
		system,
		asked: () => asked,
		fail: () => {
			status = 500;
		},
	};
}

const at = (step: number, round: { id: number; version: number }, note: string) =>
	({ round: round.id, step, outcome: 'ok', note, version: round.version }) as never;

describe('two consoles on one state directory', () => {
	it('poll once: the second follows and sees values and levels', async () => {
		const shared = await makeShared();
		const first = await openTest(shared.system.options());
		await first.until(isRecorded('api', 'ok'));
		const second = await openTest(shared.system.options({ operator: 'tom' }));
		await second.until(polls(false));
		expect(second.events.findLast((e) => e.kind === 'polling')).toMatchObject({
			polling: { mine: false, holder: 'mei' },
		});
		shared.fail();
		const seen = await second.next(isRecorded('api', 'critical'));
		expect(seen).toMatchObject({
			checks: [{ id: 'api', hard: true, samples: { status: { number: '500' } } }],
		});
		// Every request was made by the first: each stands in its own history.
		const before = shared.asked();
		const told = first.events.filter((e) => e.kind === 'recorded').length;
		await second.next(isRecorded('api'));
		expect(shared.asked() - before).toBeLessThanOrEqual(
			first.events.filter((e) => e.kind === 'recorded').length - told + 1,
		);
		await first.until((e) => e.kind === 'polling' && e.polling.present.length === 2);
	});

	it('never overwrite an answer: the second is told who and when', async () => {
		const shared = await makeShared();
		const first = await openTest(shared.system.options());
		const round = await first.begin('morning');
		const second = await openTest(shared.system.options({ operator: 'tom' }));
		const same = await second.begin('morning');
		expect(same.id).toBe(round.id);
		const mine = await first.send('round.answer', at(1, round, 'nothing'));
		const refusal = await second.refused('round.answer', at(1, same, 'a lot'));
		expect(refusal).toEqual({ kind: 'conflict', by: 'mei', at: mine.round.steps[1]!.answer!.at });
		// The conflict brings the other's answer to the screen, and another step is free to answer.
		expect(second.round(round.id)!.steps[1]!.answer).toMatchObject({ note: 'nothing', by: 'mei' });
		const other = await second.send('round.answer', at(2, same, 'no'));
		expect(other.round.steps.map((s) => s.answer?.by)).toEqual([undefined, 'mei', 'tom']);
		// A signature on an outdated page is a conflict, not a signature.
		expect(
			await first.refused('round.sign', { round: round.id, note: '', version: mine.round.version }),
		).toMatchObject({
			kind: 'conflict',
			by: 'tom',
		});
		const page = first.round(round.id)!;
		await first.send('checks.ask', { checks: [] });
		await first.send('round.sign', { round: round.id, note: '', version: page.version });
		await second.until((e) => e.kind === 'round' && e.round.signed !== null);
		await second.until((e) => e.kind === 'baseline' && e.signedBy === 'mei');
	});

	it('hand the polling over at once at an orderly end', async () => {
		const shared = await makeShared();
		const first = await openTest(shared.system.options());
		await first.until(isRecorded('api'));
		const second = await openTest(shared.system.options({ operator: 'tom' }));
		await second.until(polls(false));
		await second.next(isRecorded('api'));
		await first.close();
		await second.until(polls(true));
		const before = shared.asked();
		await second.next(isRecorded('api'));
		expect(shared.asked()).toBeGreaterThan(before);
		// What it followed and then read again stands once in its trend.
		let times: number[] = [];
		second.engine.subscribe((event) => {
			if (event.kind === 'picture')
				times = event.trends.flatMap((trend) => trend.points.map((point) => point.at));
		})();
		expect(times.length).toBeGreaterThan(1);
		expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
		expect(second.events.findLast((e) => e.kind === 'polling')).toMatchObject({
			polling: { holder: 'tom', present: [{ operator: 'tom', mine: true }] },
		});
	});

	it('a killed console keeps nobody from running what it ran, not even where nobody polls', async () => {
		const shared = await makeShared();
		const killed = await startEngine(shared.system.options());
		const start = { action: 'long', step: null, confirmed: null } as never;
		const started = await killed.send('operation.start', start);
		if (!started.ok) throw new Error('not started');
		const cron = await openTest(shared.system.options({ polls: false, operator: 'cron' }));
		expect(await cron.refused('operation.start', start)).toMatchObject({
			why: 'already-running',
			detail: { by: 'mei' },
		});
		await killed.kill();
		const again = await cron.send('operation.start', start);
		expect(await cron.ended(started.value.operation.id)).toMatchObject({ state: 'lost' });
		await cron.send('operation.cancel', { operation: again.operation.id });
		await cron.ended(again.operation.id);
	});

	it('after kill -9 another polls, the round is where it was, and what ran is said to be lost', async () => {
		const shared = await makeShared();
		// The same person's second console: the name alone must not keep the dead one's operation alive.
		const killed = await startEngine(shared.system.options());
		await killed.until(polls(true));
		const begun = await killed.send('round.begin', { sheet: 'morning' as never, dueAt: null });
		if (!begun.ok) throw new Error('not begun');
		await killed.send('round.answer', at(1, begun.value.round, 'kept'));
		await killed.send('round.draft', { round: begun.value.round.id, step: 2, text: 'half a sent' });
		const started = await killed.send('operation.start', {
			action: 'long' as never,
			step: null,
			confirmed: null,
		});
		if (!started.ok) throw new Error('not started');
		const second = await openTest(shared.system.options());
		await second.until(polls(false));
		await killed.kill();
		await second.until(polls(true));
		expect(second.round()!.steps[1]!.answer).toMatchObject({ note: 'kept', by: 'mei' });
		expect(second.round()!.steps[2]!.draft).toBe('half a sent');
		const ended = await second.ended(started.value.operation.id);
		expect(ended).toMatchObject({ state: 'lost', level: 'unknown' });
		const again = await second.send('operation.start', {
			action: 'long' as never,
			step: null,
			confirmed: null,
		});
		await second.send('operation.cancel', { operation: again.operation.id });
		expect(await second.ended(again.operation.id)).toMatchObject({ state: 'cancelled' });
	});
});
