import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { reasonLine } from '../../src/services/records/reason-line.ts';
import { until } from '../support/console.ts';
import { makeSystem, openTest, type TestEngine } from '../support/engine.ts';
import { startEngine } from '../support/engine-process.ts';
import { lives } from '../support/living.ts';

const start = (action: string, confirmed: string | null = null) =>
	({ action, step: null, confirmed }) as never;

async function run(engine: TestEngine, action: string, confirmed: string | null = null) {
	const started = await engine.send('operation.start', start(action, confirmed));
	const operation = await engine.ended(started.operation.id);
	const { output } = await engine.send('operation.output', { operation: operation.id });
	return { operation, output };
}

const HEAD = 'version: 1\nsystem: Runs\n';

/** The operation's newest lines hold this text. */
const said = (text: string) => (event: EngineEvent) =>
	event.kind === 'operation' && event.tail.some((line) => line.includes(text));

describe('an action that runs a command', () => {
	it('takes its numbers from the last line that fits and judges them', async () => {
		const system = makeSystem(
			`${HEAD}actions:
  tests: {title: Tests, run: [bash, t.sh], result: '(?<passed>\\d+)/(?<total>\\d+)', must: [exit == 0, passed == total]}
`,
			{ 't.sh': 'echo 1/8; echo "progress 5/8" >&2; echo "7/8 passed"; exit 1\n' },
		);
		const engine = await openTest(system.options());
		const { operation, output } = await run(engine, 'tests');
		expect(operation).toMatchObject({
			state: 'done',
			level: 'critical',
			samples: { passed: { number: '7' }, total: { number: '8' }, exit: { number: '1' } },
			command: 'bash t.sh',
			by: 'mei',
		});
		expect(operation.reasons.map((r) => reasonLine(r, 'en'))).toEqual([
			'exit = 1, must be = 0',
			'passed = 7, must be = 8 (total)',
		]);
		expect(output).toBe('1/8\n7/8 passed\nprogress 5/8\n');
		// A failed action is a line of our own error log, marked as ours.
		await engine.close();
		expect(readFileSync(join(system.folder, 'logs/error.log'), 'utf8')).toMatch(
			/^\[[\d: -]{19}\] \[ERROR\] .*tests/m,
		);
	});

	it('says what keeps it from running, each in one sentence', async () => {
		const system = makeSystem(`${HEAD}secrets: {gone: env:NOT_SET_ANYWHERE}
actions:
  missing: {run: [no-such-program-here, "-x"]}
  slow: {run: [sleep, "60"], timeout: 1s}
  killed: {run: [bash, -c, 'kill -9 $$$$']}
  secret: {run: [echo, hello], env: {T: "\${secret:gone}"}}
`);
		const engine = await openTest(system.options());
		const sentences: Record<string, readonly string[]> = {};
		for (const action of ['missing', 'slow', 'killed', 'secret']) {
			const { operation } = await run(engine, action);
			sentences[action] = [
				operation.level,
				...operation.reasons.map((r) => reasonLine(r, 'en')),
				...operation.reasons.map((r) => reasonLine(r, 'zh-CN')),
			];
		}
		expect(sentences).toEqual({
			missing: ['unknown', 'command not found · no-such-program-here', '找不到命令 · no-such-program-here'],
			slow: ['critical', 'timed out after 1 s', '1 s 内无响应，已超时'],
			killed: ['critical', 'the command was ended by SIGKILL · bash', '命令被信号 SIGKILL 终止 · bash'],
			secret: [
				'unknown',
				'secret not found (env:NOT_SET_ANYWHERE): the variable is not set',
				'缺少密钥（env:NOT_SET_ANYWHERE）：变量未设置',
			],
		});
	});

	it('keeps the end of a flood, and tells it four times a second at most', async () => {
		const system = makeSystem(`${HEAD}actions:
  flood: {run: [bash, -c, 'head -c 20000000 /dev/zero | tr "\\0" x; echo; echo the end']}
`);
		const engine = await openTest(system.options());
		const { operation, output } = await run(engine, 'flood');
		expect(operation).toMatchObject({ state: 'done', level: 'ok' });
		expect(output.length).toBeLessThanOrEqual(65 * 1024);
		expect(output.endsWith('the end\n')).toBe(true);
		for (const event of engine.events)
			if (event.kind === 'operation') expect(JSON.stringify(event.tail).length).toBeLessThan(100_000);
	});

	it('hides secrets and escape sequences in what is shown live and kept', async () => {
		const system = makeSystem(`${HEAD}secrets: {token: env:TOKEN}
actions:
  leak: {run: [bash, -c, 'printf "a %s b\\033[2J\\033]0;title\\007 c\\n" "$T"; sleep 0.4; printf "half-%s two-" "$T"; printf "%s" "$T" | head -c 9; sleep 0.4; printf "%s" "$T" | tail -c +10; sleep 0.4'], env: {T: "\${secret:token}"}}
`);
		const TOKEN = 'opaque-value-1234567';
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		const { output } = await run(engine, 'leak');
		expect(output).toContain('a *** b');
		expect(output).toContain('half-*** two-***');
		expect(output).not.toContain('\u001b');
		await engine.close();
		expect(JSON.stringify(engine.events)).not.toContain(TOKEN);
		expect(JSON.stringify(engine.events)).not.toContain('\\u001b');
		expect(system.kept()).not.toContain(TOKEN);
	});
});

describe('a pattern that nearly fits in too many ways', () => {
	it('ends as a limit of our own: an action, a check, and a condition', async () => {
		const evil = '^(?<n>(\\w+\\s?)+)$';
		const system = makeSystem(
			`${HEAD}checks:
  printed: {kind: command, run: [cat, long.txt], every: 1h, result: '${evil}'}
  judged: {kind: command, run: [cat, long.txt], every: 1h, must: ['stdout matches "^(\\\\w+\\\\s?)+$"']}
  filtered: {kind: file, path: doc.json, parse: json, every: 1h, must: ["count($.items[?match(@.n, '(a|a)+b')]) == 0"]}
actions:
  counts: {run: [cat, long.txt], result: '${evil}'}
`,
			{
				'long.txt': `${'a'.repeat(27)}!\n`,
				'doc.json': JSON.stringify({ items: [{ n: `${'a'.repeat(26)}!` }] }),
			},
		);
		const engine = await openTest(system.options());
		const { operation, output } = await run(engine, 'counts');
		expect(operation.level).toBe('unknown');
		expect(operation.reasons.map((r) => reasonLine(r, 'en'))).toEqual([
			'a pattern of the configuration took longer than 500 ms: it can be read in too many ways',
		]);
		expect(output).toContain('aaa!');
		await engine.send('checks.ask', { checks: [] });
		expect(engine.picture('printed')).toMatchObject({
			level: 'unknown',
			reasons: [{ kind: 'fault', fault: { code: 'own-limit', detail: { reason: 'pattern' } } }],
		});
		expect(engine.picture('filtered')).toMatchObject({
			level: 'unknown',
			reasons: [{ kind: 'condition', outcome: { holds: null, why: { code: 'pattern-over-time' } } }],
		});
		expect(engine.picture('judged')).toMatchObject({
			level: 'unknown',
			reasons: [{ kind: 'condition', outcome: { holds: null, why: { code: 'pattern-over-time' } } }],
		});
	});
});

describe('cancelling', () => {
	it('ends the whole tree, keeps what was said, and marks it cancelled', async () => {
		const system = makeSystem(`${HEAD}actions:
  tree: {run: [bash, -c, 'sleep 61.${process.pid} & sleep 61.${process.pid} & echo started; wait']}
`);
		const engine = await openTest(system.options());
		const { operation } = await engine.send('operation.start', start('tree'));
		await engine.until(said('started'));
		const mine = () =>
			execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
				.split('\n')
				.filter((l) => l === `sleep 61.${process.pid}`);
		expect(mine().length).toBe(2);
		await engine.send('operation.cancel', { operation: operation.id });
		const ended = await engine.ended(operation.id);
		expect(ended.state).toBe('cancelled');
		expect(mine()).toEqual([]);
		expect(await engine.refused('operation.cancel', { operation: operation.id })).toMatchObject({
			why: 'not-running',
		});
		// Cancelled by a person: that is no failure for the error log.
		expect(system.kept()).not.toContain('[ERROR]');
	});

	it('ends a sequence where it is, its running part with it', async () => {
		const system = makeSystem(`${HEAD}checks:
  here: {kind: file, path: rounds.yaml, every: 1h}
actions:
  one: {title: One, run: [echo, hi]}
  two: {title: Two, run: [bash, -c, 'echo in two; sleep 62.5']}
  three: {title: Three, run: [echo, never]}
  daily: {title: Daily, sequence: [one, {check: here}, two, three]}
`);
		const engine = await openTest(system.options());
		const { operation } = await engine.send('operation.start', start('daily'));
		await engine.until(said('in two'));
		await engine.send('operation.cancel', { operation: operation.id });
		expect(await engine.ended(operation.id)).toMatchObject({ state: 'cancelled' });
		const { operations } = await engine.send('operations.list', { limit: 10 });
		expect(operations.map((o) => [o.action, o.state, o.parent === null]).sort()).toEqual([
			['daily', 'cancelled', true],
			['one', 'done', false],
			['two', 'cancelled', false],
		]);
	});
});

describe('a sequence', () => {
	it('runs every part in order, a failing one too, and is as bad as the worst', async () => {
		const system = makeSystem(`${HEAD}checks:
  gone: {kind: file, path: not-there.txt, every: 1h}
actions:
  fails: {title: Fails, run: [bash, -c, exit 3]}
  fine: {title: Fine, run: [echo, hi]}
  daily: {title: Daily, sequence: [fails, {check: gone}, fine]}
`);
		const engine = await openTest(system.options());
		const { operation, output } = await run(engine, 'daily');
		expect(operation).toMatchObject({ state: 'done', level: 'critical' });
		const lines = output.split('\n');
		expect(lines).toHaveLength(3);
		expect(lines[0]).toBe('1/3 Fails: critical');
		expect(lines[1]).toMatch(/^2\/3 gone: critical · no such file · .*not-there\.txt$/);
		expect(lines[2]).toBe('3/3 Fine: ok');
	});
});

describe('what a sequence may not do', () => {
	it('asks as strongly as the strictest of its parts, however deep', async () => {
		const system = makeSystem(`${HEAD}environments:
  production: {default: true, guard: typed}
actions:
  restart: {confirm: true, run: [touch, restarted]}
  inner: {sequence: [restart]}
  outer: {sequence: [inner]}
`);
		const engine = await openTest(system.options());
		const face = await engine.until((e) => e.kind === 'system');
		if (face.kind !== 'system') throw new Error('no face');
		expect(face.face.actions.map((a) => [a.id, a.guard])).toEqual([
			['restart', 'typed'],
			['inner', 'typed'],
			['outer', 'typed'],
			['report', 'none'],
		]);
		for (const confirmed of [null, 'yes'])
			expect(await engine.refused('operation.start', start('outer', confirmed))).toMatchObject({
				why: 'needs-confirmation',
			});
		expect(existsSync(join(system.folder, 'restarted'))).toBe(false);
		expect((await run(engine, 'outer', 'production')).operation.level).toBe('ok');
		expect(existsSync(join(system.folder, 'restarted'))).toBe(true);
	});

	it('never passes over a part that is gone, and never runs one that asks since it began', async () => {
		const text = (rest: string) => `${HEAD}actions:
  first: {title: First, run: [bash, -c, 'echo waiting; until [ -e go ]; do sleep 0.05; done']}
${rest}  daily: {title: Daily, sequence: [first, gone, careful]}
`;
		const system = makeSystem(
			text('  gone: {run: [touch, gone]}\n  careful: {title: Careful, run: [touch, ran]}\n'),
		);
		const engine = await openTest(system.options());
		const { operation } = await engine.send('operation.start', start('daily'));
		await engine.until(said('waiting'));
		system.write(
			'rounds.yaml',
			text('  careful: {title: Careful, confirm: true, run: [touch, ran]}\n').replace('gone, ', ''),
		);
		await engine.next((e) => e.kind === 'system');
		system.write('go', '');
		expect(await engine.ended(operation.id)).toMatchObject({ state: 'done', level: 'unknown' });
		const { output } = await engine.send('operation.output', { operation: operation.id });
		expect(output.split('\n')).toEqual([
			'1/3 First: ok',
			'2/3 gone: there is no such action any more; the configuration has changed',
			'3/3 careful: this environment asks for a confirmation first',
		]);
		expect(existsSync(join(system.folder, 'ran'))).toBe(false);
	});
});

describe('a store that another program is writing when it ends', () => {
	it('gets the result and the evidence of its step as soon as it can; until then they are counted', async () => {
		const system = makeSystem(`${HEAD}actions:
  tests: {title: Tests, run: [bash, -c, 'until [ -e go ]; do sleep 0.05; done; echo 8/8 passed']}
rounds:
  morning: {title: Morning, steps: [{run: tests}]}
`);
		const engine = await openTest(system.options());
		const round = await engine.begin('morning');
		const { operation } = await engine.send('operation.start', {
			action: 'tests',
			step: { round: round.id, index: 0 },
			confirmed: null,
		} as never);
		const other = new Database(join(system.folder, '.rounds/rounds.db'), { timeout: 5_000 });
		other.exec('BEGIN IMMEDIATE');
		system.write('go', '');
		const ended = await engine.ended(operation.id);
		expect(ended).toMatchObject({ state: 'done', level: 'ok' });
		const counted = await engine.until((e) => e.kind === 'storage' && e.storage.unsaved >= 2);
		expect(counted).toMatchObject({ storage: { fault: { code: 'storage-busy' } } });
		const { output: early, operation: shown } = await engine.send('operation.output', {
			operation: operation.id,
		});
		expect([early, shown.state]).toEqual(['8/8 passed\n', 'done']);
		other.exec('COMMIT');
		other.close();
		await engine.until((e) => e.kind === 'round' && e.round.steps[0]!.found.length > 0);
		await engine.until((e) => e.kind === 'storage' && e.storage.unsaved === 0 && e.storage.fault === null);
		const { output, operation: kept } = await engine.send('operation.output', { operation: operation.id });
		expect([output, kept.state]).toEqual(['8/8 passed\n', 'done']);
		await engine.close();
		const again = await openTest(system.options());
		expect(again.round()!.steps[0]!.found).toMatchObject([{ kind: 'operation', level: 'ok' }]);
	});
});

describe('who may start what', () => {
	const GUARDED = `${HEAD}environments:
  production: {default: true, guard: typed}
  staging: {guard: confirm}
  development: {}
actions:
  careful: {title: Careful, confirm: true, run: [echo, done]}
  plain: {title: Plain, run: [echo, done]}
`;

	it('asks as strongly as the environment wants', async () => {
		const system = makeSystem(GUARDED);
		const production = await openTest(system.options());
		for (const confirmed of [null, 'yes', 'Production', 'staging']) {
			expect(await production.refused('operation.start', start('careful', confirmed))).toEqual({
				kind: 'refused',
				why: 'needs-confirmation',
				detail: { environment: 'production' },
			});
		}
		expect((await run(production, 'careful', 'production')).operation.level).toBe('ok');
		expect((await run(production, 'plain')).operation.level).toBe('ok');
		await production.close();
		const staging = await openTest(system.options({ environment: 'staging' }));
		expect(await staging.refused('operation.start', start('careful'))).toMatchObject({
			why: 'needs-confirmation',
		});
		expect((await run(staging, 'careful', 'yes')).operation.level).toBe('ok');
		expect((await staging.send('operations.list', { limit: 9 })).operations).toHaveLength(1);
	});

	it('runs one at a time, whoever started it', async () => {
		const system = makeSystem(`${HEAD}actions:\n  long: {title: Long, run: [sleep, "45"]}\n`);
		const first = await openTest(system.options());
		const { operation } = await first.send('operation.start', start('long'));
		const second = await openTest(system.options({ operator: 'tom' }));
		const refusal = await second.refused('operation.start', start('long'));
		expect(refusal).toEqual({
			kind: 'refused',
			why: 'already-running',
			detail: { by: 'mei', at: operation.startedAt },
		});
		expect(await second.refused('operation.cancel', { operation: operation.id })).toMatchObject({
			why: 'not-running',
		});
		await second.until((e) => e.kind === 'operation' && e.operation.state === 'running');
		await first.send('operation.cancel', { operation: operation.id });
		expect(await second.ended(operation.id)).toMatchObject({ state: 'cancelled', by: 'mei' });
	});

	it('leaves nothing running when the console closes', async () => {
		const system = makeSystem(
			`${HEAD}actions:\n  deaf: {run: [bash, -c, 'trap "" TERM; echo deaf; sleep 63.${process.pid}; sleep 63.${process.pid}']}\n`,
		);
		const engine = await openTest(system.options());
		const { operation } = await engine.send('operation.start', start('deaf'));
		await engine.until(said('deaf'));
		await engine.close();
		const left = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
			.split('\n')
			.filter((l) => l === `sleep 63.${process.pid}` || l.includes(`echo deaf; sleep 63.${process.pid}`));
		expect(left).toEqual([]);
		const kept = new Database(join(system.folder, '.rounds/rounds.db'), { readonly: true });
		expect(kept.prepare('SELECT state FROM operation').pluck().all()).toEqual(['cancelled']);
		expect(kept.prepare('SELECT body FROM operation_output').pluck().get()).toContain('deaf');
		kept.close();
		const again = await openTest(system.options());
		const { operations } = await again.send('operations.list', { limit: 1 });
		expect(operations[0]).toMatchObject({ id: operation.id });
		expect(operations[0]!.state).toBe('cancelled');
	});
});

describe('a console that was killed', () => {
	it('leaves nothing running once the next one is open, and that says so', async (context) => {
		if (process.platform !== 'linux') context.skip('nothing says here when a process began');
		const system = makeSystem(
			`${HEAD}actions:\n  deaf: {run: [bash, -c, 'trap "" TERM; echo $$$$ > pid; echo deaf; sleep 300']}\n`,
		);
		const killed = await startEngine(system.options());
		const started = await killed.send('operation.start', start('deaf'));
		if (!started.ok) throw new Error('not started');
		await killed.until(said('deaf'));
		const pid = Number(readFileSync(join(system.folder, 'pid'), 'utf8'));
		const note = join(system.folder, '.rounds/running', `${started.value.operation.id}.json`);
		expect(statSync(note).mode & 0o777).toBe(0o600);
		await killed.kill();
		expect(lives(pid)).toBe(true);

		const next = await openTest(system.options());
		expect(await next.ended(started.value.operation.id)).toMatchObject({ state: 'lost' });
		await until(() => !lives(pid));
		expect(existsSync(note)).toBe(false);
		const { activity } = await next.send('activity.list', { limit: 20 });
		expect(activity.map((e) => e.code)).toContain('operation.left-ended');
	});

	it('ends no stranger who has the number by now', async () => {
		const stranger = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
		onTestFinished(() => void stranger.kill('SIGKILL'));
		const system = makeSystem(`${HEAD}actions:\n  one: {run: [sleep, '300']}\n`);
		const killed = await startEngine(system.options());
		const started = await killed.send('operation.start', start('one'));
		if (!started.ok) throw new Error('not started');
		const note = join(system.folder, '.rounds/running', `${started.value.operation.id}.json`);
		await until(() => existsSync(note));
		const kept = JSON.parse(readFileSync(note, 'utf8'));
		await killed.kill();
		process.kill(-kept.pid, 'SIGKILL');
		writeFileSync(note, JSON.stringify({ ...kept, pid: stranger.pid }));
		const next = await openTest(system.options());
		expect(await next.ended(started.value.operation.id)).toMatchObject({ state: 'lost' });
		expect(lives(stranger.pid!)).toBe(true);
		const { activity } = await next.send('activity.list', { limit: 20 });
		expect(activity.map((e) => e.code)).toContain('operation.lost');
	});

	it('leaves no note where all ended in order', async () => {
		const system = makeSystem(`${HEAD}actions:\n  one: {run: [echo, hi]}\n`);
		const engine = await openTest(system.options());
		await run(engine, 'one');
		expect(readdirSync(join(system.folder, '.rounds/running'))).toEqual([]);
	});
});
