import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SIGNED_SCHEMA, sha256 } from '../../src/domain/record-proof.ts';
import { quantity } from '../../src/domain/value.ts';
import { observation, opened, record } from '../contract/storage-world.ts';
import { runCli, startCli } from '../support/cli.ts';
import { until } from '../support/console.ts';
import { makeSystem, openTest, polls } from '../support/engine.ts';
import { serve } from '../support/servers.ts';

async function makeShop() {
	const state = { status: 200, net: 12.5 };
	const server = await serve((_request, response) => {
		response.writeHead(state.status, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ net: state.net }));
	});
	onTestFinished(() => server.close());
	const system = makeSystem(
		`
version: 1
system: Shop
services: {web: {title: {en: Web shop, zh-CN: 网店}}}
checks:
  api: {service: web, kind: http, url: "${server.url}/api", every: 1h, must: [status == 200], show: {net: $.net}}
  books: {kind: sqlite, file: books.db, every: 1h, read: {total: select sum(cents) from sale}, must: [total / 100 == api.net]}
  drifting: {kind: sqlite, file: books.db, every: 1h, read: {sales: select count(*) from sale}, must: [drop(sales) < 5%]}
actions:
  tests: {title: Shop tests, run: [bash, tests.sh], result: '(?<passed>\\d+)/(?<total>\\d+)', must: [exit == 0, passed == total]}
  deploy: {title: Deploy, confirm: true, run: [touch, deployed]}
rounds:
  morning:
    at: "09:00"
    steps:
      - check: api
      - run: tests
      - ask: Any complaint?
  evening: {at: "21:00", steps: [{check: books}]}
  weekly: {title: Weekly, steps: [{run: deploy}, {check: drifting}]}
`,
		{ 'tests.sh': 'echo 8/8\n' },
	);
	const db = new Database(join(system.folder, 'books.db'));
	db.exec('create table sale (cents integer); insert into sale values (1000), (250)');
	db.close();
	return { system, state, cwd: system.folder };
}

/** Everything a person did, and the baseline. */
function personsRows(folder: string): string {
	const db = new Database(join(folder, '.rounds/rounds.db'), { readonly: true });
	const tables = db
		.prepare(
			"select name from sqlite_schema where type = 'table' and name in ('round', 'step', 'answer', 'baseline')",
		)
		.pluck()
		.all() as string[];
	const rows = tables.map((name) => [name, db.prepare(`select * from ${name}`).all()]);
	db.close();
	return JSON.stringify(rows);
}

describe('rounds run', () => {
	it('runs what needs no person, lists what does, and signs nothing', async () => {
		const { cwd } = await makeShop();
		const first = await runCli(['run', 'morning'], { cwd });
		expect(first).toMatchObject({ code: 0, err: '' });
		expect(first.out).toBe(`Shop · default · Morning round

1  ● ok  api
     ● ok  api  net 12.5 · status 200 · latency ${/latency ([^\n]*)/.exec(first.out)?.[1]}
2  ● ok  Shop tests
     ● ok  Shop tests  8/8
3  ○  Any complaint?: not done here: needs a person

1 manual step not done. Nothing was signed and no baseline moved: a round is signed by a person in the console.
`);
		const before = personsRows(cwd);
		expect((await runCli(['run', 'morning', '--complete'], { cwd })).code).toBe(3);
		expect(personsRows(cwd)).toBe(before);
		// No round was begun and nothing became a baseline.
		expect((JSON.parse(before) as [string, unknown[]][]).flatMap(([, rows]) => rows)).toEqual([]);
		expect(before).toContain('"baseline"');
	});

	it('leaves an open round and the signed baseline as they are', async () => {
		const { cwd, system, state } = await makeShop();
		const engine = await openTest(system.options());
		await engine.send('checks.ask', { checks: [] });
		const evening = await engine.begin('evening');
		await engine.send('checks.ask', { checks: [] });
		await engine.send('round.sign', { round: evening.id, note: '', version: evening.version });
		await engine.begin('morning');
		await engine.close();
		const before = personsRows(cwd);
		state.net = 99;
		await runCli(['run', 'evening'], { cwd });
		await runCli(['run', 'morning'], { cwd });
		await runCli(['run', 'weekly'], { cwd });
		expect(personsRows(cwd)).toBe(before);
	});

	it('ends with the worst level, and says why in the language asked for', async () => {
		const { cwd, state, system } = await makeShop();
		state.status = 503;
		system.write('tests.sh', 'echo 7/8\n');
		const english = await runCli(['run', 'morning', '--complete'], { cwd });
		expect(english.code).toBe(2);
		expect(english.out).toContain('       status = 503, must be = 200\n');
		expect(english.out).toContain('       passed = 7, must be = 8 (total)\n');
		const chinese = await runCli(['--lang', 'zh-CN', 'run', 'morning'], { cwd });
		expect(chinese.code).toBe(2);
		expect(chinese.out).toContain('       status = 503，必须 = 200\n');
		expect(chinese.out).toContain('3  ○  Any complaint?：此处未做：需要人来完成');
		expect(chinese.out).toContain('未签字任何内容，基线未变');
	});

	it('asks first what a condition compares with', async () => {
		const { cwd, state } = await makeShop();
		expect(await runCli(['run', 'evening'], { cwd })).toMatchObject({ code: 0 });
		state.net = 12.51;
		const drifted = await runCli(['run', 'evening'], { cwd });
		expect(drifted.code).toBe(2);
		expect(drifted.out).toContain('total / 100 = 12.5, must be = 12.51 (api.net)');
	});

	it('never runs what asks for a confirmation, and no baseline is no failure of its own', async () => {
		const { cwd, system } = await makeShop();
		const run = await runCli(['run', 'weekly'], { cwd });
		expect(run.out).toContain(
			'1  ○  Deploy: not run: it asks for a confirmation, which only a person in the console gives',
		);
		expect(run.out).toContain('sales: no signed snapshot yet');
		expect(run.code).toBe(3);
		expect(() => readFileSync(join(system.folder, 'deployed'))).toThrow();
	});

	it('is no green where nothing ran, or where a step was left out that should have', async () => {
		const system = makeSystem(`version: 1
system: Hands
actions:
  deploy: {confirm: true, run: [touch, deployed]}
  look: {run: ["true"]}
rounds:
  asking: {steps: [{ask: All well?}]}
  guarded: {steps: [{run: look}, {run: deploy}]}
  plain: {steps: [{run: look}, {ask: All well?}]}
`);
		const codes = [];
		for (const sheet of ['asking', 'guarded', 'plain'])
			codes.push([sheet, (await runCli(['run', sheet], { cwd: system.folder })).code]);
		expect(codes).toEqual([
			['asking', 3],
			['guarded', 3],
			['plain', 0],
		]);
	});

	it('says everything as JSON', async () => {
		const { cwd } = await makeShop();
		const run = await runCli(['run', 'morning', '--json', '--complete'], { cwd });
		const json = JSON.parse(run.out);
		expect(json).toMatchObject({
			system: 'Shop',
			environment: 'default',
			sheet: 'morning',
			level: 'ok',
			exit: 3,
			signed: false,
			notDone: 1,
			steps: [
				{
					step: 1,
					kind: 'check',
					level: 'ok',
					parts: [{ name: 'api', level: 'ok', reasons: [] }],
					why: null,
				},
				{ step: 2, kind: 'run', level: 'ok', parts: [{ line: '8/8' }] },
				{ step: 3, kind: 'ask', level: null, parts: [], why: 'not done here: needs a person' },
			],
		});
		expect(run.code).toBe(3);
	});

	it('waits for a locked store, and says when it could not store after all', {
		timeout: 60_000,
	}, async () => {
		const { cwd, system } = await makeShop();
		system.write('tests.sh', 'touch here; until [ -e go ]; do sleep 0.05; done; echo 8/8\n');
		const runLocked = async (releases: boolean) => {
			for (const name of ['here', 'go']) rmSync(join(cwd, name), { force: true });
			const running = startCli(['run', 'morning'], { cwd });
			await until(() => existsSync(join(cwd, 'here')));
			const db = new Database(join(cwd, '.rounds/rounds.db'));
			db.exec('BEGIN IMMEDIATE');
			system.write('go', '');
			if (releases) {
				await running.line((line) => line.includes('8/8'));
				db.exec('ROLLBACK');
			}
			const ended = await running.ended;
			if (!releases) db.exec('ROLLBACK');
			const states = db.prepare('select state from operation order by id').pluck().all();
			db.close();
			return { ...ended, states };
		};
		expect(await runLocked(true)).toMatchObject({ code: 0, err: '', states: ['done'] });
		const lost = await runLocked(false);
		expect(lost.code).toBe(74);
		expect(lost.err).toMatch(/^rounds: not stored, and lost with this process: \d+: .+\n$/);
	});

	it('ends its commands with itself when interrupted', async () => {
		const { cwd, system } = await makeShop();
		system.write('tests.sh', 'echo $$ > pid; sleep 66.5\n');
		const running = startCli(['run', 'morning'], { cwd });
		const engine = await openTest(system.options());
		await engine.until((e) => e.kind === 'operation' && e.operation.state === 'running');
		running.signal('SIGTERM');
		const { code } = await running.ended;
		expect(code).toBe(143);
		const ended = await engine.until((e) => e.kind === 'operation' && e.operation.state !== 'running');
		expect(ended).toMatchObject({ operation: { state: 'cancelled', by: 'cron' } });
	});
});

describe('rounds status', () => {
	it('asks nothing, and what is old or unknown is never green', async () => {
		const { cwd } = await makeShop();
		const never = await runCli(['status'], { cwd });
		expect(never.code).toBe(3);
		expect(never.out).toContain('○ pending  api  never observed');
		expect(never.out).toContain('0 of 3 checks evaluated');
		await runCli(['run', 'morning'], { cwd });
		const one = await runCli(['status'], { cwd });
		expect(one.code).toBe(3);
		expect(one.out).toMatch(/● ok {2}api {2}net 12\.5 · status 200 · latency .* {2}5 s ago/);
		expect(one.out).toContain('1 of 3 checks evaluated');
		// Three hours pass: its value is still there, its green is not.
		const later = await makeShop();
		const storage = opened(later.cwd, { environment: 'default', now: Date.now() });
		record(storage, observation('api', Date.now() - 3 * 3_600_000, { samples: { net: quantity('12.5') } }));
		const old = await runCli(['status'], { cwd: later.cwd });
		expect(old.code).toBe(3);
		expect(old.out).toMatch(/\? unknown {2}api .* {2}3 h ago \(stale\)/);
		expect(old.out).not.toContain('● ok');
		const json = JSON.parse((await runCli(['status', '--json'], { cwd: later.cwd })).out);
		expect(json).toMatchObject({
			system: 'Shop',
			level: 'unknown',
			coverage: { declared: 3 },
			checks: [{ id: 'api', level: 'unknown', stale: true }, { id: 'books', level: 'pending', at: null }, {}],
		});
	});
});

describe('rounds report', () => {
	it('asks once, writes the file, and says where', async () => {
		const { cwd } = await makeShop();
		const run = await runCli(['report'], { cwd });
		expect(run).toMatchObject({ code: 0, err: '' });
		const path = /^written: (.*)\n$/.exec(run.out)?.[1] ?? '';
		expect(path).toMatch(new RegExp(`^${cwd}/logs/daily_report_\\d{8}\\.md$`));
		expect(readFileSync(path, 'utf8')).toContain('12.5');
	});
});

describe('rounds report beside actions that look like it', () => {
	it('writes the report, whatever an action is called or runs', async () => {
		const system = makeSystem(`version: 1
system: Twins
actions:
  report: {run: [touch, own]}
  other: {run: [rounds, report]}
`);
		const run = await runCli(['report'], { cwd: system.folder });
		expect(run).toMatchObject({ code: 0, err: '' });
		expect(run.out).toContain('daily_report_');
		expect(existsSync(join(system.folder, 'own'))).toBe(false);
	});
});

describe('rounds verify', () => {
	it('reads a record larger than any configuration', async () => {
		const json = JSON.stringify({ schema: SIGNED_SCHEMA, output: 'x'.repeat(3 * 1024 * 1024) });
		const text = `# Record\n\n- JSON \`sha256:${sha256(json)}\`\n`;
		const system = makeSystem('', {
			'big.json': json,
			'big.md': `${text}- text \`sha256:${sha256(text)}\`\n`,
			'changed.json': `${json} `,
			'changed.md': `${text}- text \`sha256:${sha256(text)}\`\n`,
		});
		const verify = (name: string) => runCli(['verify', name], { cwd: system.folder });
		expect(await verify('big.md')).toMatchObject({ code: 0, out: 'big: as it was signed\n', err: '' });
		expect((await verify('changed.md')).code).toBe(2);
	});
});

describe('rounds watch', () => {
	it('polls without a face, says each change, and ends in order when asked to', async () => {
		const { cwd, system } = await makeShop();
		const running = startCli(['watch'], { cwd });
		await running.line((line) => line === 'polling Shop (default), checks: 3');
		await running.line((line) => / api ok/.test(line));
		const engine = await openTest(system.options());
		await engine.until((e) => e.kind === 'polling' && e.polling.holder === 'cron');
		running.signal('SIGTERM');
		expect((await running.ended).code).toBe(143);
		await engine.until(polls(true));
		await engine.close();
		const db = new Database(join(cwd, '.rounds/rounds.db'), { readonly: true });
		expect(db.prepare('select count(*) from lease').pluck().get()).toBe(0);
		expect(db.prepare('select count(*) from presence').pluck().get()).toBe(0);
		db.close();
	});
});
