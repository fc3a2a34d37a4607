import { join } from 'node:path';
import type { FolderEntry, TargetPorts } from '../domain/backup-ports.ts';
import type { Fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import { bracketed, isFarName, runFar, type SshOptions, sshArguments } from './ssh.ts';

const TELL_EVERY_MS = 100;

/** Whether it can stand in quotes in a batch: there `"`, `\` and patterns have meanings of their own. */
export function isLocalPath(path: string): boolean {
	return !/[\u0000-\u001f\u007f"'\\*?[\]]/.test(path);
}

/** Lines for `sftp -b`, which stops at the first that fails. `onBytes` tells how far sending or fetching is. */
export async function runBatch(
	options: SshOptions,
	lines: readonly string[],
	ports: TargetPorts,
	limits: Limits,
	onBytes?: (done: number) => void,
): Promise<Result<CommandAnswer, Fault>> {
	const answer = await ports.folders.privately(async (folder) => {
		const file = join(folder, 'batch');
		const wrote = await ports.folders.write(file, `${lines.join('\n')}\n`);
		if (!wrote.ok) return wrote;
		const argv = [
			'sftp',
			// A batch never shows how far it is; what it says of each block it sends does.
			...(onBytes === undefined ? [] : ['-v', '-v', '-v']),
			...sshArguments(options),
			'-P',
			String(options.port),
			'-b',
			file,
			`${options.user}@${bracketed(options)}`,
		];
		const onOutput = onBytes === undefined ? undefined : watchBlocks(onBytes, ports);
		return runFar({ argv, cwd: folder, ...(onOutput === undefined ? {} : { onOutput }) }, ports, limits);
	});
	return answer.ok ? answer.value : answer;
}

function watchBlocks(onBytes: (done: number) => void, ports: TargetPorts) {
	let last = ports.clock.monotonic();
	let rest = '';
	return (_stream: 'out' | 'err', text: string) => {
		const whole = rest + text;
		const end = whole.lastIndexOf('\n');
		rest = whole.slice(end + 1).slice(-1024);
		const now = ports.clock.monotonic();
		if (now - last < TELL_EVERY_MS) return;
		const blocks = [
			...whole
				.slice(0, end + 1)
				.matchAll(/^debug3: (?:Sent message SSH2_FXP_WRITE I:\d+ O:|Received data )(\d+)/gm),
		];
		const offset = blocks.at(-1)?.[1];
		if (offset === undefined) return;
		last = now;
		onBytes(Number(offset));
	};
}

const LINE = /^(.)\S{9}\S?\s+\S+\s+.*?\s(\d+) ([A-Z][a-z]{2} [ \d]\d [ \d:]{5}) (.*)$/;
const KINDS: Readonly<Record<string, FolderEntry['kind']>> = { '-': 'file', d: 'folder', l: 'link' };

/** What `ls -lan` printed in UTC; times of this half year come without a year, older ones without a time. Sorted by name. */
export function readListing(text: string, now: number): readonly FolderEntry[] {
	const entries: FolderEntry[] = [];
	for (const line of text.split('\n')) {
		const [, letter = '', bytes = '', time = '', name = ''] = LINE.exec(line) ?? [];
		// Names that no copy of ours can have are not ours to touch.
		if (!isFarName(name)) continue;
		entries.push({
			name,
			kind: KINDS[letter] ?? 'other',
			bytes: Number(bytes),
			modifiedAt: readTime(time, now),
		});
	}
	return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function readTime(text: string, now: number): number {
	const [month = '', day = '', rest = ''] = text.split(/ +/);
	if (!rest.includes(':')) return Date.parse(`${day} ${month} ${rest} 00:00 UTC`) || 0;
	const year = new Date(now).getUTCFullYear();
	const at = Date.parse(`${day} ${month} ${year} ${rest} UTC`);
	const isAhead = at > now + 86_400_000;
	return (isAhead ? Date.parse(`${day} ${month} ${year - 1} ${rest} UTC`) : at) || 0;
}

/** From `df`: its third number are the blocks of 1 KiB that are left for us; null where the server cannot tell. */
export function freeBytesIn(text: string): number | null {
	const row = /^\s*\d+\s+\d+\s+(\d+)\s+\d+\s+\d+%/m.exec(text);
	return row === null ? null : Number(row[1]) * 1024;
}
