import type { FolderEntry, TargetPorts } from '../domain/backup-ports.ts';
import { bracketed, isFarName, type SshOptions, sshArguments } from './ssh.ts';

const TELL_EVERY_MS = 100;

type Place = { readonly far: string } | { readonly local: string };

/** rsync splits what stands behind `-e` at spaces, and takes a quote in quotes for its end. */
function sshCommand(options: SshOptions): string {
	const words = ['ssh', ...sshArguments(options), '-p', String(options.port)];
	return words.map((word) => (/[\s"]/.test(word) ? `'${word}'` : word)).join(' ');
}

/** `--secluded-args`: names reach the far side without its shell having a look at them. */
export function rsyncArguments(
	options: SshOptions,
	flags: readonly string[],
	places: readonly Place[],
): readonly string[] {
	return [
		'rsync',
		'--secluded-args',
		'--no-human-readable',
		'--8-bit-output',
		'--timeout=60',
		'--info=progress2',
		'--outbuf=L',
		...flags,
		'-e',
		sshCommand(options),
		'--',
		...places.map((place) =>
			'local' in place ? place.local : `${options.user}@${bracketed(options)}:${place.far}`,
		),
	];
}

/** The first number of each line of `progress2` is how many bytes have gone over. */
export function watchTotal(onBytes: (done: number) => void, ports: TargetPorts) {
	let last = ports.clock.monotonic();
	return (stream: 'out' | 'err', text: string) => {
		const now = ports.clock.monotonic();
		if (stream === 'err' || now - last < TELL_EVERY_MS) return;
		const done = [...text.matchAll(/(\d[\d,]*) +\d+%/g)].at(-1)?.[1];
		if (done === undefined) return;
		last = now;
		onBytes(Number(done.replaceAll(',', '')));
	};
}

const LINE = /^(.)\S{9}\S?\s+([\d,]+) (\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) (.*)$/;
const KINDS: Readonly<Record<string, FolderEntry['kind']>> = { '-': 'file', d: 'folder', l: 'link' };

/** What `--list-only` printed in UTC, sorted by name. */
export function readRsyncListing(text: string): readonly FolderEntry[] {
	const entries: FolderEntry[] = [];
	for (const line of text.split('\n')) {
		const [, letter = '', bytes = '', year, month, day, time, written = ''] = LINE.exec(line) ?? [];
		const kind = KINDS[letter] ?? 'other';
		const name = kind === 'link' ? (written.split(' -> ')[0] ?? '') : written;
		// Names that no copy of ours can have are not ours to touch.
		if (!isFarName(name)) continue;
		entries.push({
			name,
			kind,
			bytes: Number(bytes.replaceAll(',', '')),
			modifiedAt: Date.parse(`${year}-${month}-${day}T${time}Z`) || 0,
		});
	}
	return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}
