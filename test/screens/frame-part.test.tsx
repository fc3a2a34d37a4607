import { render } from 'ink-testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { Frame } from '../../src/ui/screen.tsx';

const opened: { unmount(): void }[] = [];
const draw = (lines: readonly string[], columns: number) => {
	const instance = render(<Frame lines={lines} columns={columns} />);
	opened.push(instance);
	return instance;
};

afterEach(() => {
	for (const instance of opened.splice(0)) instance.unmount();
});

describe('a frame', () => {
	it('draws every line as it was made, colours and wide characters included', () => {
		const { lastFrame } = draw(['plain', '\u001b[31mred\u001b[39m', '健康 ok'], 20);
		const lines = (lastFrame() ?? '').split('\n').map((line) => line.trimEnd());
		expect(lines[0]).toBe('plain');
		expect(lines[1]).toContain('red');
		expect(lines[2]).toBe('健康 ok');
	});

	it('never lets a line run into the next', () => {
		const { lastFrame } = draw(['x'.repeat(30), 'next'], 10);
		const lines = (lastFrame() ?? '').split('\n');
		expect(lines).toHaveLength(2);
		expect(lines[1]).toContain('next');
	});

	it('follows the newest lines', () => {
		const { lastFrame, rerender } = draw(['one', 'two'], 10);
		rerender(<Frame lines={['one', 'three']} columns={10} />);
		expect(lastFrame()).toContain('three');
		expect(lastFrame()).not.toContain('two');
	});
});
