import type { Pty } from '../../test/support/pty.ts';
import type { Ground } from './colours.ts';

/** One console, opened and walked through; `take` draws what its screen shows at that moment. */
export interface Scene {
	readonly lang: 'en' | 'zh-CN';
	readonly ground: Ground;
	readonly columns: number;
	readonly rows: number;
	walk(pty: Pty, take: (name: string, title: string) => Promise<void>): Promise<void>;
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks everything again and again, so that the trends have something to draw. */
const askOften = async (pty: Pty, times: number): Promise<void> => {
	for (let turn = 0; turn < times; turn += 1) {
		pty.press('R');
		await rest(260);
	}
	await rest(1_500);
};

const press = async (pty: Pty, ...keys: string[]): Promise<void> => {
	for (const key of keys) {
		pty.press(key);
		await rest(450);
	}
};

/** All scenes share one demo and follow each other: the first switches the trouble on, and it stays on. */
export const SCENES: readonly Scene[] = [
	{
		lang: 'en',
		ground: 'dark',
		columns: 120,
		rows: 30,
		async walk(pty, take) {
			await pty.waitFor('polling');
			await askOften(pty, 45);
			// The share of the day is counted once a minute; the first seconds of a new system are nobody's measure.
			await pty.waitFor((screen) => !screen.some((line) => /(?<!\d)0\.00 %/.test(line)), 90_000);
			// A copy from before the loss, proven by a drill: it is restored at the end.
			await press(pty, '4', 'B');
			await pty.waitFor(/Database .*4 MiB/, 30_000);
			await press(pty, 'D');
			await pty.waitFor(/Database .*\d{4}-\d{2}-\d{2}/, 30_000);
			await press(pty, '1', ':', 'demo:');
			await take('palette', 'The palette with the demo’s troubles');
			await press(pty, ' lose', 'enter');
			await pty.waitFor('48,609 transactions become 1,960');
			await press(pty, 'esc');
			// Confirmed after three equal verdicts.
			await pty.waitFor(/✖ critical(?! \d)/, 60_000);
			await rest(6_000);
			await take('health', 'Health: the lost transactions are caught, 48,609 → 1,960');
			pty.resize(120, 40);
			await press(pty, '2');
			await pty.waitFor('−46,649');
			await rest(1_000);
			await take('endpoints', 'Endpoints: every value beside the last signed one');
			pty.resize(120, 30);
			await press(pty, '3', 'enter');
			await pty.waitFor('API test script 8/8');
			await rest(2_500);
			await press(pty, 'k', 'k');
			await take('round', 'Round: the sheet, and the step in hand with its evidence');
			await press(pty, 'G', 'k', 'k', 'enter');
			await pty.waitFor('8/8 ', 30_000);
			await rest(2_500);
			await press(pty, 'g', 'j', 'j', 'j', 'j', 'space', 'None since the last signed round.', 'enter');
			await press(pty, 'G', 'enter');
			await rest(2_500);
			await press(pty, 'S');
			await rest(1_000);
			await take('sign-off', 'Sign-off: the whole round on one page');
			await press(pty, 'y');
			await rest(1_500);
			await press(pty, 'esc', ':', 'error burst', 'enter', 'esc', '5');
			await rest(4_000);
			await press(pty, 'E', 'E');
			await rest(1_000);
			await take('logs', 'Logs: several files merged by time');
			pty.resize(120, 40);
			await press(pty, '4', 'T');
			await rest(1_500);
			await press(pty, 'enter');
			await pty.waitFor('IN THE COPY', 30_000);
			await rest(1_000);
			await take('restore', 'Restore: what it replaces, and what is lost, before anybody agrees');
			await press(pty, 'esc', 'esc');
			pty.resize(120, 30);
			await rest(1_500);
			await take('backups', 'Backups: when, how large, and when it was last proven');
		},
	},
	{
		lang: 'en',
		ground: 'light',
		columns: 120,
		rows: 30,
		async walk(pty, take) {
			await pty.waitFor('✖ critical', 30_000);
			await rest(12_000);
			await take('health-light', 'Health on a light terminal');
		},
	},
	{
		lang: 'zh-CN',
		ground: 'dark',
		columns: 120,
		rows: 30,
		async walk(pty, take) {
			await pty.waitFor('48,609', 30_000);
			await rest(6_000);
			await take('health-zh', '健康：丢失的交易已被发现，48,609 → 1,960');
		},
	},
];
