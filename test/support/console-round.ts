import type { Pty } from './pty.ts';
import type { ScreenCell } from './screen-buffer.ts';

/** What the round's screens say, as far as the tests look for it. */
export const ROUND_WORDS = {
	en: {
		plan: /▸Morning round\s+09:00/,
		begun: /Morning round\s+\d\/6 │/,
		answer: 'Your answer',
		signOff: 'Sign off: Morning round',
		mayBeSigned: 'y signs as',
		signed: 'Signed: Morning round',
	},
	'zh-CN': {
		plan: /▸早间巡检\s+09:00/,
		begun: /^ 早间巡检 \d\/6/m,
		answer: '您的答复',
		signOff: '签字：早间巡检',
		mayBeSigned: /按 y 以 .+ 签字/,
		signed: '已签字：早间巡检',
	},
} as const;
export type RoundLocale = keyof typeof ROUND_WORDS;

/** From anywhere to the begun morning round with its three automatic steps filled and the script in hand. */
export async function beginMorning(pty: Pty, locale: RoundLocale = 'en'): Promise<void> {
	const words = ROUND_WORDS[locale];
	pty.press('3');
	await pty.waitFor(words.plan);
	pty.press('enter');
	await pty.waitFor(words.begun);
	await pty.waitFor(
		(lines) => [1, 2, 3].every((step) => lines.some((line) => isStep(line, step, '✔'))),
		30_000,
	);
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 4, '○', '▸')));
}

/** The row of a step in the sheet: its mark, and whether it is the one in hand. */
export function isStep(line: string, step: number, mark: string, pointer: '▸' | ' ' | '' = ''): boolean {
	return new RegExp(`^${pointer === '' ? '[ ▸]' : pointer}${mark} {2}${step} `).test(line);
}

/** Runs the launched step in hand and waits until it is done. */
export async function launchStep(pty: Pty, step: number): Promise<string[]> {
	await pty.waitFor((lines) => lines.some((line) => isStep(line, step, '○', '▸')));
	pty.press('enter');
	return pty.waitFor((lines) => lines.some((line) => isStep(line, step, '✔')), 30_000);
}

/** Moves the cursor of the sheet down to a step. */
export async function goToStep(pty: Pty, step: number): Promise<void> {
	for (let turn = 0; turn < 6; turn++) {
		const at = pty.screen().findIndex((line) => /^▸. {2}\d /.test(line));
		const row = pty.screen()[at] ?? '';
		const present = Number(/^▸. {2}(\d) /.exec(row)?.[1] ?? 0);
		if (present === step) return;
		pty.press(present < step ? 'down' : 'up');
		await pty.waitFor((lines) => !lines.some((line) => new RegExp(`^▸. {2}${present} `).test(line)));
	}
	throw new Error(`step ${step} could not be reached:\n${pty.screen().join('\n')}`);
}

/** Opens the field of the manual step in hand and types, without confirming. */
export async function typeAnswer(pty: Pty, text: string, locale: RoundLocale = 'en'): Promise<void> {
	pty.press('space');
	await pty.waitFor(ROUND_WORDS[locale].answer);
	pty.type(text);
	await pty.waitFor(text);
}

/** What is wrong with how wide characters lie in the cells: halves, and anything beyond the last column. */
export function brokenCells(cells: readonly (readonly ScreenCell[])[]): string[] {
	return cells.flatMap((row, y) =>
		row.flatMap((cell, x) => {
			const left = row[x - 1]?.width ?? 1;
			if (cell.width === 0 && left !== 2) return [`${y}:${x} is half a character`];
			if (cell.width !== 0 && left === 2) return [`${y}:${x - 1} has lost its right half`];
			return [];
		}),
	);
}

/** Column of the cell in which a text begins, or −1. */
export function columnOf(row: readonly ScreenCell[], text: string): number {
	return row.findIndex((_, x) =>
		row
			.slice(x)
			.map((cell) => (cell.width === 0 ? '' : cell.text || ' '))
			.join('')
			.startsWith(text),
	);
}
