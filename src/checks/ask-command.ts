import type { ProbeContext, ProbeFault } from '../domain/check.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

/** More than any answer about one thing is; what is longer is refused, since its beginning would be lost. */
const ANSWER_LIMIT = 4 * 1024 * 1024;
const NOT_ALLOWED = /permission denied|access denied|interactive authentication required|\(Forbidden\)/i;

interface Question {
	readonly argv: readonly string[];
	readonly cwd?: string;
	/** What an exit other than 0 means when it is not trouble: null leaves the choice to the rules below. */
	explain?(answer: CommandAnswer): Result<CommandAnswer, Fault> | null;
}

/**
 * Asks one of the machine's own commands, in plain English and UTC so that its answer reads the same everywhere. Faults:
 * `command-missing`, `no-permission`, `timeout`, `exit-by-signal`, `body-too-large`, and `command-failed` {command, exit,
 * message} when it ended with another code than 0.
 */
export async function askCommand(
	question: Question,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<CommandAnswer, ProbeFault>> {
	const { argv, cwd = '/', explain } = question;
	const command = clean(argv[0] ?? '', { max: 80 });
	const answer = await ports.processes.run(
		{ argv, cwd, env: { LC_ALL: 'C', TZ: 'UTC' }, outputLimit: ANSWER_LIMIT },
		context,
	);
	if (!answer.ok) return answer;
	const { exit, signal, stderr, stdout, truncated } = answer.value;
	if (exit === null) return err(fault('exit-by-signal', { signal: signal ?? 'KILL', command }));
	if (truncated) return err(fault('body-too-large', { limitBytes: ANSWER_LIMIT }));
	if (exit === 0) return ok(answer.value);
	const meant = explain?.(answer.value) ?? null;
	if (meant !== null) return meant;
	if (NOT_ALLOWED.test(stderr)) return err(fault('no-permission', { command }));
	const message = clean(firstSentence(stderr) || firstSentence(stdout), { max: 120 });
	return err(fault('command-failed', { command, exit, ...(message === '' ? {} : { message }) }));
}

/** What happened; before it some print their own log (kubectl) and warnings (npm), after it advice for a terminal. */
function firstSentence(text: string): string {
	const lines = text.split('\n').map((line) => line.trim());
	const said = lines.find((line) => line !== '' && !/^([EWIF]\d{4} \d\d:|npm warn )/i.test(line));
	return (said ?? '').split(/\. Is | - did you /)[0] ?? '';
}

/** What the detail view shows of such a question. */
export function commandTranscript(argv: readonly string[], response: readonly string[]) {
	return {
		request: [clean(argv.join(' '), { max: 1024 })],
		response: response.map((line) => clean(line, { max: 300 })),
		body: '',
		bytes: 0,
		timings: [],
	};
}
