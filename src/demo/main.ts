import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DemoPorts, ReadyLine } from './ask-control.ts';
import { claimFolder } from './claim.ts';
import { makeFolder } from './folder.ts';
import { LAYOUT } from './layout.ts';
import { openSystem } from './system.ts';

/**
 * The embedded demo system, a program of its own: `node main.ts --dir DIR [--tied] [--idle-ms N]`.
 *
 * It makes the CreditPilot of the operations documents real on loopback: Flask Server, Accounting API (bearer token) and
 * MCP Server on free ports, a SQLite database whose sums are the documented ones, log files that grow, the API test
 * script, and a `rounds.yaml` whose ordinary actions switch its troubles (see troubles.ts).
 *
 * When it is ready it prints one JSON line (`ReadyLine`) and nothing else. A second start on the same folder asks the first
 * over its control port, prints the same line with `"joined":true` and exits 0. Of several starts at once exactly one wins.
 * A folder whose demo was killed is simply taken over; books with lost rows are made whole again.
 *
 * It belongs to no single console. Each console keeps one connection to the control port (`hold`); when none has been held
 * for 60 s (`--idle-ms`), the demo ends by itself. It ends at once on SIGTERM, SIGINT or SIGHUP, and with `--tied` when its
 * standard input closes.
 *
 * Exit: 0 ended in order or joined · 64 usage · 70 a mistake of our own (`demo-crash.txt`) · 74 the folder cannot be used ·
 * 75 another demo holds the folder and does not answer.
 */
const IDLE_MS = 60_000;
/** Long enough for another start to become ready, short of the launcher's own 15 s. */
const CLAIM_MS = 12_000;

type Options = { dir: string; tied: boolean; idleMs: number };

async function run({ dir, tied, idleMs }: Options): Promise<void> {
	makeFolder(dir);
	process.chdir(dir);
	const claim = await claimFolder(dir, CLAIM_MS);
	if (claim.kind === 'stuck') {
		fail(75, `another demo holds ${dir} but does not answer; end it, or use another folder`);
		return;
	}
	if (claim.kind === 'joined') {
		printReady({ dir, ports: claim.record.ports, pid: claim.record.pid, joined: true });
		return;
	}
	let end = (): void => undefined;
	const system = await openSystem({ dir, idleMs, onIdle: () => end() });
	end = () => {
		void system.end().then(() => {
			claim.release();
			process.exit(0);
		});
	};
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
	if (tied) process.stdin.on('close', end).on('end', end).resume();
	printReady({ dir, ports: system.ports, pid: process.pid });
}

function printReady(told: { dir: string; ports: DemoPorts; pid: number; joined?: true }): void {
	const line: ReadyLine = { ready: true, config: join(told.dir, LAYOUT.config), ...told };
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

function fail(code: number, text: string): void {
	process.stderr.write(`${text}\n`);
	process.exitCode = code;
}

function readOptions(): Options | undefined {
	try {
		const { values } = parseArgs({
			options: { dir: { type: 'string' }, tied: { type: 'boolean' }, 'idle-ms': { type: 'string' } },
		});
		const idleMs = Number(values['idle-ms'] ?? IDLE_MS);
		if (!values.dir || !Number.isInteger(idleMs) || idleMs < 1) return undefined;
		return { dir: resolve(values.dir), tied: values.tied ?? false, idleMs };
	} catch {
		return undefined;
	}
}

// Whoever started us may be gone, and with it the other ends of our pipes.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const options = readOptions();
if (!options) {
	fail(64, 'usage: --dir DIR [--tied] [--idle-ms N]');
} else {
	process.on('uncaughtException', (error) => {
		try {
			writeFileSync(
				join(options.dir, LAYOUT.crash),
				`${new Date().toISOString()} ${error.stack ?? error}\n`,
				{ mode: 0o600 },
			);
		} catch {
			// Nothing is left to tell it to.
		}
		process.exit(70);
	});
	run(options).catch((error: Error) => {
		fail(74, `cannot set up the demo in ${options.dir}: ${error.message.split('\n')[0]}`);
		process.exit();
	});
}
