import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret } from '../domain/secret.ts';
import { clean, createRedactor } from '../domain/text.ts';
import type { CommandSource } from '../fields/command-line.ts';
import { argumentsOfCommand, type CommandSourceOptions, secretsOf } from './command-options.ts';

const OUTPUT_LIMIT = 64 * 1024;

/**
 * Runs one of the plan's commands to its end; what it prints goes to the operation's output. Faults: `command-missing`,
 * `no-permission`, `timeout`, `cancelled`, `exit-by-signal`, `command-failed` {command, exit, message}.
 */
export async function runCommand(
	options: CommandSourceOptions,
	source: CommandSource,
	words: Readonly<Record<string, string>>,
	ports: SourcePorts,
	run: Run,
	stdoutFile?: string,
): Promise<Result<void, Fault>> {
	const argv = argumentsOfCommand(source, words);
	const redactor = createRedactor(secretsOf(options));
	const answer = await ports.processes.run(
		{
			argv,
			cwd: options.cwd,
			env: options.env ?? {},
			outputLimit: OUTPUT_LIMIT,
			redactor,
			onOutput: linesTo(run.onLine),
			...(stdoutFile === undefined ? {} : { stdoutFile }),
		},
		run,
	);
	if (!answer.ok) return answer;
	const { exit, signal, stderr, stdout } = answer.value;
	const command = clean(argv[0] ?? '', { max: 80 });
	if (exit === null) return err(fault('exit-by-signal', { signal: signal ?? 'KILL', command }));
	if (exit === 0) return ok(undefined);
	const said = stderr.trim() === '' ? stdout : stderr;
	const message = clean(redactor(said).trim().split('\n')[0] ?? '', { max: 120 });
	return err(fault('command-failed', { command, exit, ...(message === '' ? {} : { message }) }));
}

/** Whole lines out of pieces. */
function linesTo(onLine: (line: string) => void): (stream: 'out' | 'err', text: string) => void {
	const open = { out: '', err: '' };
	return (stream, text) => {
		const lines = (open[stream] + text).split('\n');
		open[stream] = (lines.pop() ?? '').slice(-OUTPUT_LIMIT);
		for (const line of lines) onLine(line);
	};
}

/** Saves an answer. Faults: those of HTTP, `access-denied`, `command-failed` for any status but 2xx. */
export async function fetchTo(
	options: CommandSourceOptions,
	to: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<number, Fault>> {
	const { url, headers = {}, limit } = options;
	if (url === undefined) throw new Error('no address');
	const answer = await ports.http.request(
		{
			url,
			method: 'GET',
			headers,
			body: null,
			redirects: 5,
			bodyLimit: limit,
			connection: 'fresh',
			verifyTls: true,
		},
		run,
	);
	if (!answer.ok) return answer;
	const { status, statusText, body } = answer.value;
	const address = shownUrl(options);
	if (status === 401 || status === 403) return err(fault('access-denied', { address }));
	if (status < 200 || status > 299)
		return err(
			fault('command-failed', {
				command: `GET ${address}`,
				message: clean(`HTTP ${status} ${statusText}`.trim(), { max: 120 }),
			}),
		);
	if (body === '') return ok(0);
	const wrote = await ports.folders.write(to, body);
	return wrote.ok ? ok(Buffer.byteLength(body)) : wrote;
}

/** Without what may hold a secret. */
export function shownUrl({ url }: CommandSourceOptions): string {
	if (url === undefined) return '';
	const read = URL.parse(url instanceof Secret ? '' : reveal(url));
	return clean(read === null ? '***' : `${read.origin}${read.pathname}`, { max: 150 });
}
