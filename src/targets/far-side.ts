import type { TargetPorts } from '../domain/backup-ports.ts';
import type { Fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import { bareHost, runFar, type SshOptions, sshArguments } from './ssh.ts';

/** What the far side ends with where a name is taken. */
export const NAME_TAKEN = 17;

// `ln` makes a name only where nothing stands, in one step, unless a folder stands there: that is looked at before.
const SCRIPTS = {
	ready: `set -e; umask 077; mkdir -p -- "$1"; cd -- "$1"; : > "./$2"; rm -f -- "./$2"; df -Pk .`,
	place: `cd -- "$1" || exit 1
[ "$(wc -c < "./$2" | tr -d ' ')" = "$4" ] || { echo "sent in part" >&2; exit 1; }
sync "./$2" 2>/dev/null || sync
if [ -e "./$3" ] || [ -L "./$3" ]; then exit 17; fi
ln -- "./$2" "./$3" || { if [ -e "./$3" ] || [ -L "./$3" ]; then exit 17; fi; exit 1; }
rm -f -- "./$2"; sync . 2>/dev/null || sync`,
	replace: `cd -- "$1" || exit 1
[ "$(wc -c < "./$2" | tr -d ' ')" = "$4" ] || { echo "sent in part" >&2; exit 1; }
sync "./$2" 2>/dev/null || sync
if [ -d "./$3" ] || [ -L "./$3" ]; then exit 17; fi
mv -f -- "./$2" "./$3" || exit 1
sync . 2>/dev/null || sync`,
	space: `df -Pk -- "$1"`,
	remove: `cd -- "$1" || exit 0
if [ -f "./$2" ] && [ ! -L "./$2" ]; then rm -f -- "./$2"; fi`,
} as const;

/** The text as one word for whatever shell reads it there. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Lets the far side's `sh` do what rsync has no word for; the first argument is the folder. */
export async function onFarSide(
	verb: keyof typeof SCRIPTS,
	given: readonly string[],
	options: SshOptions,
	ports: TargetPorts,
	limits: Limits,
): Promise<Result<CommandAnswer, Fault>> {
	const line = [
		'exec',
		'sh',
		'-c',
		quoted(SCRIPTS[verb].replaceAll('\n', '; ')),
		'rounds',
		...given.map(quoted),
	];
	const answer = await ports.folders.privately((cwd) =>
		runFar(
			{
				argv: [
					'ssh',
					...sshArguments(options),
					'-T',
					'-p',
					String(options.port),
					'-l',
					options.user,
					'--',
					bareHost(options),
					line.join(' '),
				],
				cwd,
			},
			ports,
			limits,
		),
	);
	return answer.ok ? answer.value : answer;
}

/** From `df -Pk`: what is left for us, in bytes; null where it cannot be told. */
export function freeBytesOf(text: string): number | null {
	const row = /\s\d+\s+\d+\s+(\d+)\s+\d+%\s/.exec(text);
	return row === null ? null : Number(row[1]) * 1024;
}
