import { Box, render, useWindowSize } from 'ink';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { InputRoot } from '../../src/ui/input.tsx';
import { createLine } from '../../src/ui/line.ts';
import { Frame, Screen } from '../../src/ui/screen.tsx';
import { createTheme } from '../../src/ui/theme.ts';
import { createTerminal, type TestTerminal } from '../support/terminal.ts';

const theme = createTheme({ colours: 'indexed', background: 'dark', glyphs: 'unicode' });
const open: { unmount(): void; terminal: TestTerminal }[] = [];
afterEach(() => {
	for (const { unmount, terminal } of open.splice(0)) {
		unmount();
		terminal.dispose();
	}
});

const start = (node: React.ReactNode, terminal: TestTerminal) => {
	const app = render(node, terminal.inkOptions);
	open.push({ unmount: app.unmount, terminal });
	return app;
};

describe('a screen on a terminal', () => {
	const Probe = ({ keys }: { keys: string[] }) => {
		const { columns, rows } = useWindowSize();
		const [body, setBody] = useState<string[]>([]);
		const take = (text: string): void => {
			keys.push(text);
			setBody((lines) => [...lines, text].slice(-5));
		};
		const top = createLine(theme, columns)
			.gap(1)
			.text('系统', 'strong')
			.right()
			.text('09:18 UTC ', 'muted')
			.end();
		return (
			<InputRoot onKey={(key) => take(key)} onPaste={(text) => take(`paste:${text}`)}>
				<Screen theme={theme} columns={columns} rows={rows} top={[top]} footer={[' q back']} body={body} />
			</InputRoot>
		);
	};

	it('fills the alternate screen and gives it back', async () => {
		const terminal = createTerminal({ columns: 40, rows: 8 });
		const app = start(<Probe keys={[]} />, terminal);
		await terminal.settled();
		expect(terminal.isAlternate).toBe(true);
		expect(terminal.cursor()).toBeUndefined();
		expect(terminal.screen()).toEqual([
			' 系统                         09:18 UTC',
			'─'.repeat(40),
			'',
			'',
			'',
			'',
			'─'.repeat(40),
			' q back',
		]);
		app.unmount();
		await app.waitUntilExit();
		await terminal.settled();
		expect(terminal.isAlternate).toBe(false);
		expect(terminal.cursor()).toBeDefined();
		expect(terminal.bytes.lastIndexOf('\x1b[?2004l')).toBeGreaterThan(
			terminal.bytes.lastIndexOf('\x1b[?2004h'),
		);
	});

	it('names keys one by one and never turns a paste into keys', async () => {
		const keys: string[] = [];
		const terminal = createTerminal({ columns: 40, rows: 10 });
		start(<Probe keys={keys} />, terminal);
		await terminal.settled();
		terminal.press(
			'jjj',
			'G',
			'enter',
			'ctrl-d',
			'up',
			'shift-tab',
			'space',
			'pgdn',
			'ctrl-left',
			'alt-x',
			'漢',
		);
		await terminal.settled();
		terminal.press('esc');
		await terminal.settled();
		terminal.paste('q\r:quit\r');
		await terminal.settled();
		expect(keys).toEqual([
			...[
				'j',
				'j',
				'j',
				'G',
				'enter',
				'ctrl-d',
				'up',
				'shift-tab',
				'space',
				'pgdn',
				'ctrl-left',
				'alt-x',
				'漢',
			],
			'esc',
			'paste:q\r:quit\r',
		]);
	});

	it('sends little for a small change and nothing for none', async () => {
		const terminal = createTerminal({ columns: 80, rows: 24 });
		start(<Probe keys={[]} />, terminal);
		await terminal.settled();
		const before = terminal.bytesWritten;
		terminal.press('j');
		await terminal.settled();
		expect(terminal.screen()[2]).toBe('j');
		expect(terminal.bytesWritten - before).toBeLessThan(20);
	});

	it('draws anew after a change of size and after redraw', async () => {
		const terminal = createTerminal({ columns: 40, rows: 8 });
		start(<Probe keys={[]} />, terminal);
		await terminal.settled();
		for (const [columns, rows] of [
			[60, 10],
			[20, 5],
			[1, 1],
			[300, 100],
			[30, 6],
		] as const) {
			terminal.resize(columns, rows);
			await terminal.settled();
		}
		expect(terminal.screen()[1]).toBe('─'.repeat(30));
		expect(terminal.screen()[5]).toBe(' q back');
		const right = terminal.screen();
		terminal.display.redraw();
		await terminal.settled();
		expect(terminal.screen()).toEqual(right);
	});

	it('keeps only the newest frame while the terminal takes nothing', async () => {
		const terminal = createTerminal({ columns: 40, rows: 8 });
		const keys: string[] = [];
		start(<Probe keys={keys} />, terminal);
		await terminal.settled();
		const { framesSent } = terminal.display;
		terminal.stall(true);
		for (let count = 0; count < 20; count++) {
			terminal.press(String(count % 10));
			await terminal.settled();
		}
		terminal.stall(false);
		await terminal.settled();
		expect(keys).toHaveLength(20);
		expect(terminal.screen().slice(2, 6)).toEqual(['5', '6', '7', '8']);
		expect(terminal.display.framesSent - framesSent).toBeLessThanOrEqual(3);
	});

	it('shows the cursor where a field wants it', async () => {
		const terminal = createTerminal({ columns: 20, rows: 4 });
		start(
			<Box>
				<Frame lines={['one', '名字', '', '']} columns={20} cursor={{ x: 4, y: 1 }} />
			</Box>,
			terminal,
		);
		await terminal.settled();
		expect(terminal.cursor()).toBeUndefined();
		terminal.display.setCursor({ x: 4, y: 1 });
		await terminal.settled();
		expect(terminal.cursor()).toEqual({ x: 4, y: 1 });
	});
});
