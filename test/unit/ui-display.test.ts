import { describe, expect, it } from 'vitest';
import { createDisplay } from '../../src/ui/display.ts';
import type { DisplayOutput } from '../../src/ui/display-output.ts';

const open = (options: { takes?: number } = {}) => {
	const due: { readonly ms: number; readonly run: () => void }[] = [];
	const listeners: (() => void)[] = [];
	const terminal = {
		text: '',
		/** Bytes it takes at the next write. */
		takes: options.takes ?? Number.POSITIVE_INFINITY,
		isBroken: false,
		slept: 0,
		columns: 80,
		rows: 24,
	};
	const output: DisplayOutput = {
		get columns() {
			return terminal.columns;
		},
		get rows() {
			return terminal.rows;
		},
		write(bytes) {
			if (terminal.isBroken) throw new Error('EIO');
			const taken = Math.min(bytes.length, terminal.takes);
			terminal.text += new TextDecoder().decode(bytes.subarray(0, taken));
			return taken;
		},
		sleep(ms) {
			terminal.slept += ms;
		},
		onResize(listener) {
			listeners.push(listener);
			return () => {};
		},
	};
	const display = createDisplay(output, {
		after(ms, run) {
			const entry = { ms, run };
			due.push(entry);
			return () => {
				if (due.includes(entry)) due.splice(due.indexOf(entry), 1);
			};
		},
	});
	return {
		display,
		terminal,
		due,
		/** Lets the timers of exactly `ms` run. */
		pass(ms: number) {
			for (const entry of due.filter((each) => each.ms === ms)) {
				due.splice(due.indexOf(entry), 1);
				entry.run();
			}
		},
		resize() {
			for (const listener of listeners) listener();
		},
		/** What was written since the last call. */
		taken() {
			const { text } = terminal;
			terminal.text = '';
			return text;
		},
	};
};

const full = (letter: string): string[] => Array.from({ length: 24 }, () => letter.repeat(80));
const ASK = '\x1b[5n';

describe('the display', () => {
	it('draws nothing before it has the terminal, and the newest frame then', () => {
		const { display, taken } = open();
		display.show(['one']);
		display.show(['two']);
		expect(taken()).toBe('');
		display.enter();
		expect(taken()).toMatch(/^\r\x1b\[K\x1b\[\?1049h.*two$/s);
	});

	it('writes an unchanged frame never and a changed one once', () => {
		const { display, taken } = open();
		display.enter();
		display.show(['value 1']);
		taken();
		display.show(['value 1']);
		expect(taken()).toBe('');
		display.show(['value 2']);
		expect(taken()).toBe('\r\x1b[6C2');
	});

	it('asks after a large frame and holds the next until the answer', () => {
		const { display, taken } = open();
		display.enter();
		display.show(full('a'));
		expect(taken().endsWith(ASK)).toBe(true);
		display.show(full('b'));
		display.show(full('c'));
		expect(taken()).toBe('');
		display.acknowledge();
		const next = taken();
		expect(next).toContain('cccc');
		expect(next).not.toContain('bbbb');
	});

	it('stops asking a terminal that does not answer, and asks again when it does after all', () => {
		const { display, taken, pass } = open();
		display.enter();
		display.show(full('a'));
		display.show(full('b'));
		taken();
		pass(500);
		expect(taken()).not.toContain(ASK);
		display.show(full('c'));
		expect(taken()).not.toContain(ASK);
		display.acknowledge();
		display.show(full('d'));
		expect(taken()).toContain(ASK);
	});

	it('is not silent for ever when an answer was lost', () => {
		const { display, taken, pass } = open();
		display.enter();
		display.show(full('a'));
		display.acknowledge();
		display.show(full('b'));
		display.show(full('c'));
		taken();
		pass(10_000);
		expect(taken()).toContain('cccc');
	});

	it('finishes a frame that was taken in part before it sends the newest', () => {
		const { display, terminal, taken, pass } = open();
		display.enter();
		display.show(['']);
		taken();
		terminal.takes = 10;
		display.show(['first frame']);
		display.show(['never seen']);
		display.show(['newest one']);
		terminal.takes = Number.POSITIVE_INFINITY;
		pass(20);
		const text = taken();
		expect(text.startsWith('first fram')).toBe(false);
		expect(text).toContain('newest one');
		expect(text).not.toContain('never');
	});

	it('gives a stalled terminal back within a second, cutting what was half sent', () => {
		const { display, terminal, taken } = open();
		display.enter();
		terminal.takes = 0;
		display.show(full('a'));
		display.leave();
		expect(terminal.slept).toBeGreaterThan(0);
		expect(terminal.slept).toBeLessThanOrEqual(1_000);
		const late = open();
		late.display.enter();
		late.terminal.takes = 5;
		late.display.show(full('a'));
		late.taken();
		late.terminal.takes = Number.POSITIVE_INFINITY;
		late.display.leave();
		expect(late.taken()).toBe('\x18\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l');
		late.display.leave();
		expect(late.taken()).toBe('');
		expect(taken()).not.toContain('1049l');
	});

	it('says nothing more to a terminal that is gone', async () => {
		const { display, terminal, due } = open();
		display.enter();
		terminal.isBroken = true;
		display.show(full('a'));
		expect(display.isGone).toBe(true);
		display.show(full('b'));
		display.leave();
		await display.drained();
		expect(due).toEqual([]);
	});

	it('asks nothing more on the way out, until it is entered anew', async () => {
		const { display, taken } = open();
		display.enter();
		display.show(full('a'));
		expect(taken()).toContain(ASK);
		display.acknowledge();
		await display.drained(true);
		display.show(full('b'));
		expect(taken()).not.toContain(ASK);
		display.leave();
		display.enter();
		display.show(full('c'));
		expect(taken()).toContain(ASK);
	});

	it('draws everything again on redraw and after a change of size', () => {
		const { display, terminal, taken, resize } = open();
		display.enter();
		display.show(['one', 'two']);
		taken();
		display.redraw();
		expect(taken()).toMatch(/\x1b\[2J.*one.*two/s);
		terminal.columns = 2;
		resize();
		expect(taken()).toMatch(/\x1b\[2J.*on\r\ntw$/s);
	});

	it('reads what Ink writes: frames after their erasing, modes, and the two screens', () => {
		const { display, taken } = open();
		const { stdout } = display;
		stdout.write('\x1b[?1049h');
		stdout.write('\x1b[?25l');
		stdout.write('\x1b[?2026h');
		stdout.write('one\ntwo');
		expect(taken()).toMatch(/one\r\ntwo$/);
		stdout.write('\x1b[2K\x1b[1A\x1b[2K\x1b[Gone\ntwe');
		expect(taken()).toMatch(/e$/);
		stdout.write('\x1b[?2004h');
		expect(taken()).toBe('\x1b[?2004h');
		stdout.write('\x1b[?1049l');
		expect(taken()).toContain('\x1b[?1049l');
	});

	it('calls back when what was written is sent', async () => {
		const { display, terminal, pass } = open();
		display.enter();
		terminal.takes = 3;
		display.show(full('a'));
		let isDone = false;
		display.stdout.write('', () => {
			isDone = true;
		});
		await Promise.resolve();
		expect(isDone).toBe(false);
		terminal.takes = Number.POSITIVE_INFINITY;
		pass(20);
		display.acknowledge();
		await display.drained();
		await Promise.resolve();
		expect(isDone).toBe(true);
	});

	it('shows the cursor where it is wanted and hides it again', () => {
		const { display, taken } = open();
		display.enter();
		display.show(['name: x']);
		taken();
		display.setCursor({ x: 6, y: 0 });
		expect(taken()).toBe('\x1b[1;7H\x1b[?25h');
		display.show(['name: xy']);
		expect(taken()).toMatch(/y\x1b\[1;7H\x1b\[\?25h$/);
		display.setCursor(undefined);
		expect(taken()).toBe('\x1b[?25l');
	});
});
