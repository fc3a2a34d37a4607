import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyRecord } from '../../src/domain/record-proof.ts';
import { standingOf } from '../../src/domain/round.ts';
import { reasonLine } from '../../src/services/records/reason-line.ts';
import { makeSystem, openTest, type TestEngine } from '../support/engine.ts';
import { serve } from '../support/servers.ts';

const TOKEN = 'tok-5f1d-very-secret-7788';

/** A small CreditPilot: one service, one database, one script, one question. */
async function makeCreditPilot() {
	let answer: { status: number; body: unknown } = {
		status: 200,
		body: { status: 'healthy', customers: [1, 2, 3] },
	};
	const seen: (string | undefined)[] = [];
	const server = await serve((request, response) => {
		seen.push(request.headers.authorization);
		response.writeHead(answer.status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(answer.body));
	});
	onTestFinished(() => server.close());
	const system = makeSystem(
		`
version: 1
system: CreditPilot
timezone: UTC
environments:
  production: {default: true, guard: typed}
  staging: {guard: confirm}
secrets: {token: env:TOKEN}
services:
  flask: {title: Flask Server, port: ${server.port}, logs: [app.log]}
checks:
  api:
    service: flask
    kind: http
    url: ${server.url}/api
    every: 1h
    headers: {Authorization: "Bearer \${secret:token}"}
    must: [status == 200, '$.status == "healthy"']
    show: {customers: 'count($.customers[*])'}
  integrity:
    kind: sqlite
    file: app.db
    every: 1h
    read: {transactions: select count(*) from transactions}
    must: [transactions > 0, drop(transactions) < 5%]
actions:
  tests:
    title: API endpoint tests
    run: [bash, tests.sh]
    env: {TOKEN: "\${secret:token}"}
    result: '(?<passed>\\d+)/(?<total>\\d+)'
    must: [exit == 0, passed == total]
rounds:
  morning:
    at: "09:00"
    steps:
      - check: api
      - check: integrity
      - run: tests
      - ask: Any new stack trace?
        look: {log: flask, level: error, since: last-signed}
`,
		{
			'tests.sh': 'echo "token is $TOKEN"\necho "8/8 passed"\n',
			'app.log': '[2025-11-22 08:00:00] [ERROR] boom one\n[2025-11-22 08:00:01] [INFO] fine\n',
		},
	);
	const rows = (count: number) => {
		const db = new Database(join(system.folder, 'app.db'));
		db.exec('create table if not exists transactions (id integer primary key); delete from transactions');
		const insert = db.prepare('insert into transactions default values');
		db.transaction(() => {
			for (let i = 0; i < count; i += 1) insert.run();
		})();
		db.close();
	};
	rows(48_609);
	return {
		system,
		seen,
		rows,
		options: (wishes = {}) => system.options({ variables: { TOKEN }, ...wishes }),
		answer: (next: typeof answer) => {
			answer = next;
		},
	};
}

/** Fills what fills itself, runs the script, answers the question. */
async function walk(engine: TestEngine) {
	const begun = await engine.begin('morning');
	await engine.send('checks.ask', { checks: [] });
	const started = await engine.send('operation.start', {
		action: 'tests' as never,
		step: { round: begun.id, index: 2 },
		confirmed: null,
	});
	await engine.ended(started.operation.id);
	return engine.round(begun.id)!;
}

const answer = (
	round: { id: never; version: number } | { id: number; version: number },
	step: number,
	outcome: string,
	note: string,
) => ({ round: round.id, step, outcome, note, version: round.version }) as never;

describe('a whole round by commands', () => {
	it('is walked, signed, written, and is what the next one is compared with', async () => {
		const pilot = await makeCreditPilot();
		const engine = await openTest(pilot.options());
		let round = await walk(engine);
		expect(round.steps.map(standingOf)).toEqual(['ok', 'first', 'ok', 'open']);
		expect(round.steps[0]!.found).toMatchObject([
			{ kind: 'observation', check: 'api', level: 'ok', samples: { customers: { number: '3' } } },
		]);
		expect(round.steps[2]!.found).toMatchObject([
			{ kind: 'operation', level: 'ok', samples: { passed: { number: '8' }, total: { number: '8' } } },
		]);

		// A tick without words, a question without an answer, a step that is not there: each is refused.
		expect(await engine.refused('round.answer', answer(round, 3, 'ok', '  '))).toMatchObject({
			why: 'needs-answer',
		});
		expect(await engine.refused('round.answer', answer(round, 3, 'skip', ''))).toMatchObject({
			why: 'needs-note',
		});
		expect(await engine.refused('round.answer', answer(round, 9, 'ok', 'x'))).toMatchObject({
			why: 'no-such-step',
		});
		expect(await engine.refused('round.sign', { round: round.id, note: '', version: round.version })).toEqual(
			{
				kind: 'refused',
				why: 'steps-open',
				detail: { count: 1, first: 4 },
			},
		);

		await engine.send('round.draft', { round: round.id, step: 3, text: 'half a sent' });
		({ round } = await engine.send('round.pin', {
			round: round.id,
			step: 3,
			source: 'flask',
			line: 'boom one',
		}));
		({ round } = await engine.send('round.note', {
			round: round.id,
			step: 0,
			note: 'quick today',
			version: round.version,
		}));
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'one known trace')));
		expect(round.steps[3]!.answer).toMatchObject({ outcome: 'ok', note: 'one known trace', by: 'mei' });
		expect(round.steps[3]!.answer!.evidence).toMatchObject([
			{ kind: 'lines', lines: ['flask: boom one'] },
			{ kind: 'lines', source: 'flask', count: 1 },
		]);
		expect(round.steps[3]!.draft).toBeNull();

		({ round } = await engine.send('round.undo', { round: round.id, step: 3, version: round.version }));
		expect(standingOf(round.steps[3]!)).toBe('open');
		({ round } = await engine.send('round.answer', answer(round, 3, 'fail', 'two new traces')));

		({ round } = await engine.send('round.sign', { round: round.id, note: 'calm', version: round.version }));
		expect(round.signed).toMatchObject({ by: 'mei', note: 'calm', level: 'critical', demo: false });
		// What filled itself is answered in the signer's name, with the values it rests on.
		expect(round.steps[0]!.answer).toMatchObject({
			outcome: 'ok',
			by: 'mei',
			evidence: [{ check: 'api', samples: { customers: { number: '3' } } }],
		});
		expect(round.steps[2]!.answer).toMatchObject({ evidence: [{ kind: 'operation', level: 'ok' }] });
		const [markdown, json] = round.signed!.files.map((file) => readFileSync(file, 'utf8'));
		expect(verifyRecord(json!, markdown!)).toEqual([]);
		const record = JSON.parse(json!);
		expect(record.exceptions).toContain(4);
		expect(markdown!.indexOf('two new traces')).toBeLessThan(markdown!.indexOf('quick today'));
		expect(round.signed!.files[0]).toMatch(/\.rounds\/production\/signed\/\d{4}-\d\d-\d\d-morning\.md$/);
		expect(await engine.refused('round.answer', answer(round, 3, 'ok', 'late'))).toMatchObject({
			why: 'already-signed',
			detail: { by: 'mei' },
		});

		// The same day's next round is another file; the first stays byte for byte.
		pilot.rows(1_960);
		pilot.answer({ status: 500, body: { status: 'ill', customers: [] } });
		for (let i = 0; i < 3; i += 1) await engine.send('checks.ask', { checks: ['api' as never] });
		pilot.answer({ status: 200, body: { status: 'healthy', customers: [1, 2, 3] } });
		let second = await walk(engine);
		expect(second.id).not.toBe(round.id);
		expect(standingOf(second.steps[1]!)).toBe('attention');
		const found = second.steps[1]!.found[0]!;
		if (found.kind !== 'observation') throw new Error('no observation');
		expect(found.reasons.map((r) => reasonLine(r, 'en'))).toEqual([
			'drop(transactions) = 95.97 % (48,609 → 1,960), must be < 5 %',
		]);
		expect(found.reasons.map((r) => reasonLine(r, 'zh-CN'))).toEqual([
			'drop(transactions) = 95.97 % (48,609 → 1,960)，必须 < 5 %',
		]);
		expect(await engine.refused('round.answer', answer(second, 1, 'ok', ''))).toMatchObject({
			why: 'needs-note',
		});
		({ round: second } = await engine.send('round.answer', answer(second, 1, 'fail', 'rows are gone')));
		({ round: second } = await engine.send('round.answer', answer(second, 3, 'skip', 'no time')));
		({ round: second } = await engine.send('round.sign', {
			round: second.id,
			note: '',
			version: second.version,
		}));
		expect(second.signed!.files[0]).toMatch(/-morning-2\.md$/);
		const changes = JSON.parse(readFileSync(second.signed!.files[1]!, 'utf8')).changes;
		expect(changes.values).toContainEqual(
			expect.objectContaining({ check: 'integrity', sample: 'transactions' }),
		);
		// What went and came again between the two signatures stands in the second record.
		expect(
			changes.flips.map((f: { check: string; from: string; to: string }) => `${f.check} ${f.from}>${f.to}`),
		).toEqual(expect.arrayContaining(['api ok>critical', 'api critical>ok']));
		expect(round.signed!.files.map((file) => readFileSync(file, 'utf8'))).toEqual([markdown, json]);
		// What was failed is no snapshot: the third round is still compared with 48,609.
		const third = await walk(engine);
		expect(third.steps[1]!.found).toMatchObject([
			{ baseline: { transactions: { value: { number: '48609' } } }, level: 'critical' },
		]);
		let accepted = await engine.send('round.answer', answer(third, 1, 'accept', 'archived on purpose'));
		accepted = await engine.send('round.answer', answer(accepted.round, 3, 'ok', 'none'));
		await engine.send('round.sign', { round: third.id, note: '', version: accepted.round.version });
		await engine.send('checks.ask', { checks: [] });
		expect(engine.picture('integrity')).toMatchObject({ level: 'ok' });
	});

	it('keeps every secret out of events, store, records, reports and logs', async () => {
		const pilot = await makeCreditPilot();
		const engine = await openTest(pilot.options());
		pilot.answer({ status: 200, body: { status: `echo ${TOKEN}`, customers: [TOKEN] } });
		let round = await walk(engine);
		await engine
			.send('check.detail', { check: 'api' as never })
			.then((detail) => expect(JSON.stringify(detail)).not.toContain(TOKEN));
		const output = await engine.send('operation.output', { operation: 1 as never });
		expect(output.output).toBe('token is ***\n8/8 passed\n');
		({ round } = await engine.send('round.answer', answer(round, 0, 'accept', `seen ${TOKEN}`)));
		await engine.send('round.draft', { round: round.id, step: 3, text: `typed ${TOKEN}` });
		await engine.send('round.pin', { round: round.id, step: 3, source: 'flask', line: `line ${TOKEN}` });
		({ round } = await engine.send('round.note', {
			round: round.id,
			step: 1,
			note: `note ${TOKEN}`,
			version: round.version,
		}));
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'none')));
		({ round } = await engine.send('round.sign', {
			round: round.id,
			note: `over ${TOKEN}`,
			version: round.version,
		}));
		const report = await engine.send('operation.start', {
			action: 'report' as never,
			step: null,
			confirmed: null,
		});
		await engine.ended(report.operation.id);
		await engine.close();
		expect(pilot.seen.every((value) => value === `Bearer ${TOKEN}`)).toBe(true);
		expect(pilot.seen.length).toBeGreaterThan(0);
		const records = round.signed!.files.map((file) => readFileSync(file, 'utf8')).join('');
		expect(records).toContain('seen ***');
		expect(records).not.toContain(TOKEN);
		expect(JSON.stringify(engine.events)).not.toContain(TOKEN);
		expect(pilot.system.kept()).not.toContain(TOKEN);
	});

	it('keeps environments apart in one state directory', async () => {
		const pilot = await makeCreditPilot();
		const production = await openTest(pilot.options());
		let round = await walk(production);
		({ round } = await production.send('round.answer', answer(round, 3, 'ok', 'none')));
		await production.send('round.sign', { round: round.id, note: '', version: round.version });
		const open = await production.begin('morning');
		const staging = await openTest(pilot.options({ environment: 'staging' }));
		expect(staging.events.filter((e) => e.kind === 'round')).toEqual([]);
		expect((await staging.send('rounds.list', { limit: 10 })).rounds).toEqual([]);
		expect(staging.events.find((e) => e.kind === 'baseline')).toMatchObject({ baseline: {}, signedAt: null });
		// Each environment has a poller of its own.
		expect(staging.events.findLast((e) => e.kind === 'polling')).toMatchObject({ polling: { mine: true } });
		expect(
			await staging.refused('round.note', { round: open.id, step: 0, note: 'x', version: 0 }),
		).toMatchObject({
			why: 'no-such-round',
		});
		const other = await walk(staging);
		expect(standingOf(other.steps[1]!)).toBe('first');
		const done = await staging.send('round.answer', answer(other, 3, 'ok', 'none'));
		const { round: signed } = await staging.send('round.sign', {
			round: other.id,
			note: '',
			version: done.round.version,
		});
		expect(signed.signed!.files[0]).toContain('/.rounds/staging/signed/');
		expect(readdirSync(join(pilot.system.folder, '.rounds/production/signed'))).toHaveLength(2);
	});

	it('finishes the record of a round that a crash left signed without files', async () => {
		const pilot = await makeCreditPilot();
		const engine = await openTest(pilot.options());
		let round = await walk(engine);
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'none')));
		// The folder of records cannot be made: as if the process had ended between signature and files.
		writeFileSync(join(pilot.system.folder, '.rounds/production'), 'in the way');
		const refusal = await engine.refused('round.sign', { round: round.id, note: '', version: round.version });
		expect(refusal.kind).toBe('fault');
		await engine.close();
		rmSync(join(pilot.system.folder, '.rounds/production'));
		const again = await openTest(pilot.options());
		const [signed] = (await again.send('rounds.list', { limit: 1 })).rounds;
		expect(signed!.signed!.files).toHaveLength(2);
		const [markdown, json] = signed!.signed!.files.map((file) => readFileSync(file, 'utf8'));
		expect(verifyRecord(json!, markdown!)).toEqual([]);
		await again.close();
		const third = await openTest(pilot.options());
		await third.close();
		expect(readdirSync(join(pilot.system.folder, '.rounds/production/signed'))).toHaveLength(2);
	});

	it('completed later, a record still says what had changed and from what', async () => {
		const pilot = await makeCreditPilot();
		const engine = await openTest(pilot.options());
		let round = await walk(engine);
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'none')));
		await engine.send('round.sign', { round: round.id, note: '', version: round.version });
		pilot.rows(48_000);
		round = await walk(engine);
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'none')));
		const signed = join(pilot.system.folder, '.rounds/production/signed');
		renameSync(signed, `${signed}.aside`);
		writeFileSync(signed, 'in the way');
		await engine.refused('round.sign', { round: round.id, note: '', version: round.version });
		await engine.close();
		rmSync(signed);
		renameSync(`${signed}.aside`, signed);
		// The signature is the baseline by now; the record compares with the one before it.
		const again = await openTest(pilot.options());
		const [late] = (await again.send('rounds.list', { limit: 1 })).rounds;
		const json = late!.signed!.files.find((file) => file.endsWith('.json'))!;
		const { changes } = JSON.parse(readFileSync(json, 'utf8'));
		expect(changes).toMatchObject({ compared: true });
		expect(changes.values).toMatchObject([
			{ check: 'integrity', sample: 'transactions', from: { number: '48609' }, to: { number: '48000' } },
		]);
	});

	it('is written once by consoles that open at the same moment, and not by one that only asks', async () => {
		const pilot = await makeCreditPilot();
		const engine = await openTest(pilot.options());
		let round = await walk(engine);
		({ round } = await engine.send('round.answer', answer(round, 3, 'ok', 'none')));
		writeFileSync(join(pilot.system.folder, '.rounds/production'), 'in the way');
		await engine.refused('round.sign', { round: round.id, note: '', version: round.version });
		await engine.close();
		rmSync(join(pilot.system.folder, '.rounds/production'));
		const asks = await openTest(pilot.options({ polls: false }));
		const files = async (one: TestEngine) =>
			(await one.send('rounds.list', { limit: 1 })).rounds[0]!.signed!.files;
		expect(await files(asks)).toEqual([]);
		const all = await Promise.all([1, 2, 3].map(() => openTest(pilot.options())));
		await Promise.all(all.map((one) => one.close()));
		expect(await files(asks)).toHaveLength(2);
		expect(readdirSync(join(pilot.system.folder, '.rounds/production/signed'))).toHaveLength(2);
	});
});
