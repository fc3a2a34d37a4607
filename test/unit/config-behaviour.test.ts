import { describe, expect, it } from 'vitest';
import { HEAD, loadGood, problemsOf } from '../support/config-sources.ts';

const CHECKS = `services: {db: {}, web: {needs: db}}
checks:
  port: {kind: http, url: "http://p/", service: db}
  api: {kind: http, url: "http://a/", service: web, for: 5m, hours: "mon-fri 08:00-20:00"}
  jobs: {kind: http, url: "http://j/", needs: [api]}
`;

describe('needs', () => {
	it('are its own and those of its service, which stand for all checks of a service', async () => {
		const { system } = await loadGood(HEAD + CHECKS);
		const needs = Object.fromEntries(system.checks.map((check) => [check.id, check.needs]));
		expect(needs).toEqual({ port: [], api: ['port'], jobs: ['api'] });
	});

	it('are refused where there is nothing of the name, or round in a circle', async () => {
		const circle = HEAD + CHECKS.replace('service: db}', 'service: db, needs: jobs}');
		expect((await problemsOf(circle)).join('\n')).toContain('needs itself');
		expect((await problemsOf(HEAD + CHECKS.replace('needs: [api]', 'needs: [apy]'))).join('\n')).toContain(
			'"apy"',
		);
	});
});

describe('hours and for', () => {
	it('are read into days, minutes and milliseconds', async () => {
		const api = (await loadGood(HEAD + CHECKS)).system.checks.find((check) => check.id === 'api');
		expect(api).toMatchObject({
			forMs: 300_000,
			hours: { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1200 },
		});
	});

	it('say what hours look like', async () => {
		expect((await problemsOf(HEAD + CHECKS.replace('mon-fri 08:00-20:00', '8 to 20'))).join('\n')).toContain(
			'mon-fri',
		);
	});
});

describe('maintenance', () => {
	const window = (body: string) =>
		`${HEAD}timezone: Asia/Shanghai\n${CHECKS}maintenance:\n  - {title: move, ${body}}\n`;

	it("is once, by the zone's own clock, or every week", async () => {
		const once = (await loadGood(window('from: "2026-01-31 22:00", to: "2026-01-31 23:00", only: db')))
			.system;
		expect(once.maintenance).toEqual([
			{
				title: 'move',
				checks: ['port'],
				when: {
					kind: 'once',
					fromAt: Date.parse('2026-01-31T14:00:00Z'),
					toAt: Date.parse('2026-01-31T15:00:00Z'),
				},
			},
		]);
		const weekly = (await loadGood(window('every: "sun 02:00-04:00"'))).system.maintenance;
		expect(weekly[0]).toMatchObject({ checks: null, when: { kind: 'weekly' } });
	});

	it.each([
		['from: "2026-01-31 22:00"', 'either'],
		['from: "2026-01-31 22:00", to: "2026-01-31 21:00"', 'ends before'],
		['from: "31.1.2026", to: "2026-02-01 10:00"', '2026-01-31 22:00'],
	])('refuses %s', async (body, words) => {
		expect((await problemsOf(window(body))).join('\n')).toContain(words);
	});
});

describe('steps that are due now and then', () => {
	it('keep their cadence and their files', async () => {
		const { system } = await loadGood(
			`${HEAD}${CHECKS}rounds:\n  weekly: {steps: [{ask: rotate, every: quarterly}, {check: api, after: ["imports/*.csv"]}]}\n`,
		);
		expect(system.sheets[0]?.steps).toMatchObject([
			{ every: 'quarterly' },
			{ after: ['/etc/app/imports/*.csv'] },
		]);
	});

	it('follow declared events only', async () => {
		const text = (step: string) =>
			`${HEAD}${CHECKS}events: {deploy: {title: {en: Deployed, zh-CN: 已部署}}, import: }\nrounds:\n  weekly: {steps: [{ask: rotate, ${step}}]}\n`;
		const { system } = await loadGood(text('events: [deploy, import]'));
		expect(system.events).toEqual([
			{ id: 'deploy', title: { en: 'Deployed', 'zh-CN': '已部署' } },
			{ id: 'import', title: 'import' },
		]);
		expect(system.sheets[0]?.steps[0]).toMatchObject({ events: ['deploy', 'import'] });
		expect((await loadGood(text('events: deploy'))).system.sheets[0]?.steps[0]?.events).toEqual(['deploy']);
		const action = `${text('events: import')}actions:\n  in: {run: [load], tells: imports}\n`;
		expect((await problemsOf(action)).join('\n')).toContain('no event is called "imports"');
		expect((await loadGood(action.replace('imports', 'import'))).system.actions[0]?.tells).toBe('import');
		const problems = (await problemsOf(text('events: [deplay]'))).join('\n');
		expect(problems).toContain('no event is called "deplay"');
	});
});
