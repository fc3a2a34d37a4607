import { describe, expect, test } from 'vitest';
import {
	ACTIONS,
	type Action,
	configuredActions,
	createKeymap,
	DEAF_MS,
	defineAction,
	fuzzyMatch,
	RESERVED_KEYS,
	readLaunch,
	type Step,
	walkKey,
	words,
	writeLaunch,
} from '../../src/actions/index.ts';
import { actionId, roundId } from '../../src/domain/ids.ts';
import { EMPTY_VIEW, type Layer, type ViewState } from '../../src/store/index.ts';
import { face } from '../support/pictures.ts';

const keymap = createKeymap([...ACTIONS, ...configuredActions(face().actions)]);
const idOf = (step: Step): string => (step.kind === 'action' ? step.action.id : step.kind);
const walk = (view: ViewState, key: string, text = key.length === 1 ? key : '', at = 10_000) =>
	idOf(walkKey(view, { key, text }, keymap, at));
const over = (kind: Layer['kind'], field: Layer['field'] = null, openedAt = 0): ViewState => ({
	...EMPTY_VIEW,
	layers: [{ kind, subject: '', openedAt, field }],
});

describe('the registry', () => {
	test('every action says itself in both languages, has one id, and no built-in key answers twice', () => {
		expect(new Set(ACTIONS.map((action) => action.id)).size).toBe(ACTIONS.length);
		for (const action of ACTIONS) {
			for (const locale of ['en', 'zh-CN'] as const) {
				expect(action.label[locale], action.id).not.toBe('');
				expect(action.help[locale], action.id).not.toBe('');
			}
			expect(action.id).toMatch(/^[a-z]+\.[a-z-]+$/);
			expect(action.keys.length, action.id).toBeGreaterThan(0);
		}
		expect(createKeymap(ACTIONS).conflicts).toEqual([]);
	});

	test('keys that terminals or multiplexers keep are never bound', () => {
		const taken = ACTIONS.flatMap((action) => action.keys);
		for (const key of ['ctrl-s', 'ctrl-q', 'ctrl-a', 'ctrl-b']) expect(taken).not.toContain(key);
		expect(RESERVED_KEYS).toEqual(
			expect.arrayContaining(['q', 'r', 'R', '/', ':', '?', '1', '9', 'ctrl-c', 'ctrl-s']),
		);
	});

	test('a configured action has its key and its name', () => {
		const tests = configuredActions(face().actions).find((action) => action.id === 'operation.api-tests')!;
		expect(tests.keys).toEqual(['t']);
		expect(tests.label).toEqual({ en: 'API endpoint tests', 'zh-CN': 'API 接口测试' });
		expect(walk(EMPTY_VIEW, 't')).toBe('operation.api-tests');
	});
});

describe('the keymap', () => {
	const action = (id: string, keys: string[], where: Action['where'] = 'anywhere') =>
		defineAction({ id, keys, where, label: words(id, id), help: words(id, id), run: () => {} });

	test('two actions on one key in one place: the first keeps it and the conflict is named', () => {
		const map = createKeymap([action('a.one', ['x']), action('a.two', ['x', 'w'])]);
		expect(map.conflicts).toEqual([{ key: 'x', kept: 'a.one', lost: 'a.two' }]);
		expect(map.find('anywhere', 'w')?.id).toBe('a.two');
	});

	test('a place may have its own meaning of a key', () => {
		const map = createKeymap([action('a.one', ['x']), action('a.two', ['x'], ['health'])]);
		expect(map.conflicts).toEqual([]);
		expect(map.find('health', 'x')?.id).toBe('a.two');
		expect(map.find('endpoints', 'x')).toBeNull();
	});

	test('remapping gives the key away and takes the old one back', () => {
		const map = createKeymap(ACTIONS, { 'check.ask': 'z' });
		expect(map.find('health', 'z')?.id).toBe('check.ask');
		expect(map.find('health', 'r')).toBeNull();
		const wins = createKeymap(ACTIONS, { 'activity.open': 'O' });
		expect(wins.find('anywhere', 'O')?.id).toBe('activity.open');
		expect(wins.conflicts).toEqual([{ key: 'O', kept: 'activity.open', lost: 'operations.open' }]);
	});
});

describe('the key walk', () => {
	test('screen first, then anywhere, then nowhere', () => {
		expect(walk(EMPTY_VIEW, 'r')).toBe('check.ask');
		expect(walk(EMPTY_VIEW, '2')).toBe('screen.endpoints');
		expect(walk({ ...EMPTY_VIEW, screen: 'logs' }, 'r')).toBe('ignored');
		expect(walk(EMPTY_VIEW, '%')).toBe('ignored');
	});

	test('a text field takes letters and editing keys; Enter, Esc and arrows go on', () => {
		const palette = over('palette', { text: '', cursor: 0 });
		for (const key of ['q', 'r', ':', '?', 'j', 'backspace', 'ctrl-u', 'ctrl-w', 'left'])
			expect(walk(palette, key)).toBe('type');
		expect(walk(palette, 'space', ' ')).toBe('type');
		expect(walk(palette, 'enter')).toBe('palette.accept');
		expect(walk(palette, 'esc')).toBe('view.up');
		expect(walk(palette, 'down')).toBe('row.next');
		expect(walk(palette, 'ctrl-c')).toBe('program.interrupt');
	});

	test('a panel lets nothing of the screen below through', () => {
		for (const key of ['r', '2', 't', ':', '/']) expect(walk(over('help'), key)).toBe('ignored');
		expect(walk(over('help'), 'j')).toBe('row.next');
		expect(walk(over('help'), 'q')).toBe('program.quit');
		expect(walk(over('quit'), 'y')).toBe('quit.yes');
	});

	test('a full page is a place of its own where global keys still work', () => {
		expect(walk(over('service'), 'r')).toBe('check.ask');
		expect(walk(over('service'), '+')).toBe('history.closer');
		expect(walk(over('service'), ':')).toBe('palette.open');
		expect(walk(over('operation'), 'r')).toBe('ignored');
	});

	test('a confirmation is deaf at first: what was typed ahead must not say yes', () => {
		const asked = over('confirm', null, 1_000);
		expect(walk(asked, 'y', 'y', 1_000 + DEAF_MS - 1)).toBe('ignored');
		expect(walk(asked, 'enter', '', 1_000 + DEAF_MS - 1)).toBe('ignored');
		expect(walk(asked, 'y', 'y', 1_000 + DEAF_MS)).toBe('confirm.yes');
		const typed = over('confirm', { text: '', cursor: 0 }, 1_000);
		expect(walk(typed, 'p', 'p', 1_100)).toBe('ignored');
		expect(walk(typed, 'y', 'y', 2_000)).toBe('type');
		expect(walk(asked, 'ctrl-c', '', 1_001)).toBe('program.interrupt');
	});
});

test('what a confirmation is about survives its way through the layer', () => {
	const plain = { action: actionId('api-tests'), step: null };
	const step = { action: actionId('api-tests'), step: { round: roundId(7), index: 3 } };
	expect(readLaunch(writeLaunch(plain))).toEqual(plain);
	expect(readLaunch(writeLaunch(step))).toEqual(step);
});

describe('fuzzy matching', () => {
	test('letters in order match, others do not', () => {
		expect(fuzzyMatch('dlt', 'demo: lose transactions')).not.toBeNull();
		expect(fuzzyMatch('tld', 'demo: lose transactions')).toBeNull();
		expect(fuzzyMatch('', 'anything')?.score).toBe(0);
	});
	test('a phrase beats word beginnings, which beat scattered letters', () => {
		const score = (typed: string, text: string) => fuzzyMatch(typed, text)?.score ?? Number.NEGATIVE_INFINITY;
		expect(score('lose', 'demo: lose transactions')).toBeGreaterThan(score('lose', 'close the session'));
		expect(score('re', 're-check')).toBeGreaterThan(score('re', 'operations'));
		expect(score('dt', 'drop transactions')).toBeGreaterThan(score('dt', 'identity'));
	});
	test('Chinese names match by their characters and say which', () => {
		expect(fuzzyMatch('丢失', '演示：丢失交易')?.at).toEqual([3, 4]);
		expect(fuzzyMatch('丢交', '演示：丢失交易')?.at).toEqual([3, 5]);
	});
});
