import { answerBackups, type BackupWorld, backupEvents } from './fake-backups.ts';
import { type OpenedConsole, type OpenedOptions, openForTest } from './opened.ts';

/** The console on a fake engine with backup plans, screen 4 open. */
export async function openBackups(
	backups: BackupWorld = {},
	options: OpenedOptions = {},
): Promise<OpenedConsole> {
	const more = [...backupEvents(backups, options), ...(options.more ?? [])];
	const opened = await openForTest({ ...options, more });
	answerBackups(opened.engine, backups);
	await opened.press('4');
	return opened;
}

/** What was started, in order. */
export function startedIn({ engine }: OpenedConsole): readonly unknown[] {
	return engine.sent.filter((sent) => sent.name === 'operation.start').map((sent) => sent.input);
}

/** The first line that holds a text. */
export function lineIn({ terminal }: OpenedConsole, text: string): string {
	return terminal.screen().find((line) => line.includes(text)) ?? `(no line with ${text})`;
}

/** The selected row. */
export function selectedIn({ terminal }: OpenedConsole): string {
	return terminal.screen().find((line) => line.startsWith('▸')) ?? '(no selected row)';
}
