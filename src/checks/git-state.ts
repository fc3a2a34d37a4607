import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { fault } from '../domain/fault.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { askCommand } from './ask-command.ts';
import { countSample } from './samples.ts';

/** A working tree may name programs that git starts by itself, and reading it must not write to it: both are turned off. */
export function gitQuestion(folder: string): readonly string[] {
	return [
		'git',
		'--no-optional-locks',
		'-c',
		'core.fsmonitor=false',
		'-C',
		folder,
		'status',
		'--porcelain=v2',
		'--branch',
		'--untracked-files=normal',
	];
}

/** Samples of the working tree in a folder. Faults: `object-missing` (no repository), those of the command. */
export async function askGit(
	folder: string,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Record<string, Samples[string]>, ProbeFault>> {
	const answer = await askCommand(
		{
			argv: gitQuestion(folder),
			explain: ({ stderr }) =>
				/not a git repository/i.test(stderr)
					? err(fault('object-missing', { what: 'repository', name: clean(folder, { max: 200 }) }))
					: null,
		},
		ports,
		context,
	);
	return answer.ok ? ok(readGit(answer.value.stdout)) : answer;
}

/**
 * `git status --porcelain=v2 --branch`. `ahead` and `behind` are against what was last fetched, and absent without an
 * upstream; `branch` is empty when none is checked out.
 */
export function readGit(stdout: string): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = {};
	let dirty = 0;
	let untracked = 0;
	for (const line of stdout.split('\n')) {
		const [, name, value = ''] = /^# branch\.(\w+) (.*)$/.exec(line) ?? [];
		if (name === 'oid') samples['commit'] = clean(value === '(initial)' ? '' : value.slice(0, 12));
		if (name === 'head') samples['branch'] = clean(value === '(detached)' ? '' : value, { max: 200 });
		const [, ahead, behind] = (name === 'ab' && /^\+(\d+) -(\d+)$/.exec(value)) || [];
		if (ahead !== undefined && behind !== undefined) {
			samples['ahead'] = countSample(Number(ahead));
			samples['behind'] = countSample(Number(behind));
		}
		if (/^[12u] /.test(line)) dirty++;
		if (line.startsWith('? ')) untracked++;
	}
	samples['dirty'] = countSample(dirty);
	samples['untracked'] = countSample(untracked);
	return samples;
}
