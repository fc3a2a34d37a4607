import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { isRecorded, makeSystem, openTest } from '../support/engine.ts';

const sheet = (question: string) => `
actions:
  hello: {title: Hello, run: [echo, hi]}
rounds:
  morning:
    at: "09:00"
    steps:
      - check: one
      - ask: ${question}
`;
const yaml = (checks: string, question = 'Anything?') =>
	`version: 1\nsystem: Edited\nchecks:\n${checks}${sheet(question)}`;
const ONE = '  one: {kind: file, path: one.txt, every: 1h}\n';
const TWO = '  two: {kind: file, path: two.txt, every: 1h}\n';

const isConfig = (event: EngineEvent): event is Extract<EngineEvent, { kind: 'config' }> =>
	event.kind === 'config';
const isSystem = (event: EngineEvent): event is Extract<EngineEvent, { kind: 'system' }> =>
	event.kind === 'system';

describe('editing the configuration while the console runs', () => {
	it('takes a good edit, keeps the last good one over a broken edit and says so, and is mended', async () => {
		const system = makeSystem(yaml(ONE), { 'one.txt': '1', 'two.txt': '2' });
		const engine = await openTest(system.options());
		await engine.until(isRecorded('one', 'ok'));
		const round = await engine.begin('morning');

		let told = engine.next(isSystem);
		system.write('rounds.yaml', yaml(ONE + TWO, 'Anything else?'));
		let event = await told;
		if (!isSystem(event)) throw new Error();
		expect(event.face.checks.map((c) => c.id)).toEqual(['one', 'two']);
		await engine.until(isRecorded('two', 'ok'));
		// A round in progress keeps its sheet.
		expect(round.steps[1]!.definition).toMatchObject({ question: 'Anything?' });
		expect((await engine.begin('morning')).steps[1]!.definition).toMatchObject({ question: 'Anything?' });

		told = engine.next((e) => isConfig(e) && e.problems.length > 0);
		system.write('rounds.yaml', yaml(ONE + TWO.replace('kind: file', 'kind: fiel')));
		const broken = await told;
		if (!isConfig(broken)) throw new Error();
		expect(broken.problems).toHaveLength(1);
		expect(broken.problems[0]).toMatchObject({ line: 5 });
		expect(broken.problems[0]!.message).toContain('fiel');
		// Everything goes on as it was.
		await engine.send('checks.ask', { checks: ['two' as never] });
		expect(engine.picture('two')!.level).toBe('ok');
		expect(engine.events.findLast(isSystem)!.face.checks).toHaveLength(2);
		// One who looks later is told as well.
		let late: EngineEvent | undefined;
		engine.engine.subscribe((e) => {
			if (isConfig(e)) late = e;
		})();
		expect(late).toMatchObject({ problems: [{ line: 5 }] });

		told = engine.next((e) => isConfig(e) && e.problems.length === 0);
		system.write('rounds.yaml', yaml(TWO).replace('check: one', 'check: two'));
		await told;
		event = engine.events.findLast(isSystem)!;
		if (!isSystem(event)) throw new Error();
		expect(event.face.checks.map((c) => c.id)).toEqual(['two']);
		expect(await engine.refused('checks.ask', { checks: ['one' as never] })).toMatchObject({
			why: 'no-such-check',
		});
		// The step whose check is gone cannot be ticked, but it can be left out with a reason.
		const now = engine.round()!;
		const skipped = await engine.send('round.answer', {
			round: now.id,
			step: 0,
			outcome: 'skip',
			note: 'check was taken out',
			version: now.version,
		});
		expect(skipped.round.steps[0]!.answer).toMatchObject({ outcome: 'skip' });
	});

	it('takes a changed secret without ever showing the old or the new one', async () => {
		const system = makeSystem(
			`version: 1\nsystem: Edited\nsecrets: {t: "file:token.txt"}\nactions:\n  say: {run: [bash, -c, 'echo got $T'], env: {T: "\${secret:t}"}}\n`,
			{ 'token.txt': 'first-value-000111\n' },
		);
		(await import('node:fs')).chmodSync(`${system.folder}/token.txt`, 0o600);
		const engine = await openTest(system.options());
		const run = async () => {
			const { operation } = await engine.send('operation.start', {
				action: 'say' as never,
				step: null,
				confirmed: null,
			});
			await engine.ended(operation.id);
			return (await engine.send('operation.output', { operation: operation.id })).output;
		};
		expect(await run()).toBe('got ***\n');
		system.write('token.txt', 'second-value-222333\n');
		const told = engine.next(isSystem);
		system.write(
			'rounds.yaml',
			`${(await import('node:fs')).readFileSync(system.config, 'utf8')}# touched\n`,
		);
		await told;
		expect(await run()).toBe('got ***\n');
		await engine.close();
		const everything = JSON.stringify(engine.events) + system.kept().replaceAll('second-value-222333\n', '');
		expect(everything).not.toContain('first-value-000111');
		expect(everything).not.toContain('second-value-222333');
	});
});
