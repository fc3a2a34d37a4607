import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { makeSystem, openTest } from '../support/engine.ts';

const YAML = `
version: 1
system: Shop
timezone: UTC
checks: {api: {kind: tcp, host: 127.0.0.1, port: 1, every: 1h}}
events: {deploy: {title: {en: Deployed, zh-CN: 已部署}}, import: }
rounds:
  after-deploy:
    title: {en: After a deploy, zh-CN: 部署之后}
    at: "00:00"
    steps: [{ask: Does it answer?, events: deploy}]
  by-hand: {steps: [{ask: Rows right?, events: [import, deploy]}]}
`;

describe('rounds event', () => {
	it('makes the steps that follow it due, in a console that is open elsewhere too, and says who and when', async () => {
		const system = makeSystem(YAML);
		const engine = await openTest(system.options());
		const planned = (standing: string) =>
			engine.until((event) => event.kind === 'plan' && event.plan.some((one) => one.standing === standing));
		await planned('not-due');
		const refused = await engine.refused('round.begin', { sheet: 'by-hand' as never, dueAt: null });
		expect(refused).toMatchObject({ why: 'nothing-due' });
		const told = await runCli(['event', 'deploy', '--note', 'v1.4.2 \u001b[2J', '--operator', 'ci'], {
			cwd: system.folder,
		});
		expect(told).toMatchObject({ code: 0, err: '' });
		expect(told.out).toMatch(/^Shop · default\n {2}deploy {2}Deployed {2}[^\n]* · ci · v1\.4\.2/);
		expect(told.out).toContain('After a deploy round, step 1: Does it answer?');
		expect(told.out).not.toContain('\u001b');
		const plan = await engine.until(
			(event) => event.kind === 'plan' && event.plan.some(({ standing }) => /^(?:due|late)$/.test(standing)),
		);
		expect(plan.kind).toBe('plan');
		expect((await engine.begin('by-hand')).steps).toHaveLength(1);
		const { activity } = await engine.send('activity.list', { limit: 50 });
		expect(activity).toContainEqual(
			expect.objectContaining({
				code: 'event.told',
				by: 'ci',
				detail: expect.objectContaining({ event: 'deploy' }),
			}),
		);
		await engine.close();
	});

	it('lists every event as JSON, those never told too', async () => {
		const { folder: cwd } = makeSystem(YAML);
		const before = await runCli(['event', '--json'], { cwd });
		expect(before.code).toBe(0);
		expect(JSON.parse(before.out)).toMatchObject({
			system: 'Shop',
			environment: 'default',
			events: [
				{
					event: 'deploy',
					at: null,
					by: null,
					note: null,
					steps: [{ sheet: 'after-deploy', step: 1 }, { sheet: 'by-hand' }],
				},
				{ event: 'import', at: null },
			],
		});
		const told = await runCli(['event', 'import', '--note=nightly', '--json'], { cwd });
		expect(JSON.parse(told.out).events).toMatchObject([{ event: 'import', by: 'cron', note: 'nightly' }]);
		await runCli(['event', 'import'], { cwd });
		const after = JSON.parse((await runCli(['event', '--json'], { cwd })).out).events;
		expect(after).toMatchObject([{ at: null }, { event: 'import', by: 'cron', note: '' }]);
		expect(Date.parse(after[1].at)).toBeGreaterThan(Date.parse(JSON.parse(told.out).events[0].at));
	});

	it('refuses what is not declared, and stores nothing', async () => {
		const { folder: cwd } = makeSystem(YAML);
		expect(await runCli(['event', 'deplay'], { cwd })).toMatchObject({
			code: 64,
			err: 'rounds: "deplay" is no event of this system; there is deploy, import\n',
		});
		expect(await runCli(['event', 'deploy', 'import'], { cwd })).toMatchObject({ code: 64 });
		expect(await runCli(['event', '--note', 'x'], { cwd })).toMatchObject({ code: 64 });
		expect(await runCli(['event', 'deploy', '--note'], { cwd })).toMatchObject({ code: 64 });
		expect(await runCli(['event', 'deploy', '--lang', 'zh-CN'], { cwd })).toMatchObject({ code: 0 });
		const none = makeSystem(
			'version: 1\nsystem: Shop\nchecks: {api: {kind: tcp, host: 127.0.0.1, port: 1}}\n',
		);
		expect(await runCli(['event', 'deploy'], { cwd: none.folder })).toMatchObject({ code: 64 });
	});

	it('is told by an action that ends ok, by who ran it; one that fails tells nothing', async () => {
		const system = makeSystem(
			YAML.replace(
				'rounds:\n',
				'actions:\n  import: {title: Nightly import, run: [bash, -c, "exit $(cat result)"], tells: import}\nrounds:\n',
			),
			{ result: '1' },
		);
		const engine = await openTest(system.options());
		const run = async () => {
			const { operation } = await engine.send('operation.start', {
				action: 'import' as never,
				step: null,
				confirmed: null,
			});
			return (await engine.ended(operation.id)).level;
		};
		const last = async () => (await engine.send('events.list', {})).events[1]?.last;
		expect(await run()).toBe('critical');
		expect(await last()).toBeNull();
		system.write('result', '0');
		expect(await run()).toBe('ok');
		expect(await last()).toMatchObject({ by: 'mei', note: 'Nightly import' });
		expect((await engine.begin('by-hand')).steps).toHaveLength(1);
		await engine.close();
	});
});
