import { join } from 'node:path';
import type { Books } from './database.ts';
import { replaceFile } from './folder.ts';
import type { GrowingLogs } from './growing-logs.ts';
import { LAYOUT } from './layout.ts';
import type { Listener } from './listener.ts';
import { DROPPED_ORIGIN, ORIGINS } from './origins.ts';
import { writeCorsConfig } from './shipped-files.ts';
import { isTroubleName, TROUBLES, type TroubleName, type TroubleSwitches } from './troubles.ts';

/** What switching a trouble can touch. */
export type SwitchboardParts = {
	troubles: TroubleSwitches;
	books: Books;
	logs: GrowingLogs;
	accounting: Listener;
	mcp: Listener;
	dir: string;
};

export type Switchboard = {
	/** `NAME on|off|toggle|state` or `all-well`; one at a time, in the order they came. */
	answer(words: readonly string[]): Promise<{ ok: boolean; text: string }>;
	close(): void;
};

const BURST_TRACES = 5;
const BURST_EVERY_MS = 10_000;

export function createSwitchboard(parts: SwitchboardParts): Switchboard {
	const { troubles, books, logs, accounting, mcp, dir } = parts;
	let burst: ReturnType<typeof setInterval> | undefined;
	let last: Promise<unknown> = Promise.resolve();

	/** What has to happen besides the switch itself, which services read at every request. */
	const effects: Partial<Record<TroubleName, (on: boolean) => Promise<void> | void>> = {
		'stop-mcp': (on) => (on ? mcp.close() : mcp.reopen()),
		'lose-transactions': (on) => (on ? books.loseTransactions() : books.restoreTransactions()),
		'cors-dropped': (on) => {
			const kept = on ? ORIGINS.filter((origin) => origin !== DROPPED_ORIGIN) : ORIGINS;
			replaceFile(join(dir, LAYOUT.cors), writeCorsConfig(kept));
		},
		'error-burst': (on) => {
			clearInterval(burst);
			if (!on) return;
			for (let count = 0; count < BURST_TRACES; count += 1) logs.trace();
			burst = setInterval(() => logs.trace(), BURST_EVERY_MS);
		},
		// Nobody will ever answer what hangs, so its connections end with the trouble.
		hang: (on) => (on ? undefined : accounting.cut()),
	};

	const turn = async (name: TroubleName, on: boolean): Promise<void> => {
		if (troubles[name] === on) return;
		await effects[name]?.(on);
		troubles[name] = on;
	};

	/** One that cannot be ended must not keep the others going. */
	const endAll = async (): Promise<{ ok: boolean; text: string }> => {
		const stuck: string[] = [];
		for (const { name } of TROUBLES) {
			await turn(name, false).catch((error: Error) =>
				stuck.push(`${name} (${error.message.split('\n')[0]})`),
			);
		}
		if (stuck.length === 0) return { ok: true, text: 'all well: every trouble is off' };
		return { ok: false, text: `could not be switched off: ${stuck.join(', ')}` };
	};

	const answer = async ([name = '', order = 'toggle']: readonly string[]): Promise<{
		ok: boolean;
		text: string;
	}> => {
		try {
			if (name === 'all-well') {
				return await endAll();
			}
			if (!isTroubleName(name)) {
				return {
					ok: false,
					text: `no such trouble; there are ${TROUBLES.map((known) => known.name).join(', ')}`,
				};
			}
			if (order === 'on' || order === 'off') await turn(name, order === 'on');
			else if (order === 'toggle') await turn(name, !troubles[name]);
			else if (order !== 'state') return { ok: false, text: 'say on, off, toggle or state' };
			const { seen } = TROUBLES.find((trouble) => trouble.name === name)!;
			return { ok: true, text: troubles[name] ? `${name} is on: ${seen}` : `${name} is off` };
		} catch (error) {
			return { ok: false, text: `${name} could not be switched: ${(error as Error).message.split('\n')[0]}` };
		}
	};

	return {
		answer: (words) => {
			const next = last.then(() => answer(words));
			last = next;
			return next;
		},
		close: () => clearInterval(burst),
	};
}
