import { afterEach, describe, expect, test } from 'vitest';
import { roundId } from '../../src/domain/ids.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { type OpenedConsole, type OpenedOptions, openForTest } from '../support/opened.ts';
import { MORNING } from '../support/pictures.ts';
import {
	answered,
	doneRound,
	draftOfStep,
	keepAnswers,
	roundEvent,
	troubledRound,
} from '../support/rounds.ts';

let opened: OpenedConsole | null = null;
const open = async (options: OpenedOptions = {}): Promise<OpenedConsole> => {
	opened = await openForTest({ withRound: true, ...options });
	return opened;
};
afterEach(async () => {
	await opened?.close();
	opened = null;
});

const lineWith = (screen: readonly string[], text: string): string =>
	screen.find((line) => line.includes(text)) ?? `(no line with ${text})`;
const inputs = (name: string): unknown[] =>
	(opened?.engine.sent ?? []).filter((sent) => sent.name === name).map((sent) => sent.input);

describe('the plan of the day', () => {
	test('names each sheet with its time and standing; ↵ begins it for that time', async () => {
		const { press, engine } = await open({ withRound: false });
		const round = troubledRound();
		keepAnswers(engine, round);
		engine.answer('round.begin', () => ({ ok: true, value: { round } }));
		const screen = await press('3');
		expect(lineWith(screen, 'Morning round  ')).toMatch(/^▸Morning round +09:00 +▸ due/);
		expect(lineWith(screen, 'Evening round')).toMatch(/^ Evening round +21:00 +○ planned/);
		const begun = await press('enter');
		expect(inputs('round.begin')).toEqual([{ sheet: 'morning', dueAt: MORNING - 18 * 60_000 }]);
		expect(inputs('round.look').at(-1)).toEqual({ round: roundId(7) });
		expect(lineWith(begun, 'Health of the three')).toContain('1 Health of the three services');
	});

	test('signed rounds stand below with level and file, and open to be read only', async () => {
		const { press, engine } = await open({ withRound: false });
		const kept = keepAnswers(engine, doneRound());
		await engine.send('round.sign', { round: roundId(7), note: '', version: 1 });
		engine.answer('rounds.list', () => ({ ok: true, value: { rounds: [kept.round] } }));
		const screen = await press('3');
		expect(lineWith(screen, '.rounds/demo')).toMatch(
			/2025-11-22 09:18 +▲ warning +mei +.*2025-11-22-morning\.md$/,
		);
		const read = await press('G', 'enter');
		expect(lineWith(read, 'signed 2025-11-22 09:18 by mei')).toContain('▲ warning');
		await press('f');
		expect(opened?.text()).toContain('this round is signed; it can only be read');
		expect(inputs('round.answer')).toEqual([]);
	});
});

describe('a round at 120×40', () => {
	test('the sheet stands beside the step in hand, every line exactly as wide as the screen', async () => {
		const { press, terminal } = await open({ more: [roundEvent(troubledRound())] });
		const screen = await press('3', 'g');
		expect(lineWith(screen, '3/6 │')).toMatch(
			/^ Morning round +3\/6 │ 1 Health of the three services +▲ not as expected$/,
		);
		expect(lineWith(screen, 'begun 09:09')).toContain('begun 09:09 by mei · 9 min so far');
		expect(screen[6]).toContain(' due 09:00 · 12 min left ');
		expect(lineWith(screen, 'failed')).toMatch(/failed +li 09:16 │/);
		expect(screen.findIndex((line) => line.includes('MCP Server  '))).toBeLessThan(
			screen.findIndex((line) => line.includes('Accounting API  ')),
		);
		expect(screen.join('\n')).toContain('latency = 612 ms, should be < 500 ms');
		expect(screen.join('\n')).toContain('expects status == 200 · latency < 500ms');
		for (const row of terminal.cells()) expect(row).toHaveLength(120);
	});

	test('a value is shown with the signed one and the difference', async () => {
		const { press } = await open({ more: [roundEvent(troubledRound())] });
		const screen = await press('3', 'g', 'j');
		expect(lineWith(screen, 'customers   ')).toMatch(/customers +8 +was 7 +\+1 \(\+14\.29 %\)/);
	});

	test('who else is in the round is named', async () => {
		const present = [
			{ session: 'a', operator: 'mei', looking: roundId(7), mine: true },
			{ session: 'b', operator: 'li', looking: roundId(7), mine: false },
			{ session: 'c', operator: 'raj', looking: null, mine: false },
		];
		const { press, text } = await open({
			more: [{ kind: 'polling', polling: { mine: true, holder: 'mei', present } }],
		});
		await press('3');
		expect(text()).toContain('also here: li');
		expect(text()).not.toContain('raj,');
	});

	test('a launched step shows its result as n/m, and while it runs its live tail', async () => {
		const { press, engine, pass } = await open({ more: [roundEvent(troubledRound())] });
		const screen = await press('3', 'g', 'j', 'j', 'j');
		expect(screen.join('\n')).toMatch(/● ok · 09:17 {3}8\/8/);
		expect(screen.join('\n')).toContain('Test 8: bills ... PASS');
		await press('enter');
		expect(inputs('operation.start')).toEqual([
			{ action: 'api-tests', step: { round: roundId(7), index: 3 }, confirmed: null },
		]);
		await pass(600);
		expect(engine.sent.length).toBeGreaterThan(0);
		expect(opened?.text()).toContain('… running for 5 s');
		expect(opened?.text()).toContain('GET /api/health … ok');
	});
});

describe('a round at 80×24', () => {
	test('the sheet lies above the step; tab gives the step nearly all of the screen', async () => {
		const { press } = await open({ columns: 80, rows: 24, more: [roundEvent(troubledRound())] });
		const screen = await press('3', 'g');
		expect(screen).toHaveLength(24);
		expect(screen[3]).toMatch(/^ Morning round 3\/6 +due 09:00 · 12 min left · 9 min so far$/);
		expect(screen[4]).toMatch(/^▸▲ {2}1 Health of the three services +not as expected +09:17$/);
		expect(screen.join('\n')).not.toContain('GET /api/health');
		const whole = await press('tab');
		expect(whole[4]).toBe('─'.repeat(80));
		expect(whole.join('\n')).toContain('GET /api/health');
		expect((await press('tab'))[4]).toContain('Health of the three services');
	});

	test('Chinese is as wide as it should be and leaves no English of ours', async () => {
		const { press } = await open({
			columns: 80,
			rows: 24,
			locale: 'zh-CN',
			more: [roundEvent(troubledRound())],
		});
		const screen = await press('3', 'g');
		for (const line of screen) expect(cellWidth(line)).toBeLessThanOrEqual(80);
		expect(screen[4]).toMatch(/^▸▲ {2}1 三个服务的健康 +不符合期望 +09:17$/);
		expect(screen.join('\n')).toContain('连接被拒绝');
		const sign = (await press('S')).join('\n');
		expect(sign).toContain('签字：早间巡检');
		expect(sign).toContain('仍有 3 个步骤未完成');
		expect(sign.replace(/one of the ten origins is refused/, '')).not.toMatch(
			/\b(step|open|note|sign|failed)\b/,
		);
	});
});

describe('answering', () => {
	test('a question is answered in words only; then the next open step is in hand', async () => {
		const { press, engine, text } = await open({ more: [roundEvent(troubledRound())] });
		keepAnswers(engine, troubledRound());
		await press('3', 'g', 'j', 'j', 'j', 'j', 'space');
		expect(text()).toContain('Your answer');
		await press('enter');
		expect(text()).toContain('the question needs an answer in words');
		expect(inputs('round.answer')).toEqual([]);
		await press('n', 'o', 'n', 'e', 'space', '新', 'enter');
		expect(inputs('round.answer')).toEqual([
			{ round: roundId(7), step: 4, outcome: 'ok', note: 'none 新', version: troubledRound().version },
		]);
		expect((opened?.terminal.screen() ?? []).find((line) => line.startsWith('▸'))).toMatch(
			/^▸○ {2}6 Daily report/,
		);
	});

	test('what is well is answered at once, what is not asks for a note', async () => {
		const { press, engine, text } = await open({ more: [roundEvent(troubledRound())] });
		keepAnswers(engine, troubledRound());
		await press('3', 'g', 'space');
		expect(text()).toContain('Not as expected: taken as it is, because');
		await press('k', 'n', 'o', 'w', 'n', 'enter');
		await press('g', 'j', 'space');
		expect(inputs('round.answer')).toMatchObject([
			{ step: 0, outcome: 'accept', note: 'known' },
			{ step: 1, outcome: 'ok', note: '' },
		]);
	});

	test('f, x and c open their own line; u takes an answer back; r asks the step again', async () => {
		const { press, engine, text } = await open({ more: [roundEvent(troubledRound())] });
		keepAnswers(engine, troubledRound());
		await press('3', 'g', 'f');
		expect(text()).toContain('It fails: what is wrong');
		await press('d', 'o', 'w', 'n', 'enter', 'g', 'u', 'x');
		expect(text()).toContain('Skipped: why');
		await press('l', 'a', 't', 'e', 'r', 'enter', 'g', 'c', 'h', 'i', 'enter', 'r');
		expect(inputs('round.answer')).toMatchObject([
			{ step: 0, outcome: 'fail', note: 'down' },
			{ step: 0, outcome: 'skip', note: 'later' },
		]);
		expect(inputs('round.undo')).toMatchObject([{ step: 0 }]);
		expect(inputs('round.note')).toMatchObject([{ round: roundId(7), step: 0, note: 'hi' }]);
		expect(inputs('checks.ask')).toEqual([{ checks: ['api-health', 'accounting-health', 'mcp-health'] }]);
	});

	test('an unrun launched step cannot be ticked', async () => {
		const { press, text } = await open();
		await press('3', 'g', 'j', 'j', 'j', 'space');
		expect(text()).toContain('it has not run in this round yet: ↵ runs it');
		expect(inputs('round.answer')).toEqual([]);
	});

	test('↵ goes into the checks of a step and opens the one in hand', async () => {
		const { press, text } = await open({ more: [roundEvent(troubledRound())] });
		await press('3', 'g', 'enter', 'j', 'enter');
		expect(text()).toContain('CONDITIONS');
		expect(text()).toContain('accounting-health');
		await press('esc', 'esc');
		expect(text()).toContain('Morning round');
	});

	test('who was first is said with the time, and nothing is overwritten', async () => {
		const { press, engine, text } = await open({ more: [roundEvent(troubledRound())] });
		engine.answer('round.answer', () => ({
			ok: false,
			error: { kind: 'conflict', by: 'li', at: MORNING - 60_000 },
		}));
		await press('3', 'g', 'j', 'space');
		expect(text()).toContain('li did this at 09:17; nothing was overwritten');
		await press('g', 'f', 'b', 'a', 'd', 'enter');
		expect(lineWith(opened?.terminal.screen() ?? [], 'nothing was overwritten')).toContain(
			'li did this at 09:17',
		);
		expect(inputs('round.draft').at(-1)).toEqual({ round: roundId(7), step: 0, text: 'bad' });
	});
});

describe('typed text', () => {
	test('is sent as a draft within two seconds, also from somebody who never stops', async () => {
		const { press, pass } = await open();
		await press('3', 'g', 'j', 'j', 'j', 'j', 'space', 'a', 'b');
		await pass(600);
		await press('c');
		await pass(600);
		expect(inputs('round.draft')).toEqual([{ round: roundId(7), step: 4, text: 'abc' }]);
		await press('d');
		await pass(2_000);
		expect(inputs('round.draft').at(-1)).toEqual({ round: roundId(7), step: 4, text: 'abcd' });
	});

	test('comes back after a restart, on its step and in its field', async () => {
		const { press, text, terminal } = await open({
			more: [roundEvent(draftOfStep(troubledRound(), 4, 'half a sen'))],
		});
		await press('3');
		expect(text()).toContain('typed, not confirmed: half a sen');
		await press('space');
		expect(text()).toContain('▸ half a sen');
		expect(terminal.cursor()).toEqual({ x: 43 + 1 + 3 + 10, y: 37 });
	});

	test('left by esc it is kept and stands there again', async () => {
		const { press, text } = await open();
		await press('3', 'g', 'f', 'h', 'm', 'esc');
		expect(inputs('round.draft')).toEqual([{ round: roundId(7), step: 0, text: 'hm' }]);
		expect(text()).toContain('typed, not confirmed: hm');
		await press('x');
		expect(text()).toContain('▸ hm');
	});

	test('that cannot be kept is said, and why', async () => {
		const { press, engine, text } = await open();
		engine.answer('round.draft', () => ({
			ok: false,
			error: { kind: 'fault', fault: { code: 'storage-busy', detail: {} } },
		}));
		await press('3', 'g', 'f', 'h', 'm', 'esc');
		expect(text()).toContain('what is typed is not kept: the store is in use by another program');
	});

	test('for the signature is kept as it is typed and when it is confirmed, and comes back', async () => {
		const { press, pass } = await open({ more: [roundEvent(doneRound())] });
		await press('3', 'S');
		await pass(400);
		await press('c', 'c', 'a');
		await pass(2_000);
		expect(inputs('round.draft')).toEqual([{ round: roundId(7), step: null, text: 'ca' }]);
		await press('l', 'm', 'enter');
		expect(inputs('round.draft').at(-1)).toEqual({ round: roundId(7), step: null, text: 'calm' });
		await opened?.close();
		const back = await open({ more: [roundEvent({ ...doneRound(), draft: 'calm' })] });
		keepAnswers(back.engine, doneRound());
		await back.press('3', 'S');
		await back.pass(400);
		expect(lineWith(back.terminal.screen(), 'NOTE')).toContain('calm');
		await back.press('y');
		expect(inputs('round.sign')).toMatchObject([{ note: 'calm' }]);
	});

	test('for the signature that could not be kept stays in its field', async () => {
		const { press, pass, engine, text } = await open({ more: [roundEvent(doneRound())] });
		engine.answer('round.draft', () => ({
			ok: false,
			error: { kind: 'fault', fault: { code: 'disk-full', detail: {} } },
		}));
		await press('3', 'S');
		await pass(400);
		await press('c', 'o', 'h', 'enter');
		expect(text()).toContain('▸ oh');
		expect(text()).toContain('what is typed is not kept');
	});

	test('of a note another wrote meanwhile is kept, and who it was is said', async () => {
		const { press, engine, text } = await open({ more: [roundEvent(troubledRound())] });
		engine.answer('round.note', () => ({ ok: false, error: { kind: 'conflict', by: 'li', at: MORNING } }));
		await press('3', 'g', 'c', 'h', 'i', 'enter');
		expect(inputs('round.note')).toEqual([
			{ round: roundId(7), step: 0, note: 'hi', version: troubledRound().version },
		]);
		expect(text()).toContain('li did this at 09:18; nothing was overwritten');
		expect(inputs('round.draft').at(-1)).toEqual({ round: roundId(7), step: 0, text: 'hi' });
	});

	test('a paste into the field is text only', async () => {
		const { press, terminal, text } = await open();
		await press('3', 'g', 'j', 'j', 'j', 'j', 'space');
		terminal.paste('line one\rS y\rq');
		await terminal.settled();
		expect(text()).toContain('▸ line one S y q');
		expect(inputs('round.answer')).toEqual([]);
		expect(inputs('round.sign')).toEqual([]);
	});
});

describe('the sign-off', () => {
	test('open steps are named and block it', async () => {
		const { press, pass, text } = await open({ more: [roundEvent(troubledRound())] });
		await press('3', 'S');
		await pass(400);
		expect(text()).toContain('3 steps are still open');
		expect(text()).toContain('It cannot be signed yet.');
		await press('y');
		expect(text()).toContain('still open: step 1, 5, 6; answer them or skip them with a reason');
		expect(inputs('round.sign')).toEqual([]);
	});

	test('exceptions first, then what is well, coverage and snapshot; y signs with the note and shows the record', async () => {
		const { press, pass, engine, text } = await open({ more: [roundEvent(doneRound())] });
		keepAnswers(engine, doneRound());
		const screen = await press('3', 'S');
		const at = (words: string) => screen.findIndex((line) => line.includes(words));
		expect(at('EXCEPTIONS')).toBeGreaterThan(0);
		expect(at('the report is written by hand today')).toBeGreaterThan(at('EXCEPTIONS'));
		expect(at('AS IT SHOULD BE')).toBeGreaterThan(at('the report is written by hand today'));
		expect(at('7 of 7 declared checks were evaluated')).toBeGreaterThan(at('AS IT SHOULD BE'));
		expect(lineWith(screen, 'become the baseline')).toMatch(/\d+ values of 8 checks become the baseline/);
		await press('y');
		expect(inputs('round.sign')).toEqual([]);
		await pass(400);
		await press('c', 'c', 'a', 'l', 'm', 'enter', 'y');
		expect(inputs('round.sign')).toEqual([{ round: roundId(7), note: 'calm', version: doneRound().version }]);
		expect(text()).toContain('Signed at 09:18 by mei.');
		expect(text()).toContain('/srv/.rounds/demo/signed/2025-11-22-morning.md');
		expect(text()).toContain('/srv/.rounds/demo/signed/2025-11-22-morning.json');
		expect(text()).toContain('NEW BASELINE');
	});

	test('a round another changed meanwhile is not signed, and who it was is said', async () => {
		const { press, pass, engine, text } = await open({ more: [roundEvent(doneRound())] });
		engine.answer('round.sign', () => ({ ok: false, error: { kind: 'conflict', by: 'li', at: MORNING } }));
		await press('3', 'S');
		await pass(400);
		await press('y');
		expect(text()).toContain('li did this at 09:18; nothing was overwritten');
		expect(text()).toContain('Sign off: Morning round');
	});

	test('without colour the marks still tell', async () => {
		const { press, terminal } = await open({
			variables: { TERM: 'xterm', NO_COLOR: '1', LANG: 'C' },
			more: [roundEvent(answered(doneRound(), 0, 'fail', 'down'))],
		});
		const screen = await press('3', 'S');
		expect(lineWith(screen, '1 Health of the three')).toMatch(/X {2}1 Health.*failed/);
		expect(terminal.bytes).not.toMatch(/\x1b\[[\d;]*38;/);
	});
});

describe('by name, from another screen', () => {
	test('nothing is answered unseen', async () => {
		const { press, text, terminal } = await open({ more: [roundEvent(troubledRound())] });
		await press('3', '1', ':');
		terminal.type('step.fail');
		await press('enter');
		expect(text()).not.toContain('It fails: what is wrong');
		await press('b', 'a', 'd', 'enter');
		expect(inputs('round.answer')).toEqual([]);
		expect(inputs('round.draft')).toEqual([]);
	});
});

describe('several rounds', () => {
	test('are switched with ] and [', async () => {
		const other = { ...doneRound(), id: roundId(8), title: 'Weekly round', startedAt: MORNING - 1_000 };
		const { press, text } = await open({ more: [roundEvent(other)] });
		await press('3');
		expect(text()).toContain(' Weekly round  ');
		await press(']');
		expect(text()).toContain(' Morning round  ');
		await press('[');
		expect(text()).toContain(' Weekly round  ');
		await press('esc');
		expect(text()).toContain('In progress since earlier');
	});
});
