import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, type Text } from '../domain/secret.ts';
import { clean, createRedactor } from '../domain/text.ts';

const OUTPUT_LIMIT = 64 * 1024;
const PAUSE_MS = 500;

/** What is started, and what of it may not be seen. */
export interface ToolCall {
	readonly argv: readonly string[];
	readonly env?: Readonly<Record<string, Text>>;
	readonly cwd?: string;
	readonly stdinFile?: string;
	readonly stdoutFile?: string;
	/** Bytes kept per stream. */
	readonly outputLimit?: number;
	readonly secret?: Text | null;
	/** What it says on its error output, as it arrives. */
	readonly onSaid?: (text: string) => void;
	/** Lines that are of no use in the output. */
	readonly noise?: RegExp;
	/** What it prints, as it arrives. */
	readonly onPrinted?: (text: string) => void;
}

/** Runs a database's own tool; what it complains of goes into the operation's output line by line. */
export async function runTool(
	ports: Pick<SourcePorts, 'processes'>,
	run: Run,
	call: ToolCall,
	limits: Limits = run,
): Promise<Result<CommandAnswer, Fault>> {
	let rest = '';
	const tell = (text: string) => {
		call.onSaid?.(text);
		const lines = (rest + text).split('\n');
		rest = lines.pop() ?? '';
		// A progress line that never ends is no line.
		if (rest.length > 4096) rest = '';
		for (const line of lines) if (line.trim() !== '' && call.noise?.test(line) !== true) run.onLine(line);
	};
	const answer = await ports.processes.run(
		{
			argv: call.argv,
			cwd: call.cwd ?? '/',
			env: call.env ?? {},
			outputLimit: call.outputLimit ?? OUTPUT_LIMIT,
			...(call.stdinFile === undefined ? {} : { stdinFile: call.stdinFile }),
			...(call.stdoutFile === undefined ? {} : { stdoutFile: call.stdoutFile }),
			...(call.secret == null ? {} : { redactor: createRedactor([reveal(call.secret)]) }),
			onOutput: (stream, text) => {
				if (stream === 'err') tell(text);
				else call.onPrinted?.(text);
			},
		},
		limits,
	);
	if (rest.trim() !== '') run.onLine(rest);
	if (!answer.ok || answer.value.signal === null) return answer;
	return err(fault('exit-by-signal', { command: nameOf(call.argv), signal: answer.value.signal }));
}

/** The program's own name, whoever it was started through. */
function nameOf(argv: readonly string[]): string {
	const end = argv.indexOf('--');
	return (argv[end + 1] ?? '').split('/').at(-1) ?? '';
}

/** The line that says most, for a fault's message. */
export function lastLine(text: string): string {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const said = lines.findLast((line) => /\b(?:error|fatal|panic)\b/i.test(line)) ?? lines.at(-1) ?? '';
	return clean(said.trim(), { max: 200 });
}

/** Waits a moment; false when the run is over meanwhile. */
export function pause(ports: Pick<SourcePorts, 'clock'>, limits: Limits, ms = PAUSE_MS): Promise<boolean> {
	return new Promise((resolve) => {
		if (limits.signal.aborted) return resolve(false);
		const stop = () => {
			takeBack();
			resolve(false);
		};
		const takeBack = ports.clock.after(ms, () => {
			limits.signal.removeEventListener('abort', stop);
			resolve(ports.clock.monotonic() < limits.deadline);
		});
		limits.signal.addEventListener('abort', stop, { once: true });
	});
}

/** Tells how large a file has become while `work` goes on. */
export async function whileGrowing<T>(
	ports: Pick<SourcePorts, 'clock' | 'folders'>,
	run: Run,
	file: string,
	about: number | null,
	work: Promise<T>,
): Promise<T> {
	let over = false;
	const ended = work.then(
		() => {
			over = true;
		},
		() => {
			over = true;
		},
	);
	for (;;) {
		const stop = new AbortController();
		void ended.then(() => stop.abort());
		await pause(ports, { deadline: Number.POSITIVE_INFINITY, signal: stop.signal });
		if (over) return work;
		const entry = await ports.folders.look(file);
		if (over || !entry.ok || entry.value === null) continue;
		const done = entry.value.bytes;
		run.onProgress({
			phase: 'copy',
			done,
			total: about !== null && about >= done ? about : null,
			unit: 'bytes',
		});
	}
}

/** Enough time to clean up, whatever became of the run itself. */
export function afterwards(ports: Pick<SourcePorts, 'clock'>, ms = 30_000): Limits {
	return { deadline: ports.clock.monotonic() + ms, signal: new AbortController().signal };
}

/** The run as it is, for work that must be done although the run is over. */
export function finishing(run: Run, ports: Pick<SourcePorts, 'clock'>): Run {
	return { ...run, ...afterwards(ports), timed: false };
}

/** The run's answer when it was ended, else that of the work. */
export function whyEnded(run: Run, ports: Pick<SourcePorts, 'clock'>): Result<void, Fault> {
	if (run.signal.aborted) return err(fault('cancelled'));
	return ports.clock.monotonic() < run.deadline ? ok(undefined) : err(fault('timeout'));
}
