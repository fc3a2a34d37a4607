import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type {
	CommandInput,
	CommandName,
	CommandOutput,
	EngineEvent,
	Refusal,
} from '../../src/domain/engine.ts';
import type { Result } from '../../src/domain/result.ts';
import type { EngineOptions } from '../../src/engine.ts';

const PROGRAM = fileURLToPath(new URL('./engine-program.ts', import.meta.url));

export interface EngineProcess {
	readonly pid: number;
	send<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>, Refusal>>;
	until(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
	/** kill -9, and waits until it is gone. */
	kill(): Promise<void>;
	readonly errors: string[];
}

interface Line {
	readonly id?: number;
	readonly answer?: Result<never, Refusal>;
	readonly event?: EngineEvent;
	readonly open?: number;
	readonly failed?: unknown;
}

export async function startEngine(
	options: EngineOptions,
	env: Readonly<Record<string, string>> = {},
	prefix: readonly string[] = [],
): Promise<EngineProcess> {
	const argv = [...prefix, process.execPath, PROGRAM, JSON.stringify(options)];
	const child = spawn(argv[0]!, argv.slice(1), {
		stdio: ['pipe', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const errors: string[] = [];
	child.stderr.on('data', (chunk) => errors.push(String(chunk)));
	child.stdin.on('error', () => {});
	const events: EngineEvent[] = [];
	const waiting = new Set<(event: EngineEvent) => void>();
	const asked = new Map<number, (answer: Result<never, Refusal>) => void>();
	let nextId = 1;
	const opened = new Promise<number>((resolve, reject) => {
		createInterface({ input: child.stdout }).on('line', (text) => {
			const line = JSON.parse(text) as Line;
			if (line.open !== undefined) resolve(line.open);
			if (line.failed !== undefined) reject(new Error(JSON.stringify(line.failed)));
			if (line.id !== undefined && line.answer) asked.get(line.id)?.(line.answer);
			if (line.event) {
				events.push(line.event);
				for (const look of [...waiting]) look(line.event);
			}
		});
		void gone.then(() => reject(new Error(`ended before it was open: ${errors.join('')}`)));
	});
	onTestFinished(async () => {
		child.kill('SIGKILL');
		await gone;
	});
	const pid = await opened;
	return {
		pid,
		errors,
		send(name, input) {
			const id = nextId;
			nextId += 1;
			return new Promise((resolve) => {
				asked.set(id, resolve as never);
				child.stdin.write(`${JSON.stringify({ id, name, input })}\n`);
			});
		},
		until: (fits) =>
			new Promise((resolve) => {
				const seen = events.findLast(fits);
				if (seen) return resolve(seen);
				const look = (event: EngineEvent) => {
					if (!fits(event)) return;
					waiting.delete(look);
					resolve(event);
				};
				waiting.add(look);
			}),
		async kill() {
			child.kill('SIGKILL');
			await gone;
		},
	};
}
