import { appendFileSync } from 'node:fs';
import { createDisplay } from '../../src/ui/display.ts';
import { createKeyboard } from '../../src/ui/keyboard.ts';
import { createTtyOutput } from '../../src/ui/tty-output.ts';

// A program for the pseudo-terminal tests: draws a wholly different screen at every turn and notes each turn in a file.
const notes = process.argv[2]!;
const timers = {
	after(ms: number, run: () => void) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};
const display = createDisplay(createTtyOutput(process.stdout as never), timers);
const keyboard = createKeyboard(process.stdin, timers, () => display.acknowledge());
keyboard.start();
display.enter();
let turn = 0;
const draw = (): void => {
	turn++;
	const letter = String.fromCharCode(97 + (turn % 26));
	const lines = Array.from({ length: process.stdout.rows }, () => letter.repeat(process.stdout.columns));
	display.show([`turn ${turn} end`, ...lines.slice(1)]);
	appendFileSync(notes, `${turn}\n`);
};
const timer = setInterval(draw, 10);
const end = (): void => {
	clearInterval(timer);
	display.leave();
	keyboard.stop();
	process.stdout.write(`bye after ${display.framesSent} frames of ${turn}\n`);
	setImmediate(() => process.exit(0));
};
keyboard.stdin.on('readable', () => {
	if (keyboard.stdin.read()?.toString().includes('q')) end();
});
process.on('SIGTERM', end);
process.on('SIGHUP', () => {
	clearInterval(timer);
	display.leave();
	appendFileSync(notes, `gone ${display.isGone}\n`);
	process.exit(0);
});
