import { describe, expect, test } from 'vitest';
import type { Locale } from '../../src/domain/own-text.ts';
import { createDesk } from '../../src/screens/desk.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { MORNING, type WorldOptions, wellCheck, world } from '../support/pictures.ts';

const setUp = (options: WorldOptions & { readonly locale?: Locale } = {}) => {
	const clock = createFakeClock(MORNING);
	const engine = createFakeEngine(world(options));
	const done = { copied: [] as string[], paged: [] as string[], quits: 0, suspends: 0, redraws: 0 };
	const desk = createDesk({
		engine,
		clock,
		locale: options.locale ?? 'en',
		theme: createTheme({ colours: 'none', background: 'dark', glyphs: 'unicode' }),
		ownZone: 'UTC',
		copy: (text) => done.copied.push(text),
		page: async (text) => void done.paged.push(text),
		redraw: () => {
			done.redraws += 1;
		},
		suspend: () => {
			done.suspends += 1;
		},
		quit: () => {
			done.quits += 1;
		},
	});
	const stop = desk.start();
	const draw = () =>
		desk.frame(desk.picture.state(), 120, 40).lines.map((line) => line.replace(/\x1b\[[\d;]*m/g, ''));
	const press = async (...keys: string[]) => {
		for (const key of keys) desk.press(key, key.length === 1 ? key : key === 'space' ? ' ' : '');
		await clock.idle();
	};
	const asked = (name: string) => engine.sent.filter((one) => one.name === name).map((one) => one.input);
	draw();
	return { clock, engine, desk, done, stop, draw, press, asked, view: () => desk.picture.state().view };
};

describe('repaints', () => {
	test('a storm of events is at most two changes a second', async () => {
		const { clock, engine, desk, stop } = setUp();
		await clock.advance(5_000);
		let changes = 0;
		desk.picture.store.subscribe(() => {
			changes += 1;
		});
		for (let step = 0; step < 40; step++) {
			engine.emit({ kind: 'recorded', now: clock.now(), checks: [wellCheck('cors', clock.now(), 0)] });
			await clock.advance(50);
		}
		// Two seconds: four batches, and a tick of the slow clock may fall in.
		expect(changes).toBeGreaterThanOrEqual(3);
		expect(changes).toBeLessThanOrEqual(5);
		stop();
	});

	test('after a key the answer is shown at once', async () => {
		const { clock, engine, desk, press, stop } = setUp();
		await clock.advance(5_000);
		engine.emit({ kind: 'recorded', now: clock.now(), checks: [wellCheck('cors', clock.now(), 0)] });
		await clock.advance(40);
		await press('j');
		let changes = 0;
		desk.picture.store.subscribe(() => {
			changes += 1;
		});
		engine.emit({ kind: 'recorded', now: clock.now(), checks: [wellCheck('cors', clock.now(), 0)] });
		await clock.advance(30);
		expect(changes).toBe(1);
		stop();
	});

	test('nothing happens, nothing changes but the slow clock; nothing is left running at the end', async () => {
		const { clock, desk, stop } = setUp();
		let changes = 0;
		desk.picture.store.subscribe(() => {
			changes += 1;
		});
		await clock.advance(10_000);
		expect(changes).toBeLessThanOrEqual(3);
		stop();
		expect(clock.timers).toBe(0);
	});
});

describe('keys reach the engine', () => {
	test('r asks the selected row, R asks all', async () => {
		const { press, asked, view } = setUp();
		await press('r');
		expect(asked('checks.ask')).toEqual([{ checks: ['api-health', 'customers', 'summary', 'ocr'] }]);
		expect(view().message?.text).toBe('asked 4 checks again');
		await press('j', 'r', 'R');
		expect(asked('checks.ask').slice(1)).toEqual([{ checks: ['accounting-health'] }, { checks: [] }]);
	});

	test('a refusal is one line in the footer, in the operator’s language, gone with the next key', async () => {
		for (const [locale, words] of [
			['en', 'the console is closing'],
			['zh-CN', '控制台正在关闭'],
		] as const) {
			const { engine, press, view, draw } = setUp({ locale });
			engine.answer('checks.ask', () => ({
				ok: false,
				error: { kind: 'refused', why: 'closing', detail: {} },
			}));
			await press('r');
			expect(view().message).toEqual({ tone: 'bad', text: words });
			expect(draw().at(-1)).toContain(words);
			await press('j');
			expect(view().message).toBeNull();
		}
	});

	test('↵ opens what is selected and asks for its detail and history', async () => {
		const { press, asked, draw, view } = setUp({ isTroubled: true });
		await press('j', 'enter');
		expect(view().layers[0]).toMatchObject({ kind: 'service', subject: 'service:accounting' });
		expect(asked('check.detail')).toEqual([{ check: 'accounting-health' }]);
		expect(asked('check.history')[0]).toMatchObject({
			check: 'accounting-health',
			sample: null,
			fromAt: MORNING - 3_600_000,
			toAt: MORNING,
		});
		const text = draw().join('\n');
		for (const words of [
			'CONDITIONS',
			'latency < 500ms',
			'should be < 500 ms',
			'TIMINGS',
			'first byte',
			'HISTORY',
			'GET /health HTTP/1.1',
			'authorization: ***',
		]) {
			expect(text).toContain(words);
		}
		await press('-', '-');
		expect(asked('check.history').at(-1)).toMatchObject({ fromAt: MORNING - 24 * 3_600_000 });
		await press('+', 'y');
		expect(asked('check.history').at(-1)).toMatchObject({ fromAt: MORNING - 6 * 3_600_000 });
		expect(view().message?.text).toBe('copied as a command');
	});

	test('a service of several checks lists them with their conditions; ↵ opens one, q goes back one by one', async () => {
		const { press, draw, view, asked } = setUp();
		await press('enter');
		expect(draw().join('\n')).toMatch(/api-health[\s\S]*\$\.status == "healthy"[\s\S]*customers[\s\S]*count/);
		await press('j', 'r');
		expect(asked('checks.ask').at(-1)).toEqual({ checks: ['customers'] });
		await press('enter');
		expect(view().layers.map((layer) => layer.subject)).toEqual(['service:flask', 'check:customers']);
		await press('q');
		expect(view().layers).toHaveLength(1);
		// The row that was left is still the selected one.
		expect(draw().find((line) => line.startsWith('▸'))).toContain('customers');
		await press('esc');
		expect(view().layers).toEqual([]);
	});

	test('a value’s row opens its check', async () => {
		const { press, view } = setUp();
		await press('2', 'G', 'enter');
		expect(view().layers[0]?.subject).toBe('check:cors');
	});

	test('y on Health copies the command of the selected check, v gives the page to the pager', async () => {
		const { press, done } = setUp();
		await press('y', 'v');
		expect(done.copied[0]).toMatch(/^curl .*\$ACCOUNTING_TOKEN/);
		expect(done.paged[0]).toContain('Flask Server');
		expect(done.paged[0]).not.toContain('\x1b');
	});

	test('the activity log, redraw and suspend', async () => {
		const { press, asked, draw, done } = setUp();
		await press('@');
		expect(asked('activity.list')).toHaveLength(1);
		expect(draw().join('\n')).toMatch(/2025-11-22 09:09:00 +mei +round begun · sheet morning/);
		await press('ctrl-l', 'ctrl-z');
		expect([done.redraws, done.suspends]).toEqual([1, 1]);
	});
});

describe('running an action', () => {
	test('an unguarded one starts at once and shows its live output', async () => {
		const { press, asked, view, draw, clock } = setUp();
		await press('t');
		expect(asked('operation.start')).toEqual([{ action: 'api-tests', step: null, confirmed: null }]);
		expect(view().layers.at(-1)).toMatchObject({ kind: 'operation', subject: '9' });
		await clock.advance(100);
		expect(draw().join('\n')).toContain('GET /api/customers … ok');
	});

	test('in a typed environment only its whole name starts it, and not before 300 ms', async () => {
		const { press, asked, view, clock } = setUp({ environment: 'production', guard: 'typed' });
		await press('t', 'p');
		expect(view().layers.at(-1)?.field?.text).toBe('');
		await clock.advance(300);
		await press(...'prod', 'enter');
		expect(asked('operation.start')).toEqual([]);
		expect(view().message?.text).toContain('production');
		await press(...'uction', 'enter');
		expect(asked('operation.start')).toEqual([{ action: 'api-tests', step: null, confirmed: 'production' }]);
	});

	test('a plain confirmation takes y, and esc leaves it', async () => {
		const { press, asked, view, clock } = setUp({ guard: 'confirm' });
		await press('t', 'y');
		expect(asked('operation.start')).toEqual([]);
		await clock.advance(300);
		await press('esc');
		expect(view().layers).toEqual([]);
		await press('t');
		await clock.advance(300);
		await press('y');
		expect(asked('operation.start')).toEqual([{ action: 'api-tests', step: null, confirmed: 'yes' }]);
	});

	test('o lists the actions; the palette finds each by name in both languages', async () => {
		const first = setUp();
		await first.press('o', 'j', 'enter');
		expect(first.asked('operation.start')).toEqual([{ action: 'report', step: null, confirmed: null }]);
		const second = setUp();
		await second.press(':', ...'lose', 'enter');
		expect(second.asked('operation.start')).toEqual([
			{ action: 'demo-lose-transactions', step: null, confirmed: null },
		]);
		const third = setUp({ locale: 'zh-CN' });
		await third.press(':', '丢', '失', 'enter');
		expect(third.asked('operation.start')).toEqual([
			{ action: 'demo-lose-transactions', step: null, confirmed: null },
		]);
	});

	test('ctrl-c cancels what runs; twice leaves; another key in between forgets the first', async () => {
		const { press, asked, done, clock } = setUp();
		await press('t');
		await clock.advance(100);
		await press('ctrl-c');
		expect(asked('operation.cancel')).toEqual([{ operation: 9 }]);
		await press('j', 'ctrl-c');
		expect(done.quits).toBe(0);
		await press('ctrl-c');
		expect(done.quits).toBe(1);
	});
});

describe('leaving', () => {
	test('q leaves at once when nothing is open', async () => {
		const { press, done } = setUp();
		await press('q');
		expect(done.quits).toBe(1);
	});

	test('with a round in progress q asks first', async () => {
		const { press, done, draw, clock } = setUp({ withRound: true });
		// What was typed ahead answers no question.
		await press('q', 'y');
		expect(done.quits).toBe(0);
		expect(draw().join('\n')).toContain('Morning round is in progress: 3 of 6 steps are done.');
		await clock.advance(300);
		await press('n');
		await press('q');
		await clock.advance(300);
		await press('y');
		expect(done.quits).toBe(1);
	});
});

describe('filter and movement', () => {
	test('/ filters while typing, ↵ keeps it, esc takes it back', async () => {
		const { press, draw, view, desk } = setUp({ isTroubled: true });
		await press('/', ...'mcp');
		const rows = () => desk.frame(desk.picture.state(), 120, 40).list?.rows.map((row) => row.id);
		expect(rows()).toEqual(['service:mcp']);
		await press('enter');
		expect(view().layers).toEqual([]);
		expect(draw().at(-1)).toContain('/ mcp');
		await press('esc');
		expect(rows()).toHaveLength(5);
		await press('/', 'x', 'q', 'z');
		expect(draw().join('\n')).toContain('No row holds “xqz”.');
		await press('esc');
		expect(rows()).toHaveLength(5);
	});

	test('n and N walk through what is not ok', async () => {
		const { press, view } = setUp({ isTroubled: true });
		const seen: (string | null | undefined)[] = [];
		for (const key of ['n', 'n', 'n', 'n', 'N']) {
			await press(key);
			seen.push(view().places['health']?.selected);
		}
		expect(seen).toEqual([
			'service:accounting',
			'service:mcp',
			'check:integrity',
			'service:accounting',
			'check:integrity',
		]);
	});

	test('the selected row is remembered by its id, through screens and new events', async () => {
		const { press, draw, engine, clock } = setUp();
		await press('j', 'j', '2', '1');
		engine.emit(...world({ isTroubled: true }));
		await clock.advance(600);
		expect(draw().find((line) => line.startsWith('▸'))).toContain('MCP Server');
	});

	test('g, G and the ends do not run over', async () => {
		const { press, view } = setUp();
		await press('G', 'j', 'j');
		expect(view().places['health']?.selected).toBe('check:cors');
		await press('g', 'k', 'ctrl-u', 'pgup');
		expect(view().places['health']?.selected).toBe('service:flask');
	});
});

describe('pasted text', () => {
	test('triggers no action, whatever it holds', async () => {
		const { desk, clock, engine, done, view } = setUp();
		const before = engine.sent.length;
		desk.paste('qqq\rR t\n:quit\r@');
		await clock.idle();
		expect(engine.sent).toHaveLength(before);
		expect(done.quits).toBe(0);
		expect(view().layers).toEqual([]);
	});

	test('goes into the text field that is open, as one line', async () => {
		const { desk, press, view } = setUp();
		await press('/');
		desk.paste('mc\np\x1b[31m');
		expect(view().filters['health']).toMatch(/^mc p/);
		expect(view().filters['health']).not.toContain('\x1b');
		expect(view().layers).toHaveLength(1);
	});
});

test('a notice of the engine, and a key that two actions want, are said in words', async () => {
	const { engine, clock, view } = setUp({ locale: 'zh-CN' });
	engine.emit({ kind: 'notice', code: 'clock.jumped', detail: { byMs: 4_000 }, at: MORNING });
	await clock.advance(600);
	expect(view().message).toEqual({ tone: 'bad', text: '系统时钟跳变 4 s，检查间隔不受影响' });
	engine.emit({ kind: 'notice', code: 'error-log.failed', detail: { code: 'disk-full' }, at: MORNING });
	await clock.advance(600);
	expect(view().message?.text).toMatch(/^错误日志写入失败：.+/);
	expect(view().message?.text).not.toContain('disk-full');
	const [first, ...rest] = world();
	const face = first?.kind === 'system' ? first.face : null;
	const clash = createDesk({
		engine: createFakeEngine([
			{ kind: 'system', face: { ...face!, keys: { 'check.ask-all': 'q' } } },
			...rest,
		]),
		clock,
		locale: 'en',
		theme: createTheme({ colours: 'none', background: 'dark', glyphs: 'unicode' }),
		ownZone: 'UTC',
		copy: () => {},
		page: async () => {},
		redraw: () => {},
		suspend: () => {},
		quit: () => {},
	});
	clash.start();
	expect(clash.picture.state().view.message?.text).toContain(
		'key q means check.ask-all here, so program.quit has no key',
	);
});

test('the palette and the help speak of the place below them; what belongs elsewhere says so and does nothing', async () => {
	const { press, draw, view, asked } = setUp();
	await press(':', ...'filter');
	expect(draw().find((line) => line.includes('▸'))).not.toContain('there is no list to filter here');
	expect(draw().join('\n')).toContain('show only rows that hold a text');
	await press('esc', '5', ':', ...'re-check', 'enter');
	expect(view().message?.text).toBe('it belongs to another screen');
	expect(asked('checks.ask')).toEqual([]);
	await press('1', ':', ...'zoom in');
	expect(draw().join('\n')).toContain('it belongs to another screen');
});
