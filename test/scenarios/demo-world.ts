import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoRecord, ReadyLine } from '../../src/demo/ask-control.ts';

export const SCRIPT = fileURLToPath(new URL('../../src/demo/main.ts', import.meta.url));

export function makeDir(): string {
	return mkdtempSync(join(tmpdir(), 'rounds-demo-'));
}

export function removeDir(dir: string): void {
	rmSync(dir, { recursive: true, force: true });
}

export function recordOf(dir: string): DemoRecord {
	return JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8')) as DemoRecord;
}

export type Ended = { code: number | null; out: string; complaint: string };

/** A demo in a process of its own; `ready` rejects when it ends before its line. */
export function startProcess(dir: string, ...more: string[]) {
	const child = spawn(process.execPath, [SCRIPT, '--dir', dir, ...more], { stdio: ['pipe', 'pipe', 'pipe'] });
	let out = '';
	let complaint = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		complaint += text;
	});
	const ended = new Promise<Ended>((resolve) =>
		child.on('close', (code) => resolve({ code, out, complaint })),
	);
	const ready = new Promise<ReadyLine>((resolve, reject) => {
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			out += text;
			if (out.includes('\n')) resolve(JSON.parse(out) as ReadyLine);
		});
		void ended.then(() => reject(new Error(`ended before it was ready: ${complaint}`)));
	});
	ready.catch(() => undefined);
	return { child, ready, ended };
}

/** Runs bash in `dir`; never rejects, because a failing script is what some tests want. */
export function runBash(
	dir: string,
	args: readonly string[],
	env: Record<string, string> = {},
): Promise<{ code: number; out: string; complaint: string }> {
	return new Promise((resolve) => {
		const options = { cwd: dir, env: { PATH: process.env['PATH'] ?? '', ...env } };
		execFile('bash', [...args], options, (error, out, complaint) => {
			resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, complaint });
		});
	});
}

/** Resolves when the demo behind a control port is gone: an idle connection to it, which counts as nothing, is closed. */
export function waitForEnd(port: number): Promise<void> {
	return new Promise((resolve) => {
		connect(port, '127.0.0.1')
			.on('error', () => undefined)
			.on('close', () => resolve())
			.resume();
	});
}

/** A reply's JSON, with the shape the test expects of it. */
export async function readJson<Shape>(reply: Promise<Response>): Promise<Shape> {
	return (await (await reply).json()) as Shape;
}
