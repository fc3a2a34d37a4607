import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { readKeys } from '../../src/ui/input.tsx';
import { createKeyboard } from '../../src/ui/keyboard.ts';

const open = () => {
	const due = new Map<() => void, number>();
	const source = Object.assign(new EventEmitter(), {
		isTTY: true,
		modes: [] as boolean[],
		isPaused: false,
		setRawMode(isRaw: boolean) {
			source.modes.push(isRaw);
		},
		setEncoding: () => {},
		resume: () => {
			source.isPaused = false;
		},
		pause: () => {
			source.isPaused = true;
		},
	});
	let replies = 0;
	const keyboard = createKeyboard(
		source as unknown as NodeJS.ReadStream,
		{
			after(ms, run) {
				due.set(run, ms);
				return () => due.delete(run);
			},
		},
		() => replies++,
	);
	const read: string[] = [];
	keyboard.stdin.on('readable', () => {
		for (let chunk = keyboard.stdin.read(); chunk !== null; chunk = keyboard.stdin.read())
			read.push(chunk as string);
	});
	keyboard.start();
	return {
		keyboard,
		source,
		read,
		type: (text: string) => source.emit('data', text),
		pass: () => {
			for (const run of [...due.keys()]) {
				due.delete(run);
				run();
			}
		},
		replies: () => replies,
	};
};

describe('the keyboard', () => {
	it('hands typed bytes on', () => {
		const { type, read } = open();
		type('jjj');
		type('\x1b[A');
		expect(read).toEqual(['jjj', '\x1b[A']);
	});

	it('joins a sequence that came in two pieces and drops one that never ends', () => {
		const { type, read, pass } = open();
		type('a\x1b[');
		type('5~b');
		type('\x1b[1;');
		pass();
		type('c');
		expect(read).toEqual(['a', '\x1b[5~b', 'c']);
	});

	it('takes a lone Esc for the key when nothing follows', () => {
		const { type, read, pass } = open();
		type('\x1b');
		expect(read).toEqual([]);
		pass();
		expect(read).toEqual(['\x1b[27u']);
		type('\x1b');
		type('[B');
		expect(read).toEqual(['\x1b[27u', '\x1b[B']);
	});

	it('takes out the answers to the display', () => {
		const { type, read, replies } = open();
		type('x\x1b[0ny');
		expect(read).toEqual(['xy']);
		expect(replies()).toBe(1);
	});

	it('keeps a paste together, however it is cut', () => {
		const text = '\x1b[200~q\r:quit\r\x1b[0n\x1b[201~';
		for (let at = 1; at < text.length; at++) {
			const { type, read, pass } = open();
			type(text.slice(0, at));
			type(text.slice(at));
			pass();
			type('j');
			const all = read.join('');
			expect(all).toBe(`${text}j`);
			expect(read.some((chunk) => chunk === text)).toBe(true);
		}
	});

	it('ends a paste whose end never comes, so that keys work again', () => {
		const { type, read, pass } = open();
		type('\x1b[200~half of it');
		expect(read).toEqual([]);
		pass();
		type('j');
		expect(read).toEqual(['\x1b[200~half of it\x1b[201~', 'j']);
	});

	it('bounds a paste', () => {
		const { type, read } = open();
		type('\x1b[200~');
		for (let count = 0; count < 40; count++) type('x'.repeat(65_536));
		type('\x1b[201~j');
		expect(read[0]!.length).toBeLessThanOrEqual(1_048_576 + 12);
		expect(read[1]).toBe('j');
	});

	it('leaves the terminal to somebody else when stopped', () => {
		const { keyboard, source, type, read } = open();
		keyboard.stop();
		expect(source.isPaused).toBe(true);
		type('j');
		expect(read).toEqual([]);
		expect(source.modes).toEqual([true, false]);
	});
});

describe('key names', () => {
	it.each([
		['j', {}, ['j']],
		['jjG', {}, ['j', 'j', 'G']],
		[' ', {}, ['space']],
		['ab\r', {}, ['a', 'b', 'enter']],
		['d', { ctrl: true }, ['ctrl-d']],
		[' ', { ctrl: true }, ['ctrl-space']],
		['x', { meta: true }, ['alt-x']],
		['X', { meta: true, shift: true }, ['alt-X']],
		['', { tab: true, shift: true }, ['shift-tab']],
		['', { upArrow: true, ctrl: true }, ['ctrl-up']],
		['', { escape: true, meta: true }, ['esc']],
		['', {}, []],
		['e\u0301记', {}, ['e\u0301', '记']],
		['\x0c', {}, ['ctrl-l']],
	])('of %j with %j', (input, flags, keys) => {
		expect(readKeys(input, flags).map(({ key }) => key)).toEqual(keys);
	});

	it('say what a key types', () => {
		expect(readKeys(' a', {}).map(({ text }) => text)).toEqual([' ', 'a']);
		expect(readKeys('', { return: true })[0]!.text).toBe('');
	});
});
