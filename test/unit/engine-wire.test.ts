import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import {
	createEngineClient,
	createOutbox,
	type FromEngine,
	type ToEngine,
} from '../../src/domain/engine-wire.ts';

const recorded = (id: string, at: number): EngineEvent =>
	({ kind: 'recorded', now: at, checks: [{ id, at, level: 'ok' }] }) as unknown as EngineEvent;
const round = (id: number, version: number): EngineEvent =>
	({ kind: 'round', round: { id, version } }) as unknown as EngineEvent;
const operation = (id: number, tail: string): EngineEvent =>
	({ kind: 'operation', operation: { id }, tail: [tail] }) as unknown as EngineEvent;
const notice = (at: number): EngineEvent => ({ kind: 'notice', code: 'x', detail: {}, at });

/** An outbox whose `later` runs when the test says so. */
function setUp() {
	const posted: (readonly EngineEvent[])[] = [];
	let planned: (() => void)[] = [];
	const outbox = createOutbox(
		(events) => posted.push(events),
		(run) => planned.push(run),
	);
	return {
		outbox,
		posted,
		turn: () => {
			const now = planned;
			planned = [];
			for (const run of now) run();
		},
	};
}

describe('events on their way to a reader', () => {
	it('go in one bundle, in the order they happened, one bundle at a time', () => {
		const { outbox, posted, turn } = setUp();
		outbox.put(recorded('a', 1));
		outbox.put(round(1, 1));
		turn();
		outbox.put(round(1, 2));
		turn();
		expect(posted.map((bundle) => bundle.map((e) => e.kind))).toEqual([['recorded', 'round']]);
		outbox.taken();
		turn();
		expect(posted).toHaveLength(2);
	});

	it('an hour of a stalled reader costs one bundle: the newest of each, and no memory', () => {
		const { outbox, posted, turn } = setUp();
		outbox.put(recorded('first', 0));
		turn();
		for (let at = 1; at <= 36_000; at += 1) {
			outbox.put(recorded(`check-${at % 20}`, at));
			if (at % 10 === 0) outbox.put(round(1, at));
			if (at % 7 === 0) outbox.put(operation(at % 3, `line ${at}`));
			outbox.put(notice(at));
			outbox.put({ kind: 'logs', sources: [`log-${at % 4}`] });
			outbox.put({ kind: 'storage', storage: { unsaved: at, since: null, fault: null } });
			turn();
		}
		expect(posted).toHaveLength(1);
		outbox.taken();
		turn();
		const bundle = posted[1]!;
		expect(bundle.length).toBeLessThan(70);
		expect(bundle.filter((e) => e.kind === 'recorded')).toHaveLength(1);
		const newest = bundle.find((e) => e.kind === 'recorded')!;
		if (newest.kind !== 'recorded') throw new Error();
		expect(newest.checks).toHaveLength(20);
		expect(Math.min(...newest.checks.map((c) => c.at))).toBe(35_981);
		expect(bundle.filter((e) => e.kind === 'round')).toEqual([round(1, 36_000)]);
		expect(bundle.filter((e) => e.kind === 'operation')).toHaveLength(3);
		expect(bundle.filter((e) => e.kind === 'notice').at(-1)).toEqual(notice(36_000));
		expect(bundle.find((e) => e.kind === 'logs')).toMatchObject({ sources: { length: 4 } });
		expect(bundle.find((e) => e.kind === 'storage')).toMatchObject({ storage: { unsaved: 36_000 } });
	});

	it('a whole picture makes what was recorded before it needless, not what comes after', () => {
		const { outbox, posted, turn } = setUp();
		outbox.put(recorded('a', 1));
		outbox.put({ kind: 'picture', now: 2, checks: [], trends: [], uptime: [] });
		outbox.put(recorded('b', 3));
		turn();
		expect(posted[0]!.map((e) => e.kind)).toEqual(['picture', 'recorded']);
	});
});

function wire() {
	const sent: ToEngine[] = [];
	const client = createEngineClient((message) => sent.push(message));
	return { sent, client, receive: (message: FromEngine) => client.receive(message) };
}

describe('an engine on the other side', () => {
	it('answers each command with its own answer, in whatever order they come', async () => {
		const { client, receive } = wire();
		const first = client.send('rounds.list', { limit: 1 });
		const second = client.send('operations.list', { limit: 1 });
		receive({ kind: 'answer', id: 2, result: { ok: true, value: 'second' } });
		receive({ kind: 'answer', id: 1, result: { ok: true, value: 'first' } });
		expect([await first, await second]).toEqual([
			{ ok: true, value: 'first' },
			{ ok: true, value: 'second' },
		]);
	});

	it('says that a bundle was taken, and gives one who listens late the newest of each', () => {
		const { client, receive, sent } = wire();
		receive({ kind: 'events', events: [recorded('a', 1), round(1, 1)] });
		receive({ kind: 'events', events: [recorded('a', 2), round(1, 2)] });
		expect(sent).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
		const seen: EngineEvent[] = [];
		client.subscribe((event) => seen.push(event));
		expect(seen).toEqual([recorded('a', 2), round(1, 2)]);
		receive({ kind: 'events', events: [round(1, 3)] });
		expect(seen.at(-1)).toEqual(round(1, 3));
	});

	it('that ended by itself leaves nobody waiting, and says why', async () => {
		const { client } = wire();
		const seen: EngineEvent[] = [];
		client.subscribe((event) => seen.push(event));
		const asked = client.send('rounds.list', { limit: 1 });
		client.lost('it broke', '/crash.txt');
		const closing = { ok: false, error: { kind: 'refused', why: 'closing', detail: {} } };
		expect(await asked).toEqual(closing);
		expect(await client.send('rounds.list', { limit: 1 })).toEqual(closing);
		expect(seen).toEqual([{ kind: 'crashed', text: 'it broke', file: '/crash.txt' }]);
		await client.close();
	});

	it('closes when the other side has closed', async () => {
		const { client, receive, sent } = wire();
		const closed = client.close();
		const again = client.close();
		expect(sent[0]).toEqual({ kind: 'close' });
		receive({ kind: 'closed' });
		await Promise.all([closed, again]);
	});
});
