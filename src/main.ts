import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import packageJson from '../package.json' with { type: 'json' };
import { EXIT } from './cli/command.ts';
import { type CommandLine, readCommandLine } from './cli/command-line.ts';
import { sayFailure } from './cli/opened.ts';
import { cliWords } from './cli/words.ts';
import { findConfig } from './config/find.ts';
import { createEngineClient, type FromEngine } from './domain/engine-wire.ts';
import type { Locale } from './domain/own-text.ts';
import { clean } from './domain/text.ts';
import type { ThreadOpening, ThreadStart } from './engine-thread.ts';
import { pickLanguage, pickLocale, say } from './i18n/messages.ts';
import { createClock } from './platform/clock.ts';
import { currentOperator } from './platform/operator.ts';

/** How long an orderly end may take after a signal before the process ends anyway. */
const LAST_MS = 2_000;

interface Session {
	readonly line: CommandLine;
	readonly locale: Locale;
	readonly operator: string;
	readonly version: string;
}

/** Where what belongs to this user and to no system lies: the demo, crash files. */
function ownFolder(): string {
	const base = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
	for (const folder of [join(base, 'rounds'), join(tmpdir(), `rounds-${process.getuid?.() ?? 0}`)]) {
		try {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			return folder;
		} catch {
			// A home that cannot be written to is no reason not to run.
		}
	}
	return tmpdir();
}

/** Writes what a bug left behind and returns where. */
function writeCrash(thrown: unknown): string | null {
	const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
	const path = join(ownFolder(), `crash-${new Date().toISOString().replace(/[:.]/g, '-')}.txt`);
	try {
		writeFileSync(
			path,
			`rounds ${packageJson.version}, Node ${process.versions.node}, ${process.platform}\n\n${clean(text, { newlines: 'keep' })}\n`,
			{ mode: 0o600, flag: 'wx' },
		);
		return path;
	} catch {
		return null;
	}
}

function sayCrash(thrown: unknown): number {
	const file = writeCrash(thrown);
	const text = clean(thrown instanceof Error ? thrown.message : String(thrown), { max: 160 });
	process.stderr.write(
		`rounds: a mistake of this program: ${text}${file === null ? '' : ` · details in ${file}`}\n`,
	);
	return EXIT.bug;
}

function fail(sentence: string, code: number): number {
	process.stderr.write(`rounds: ${sentence}\n`);
	return code;
}

const exists = async (path: string) => existsSync(path);

/** Resolves when the process is asked to end. */
function untilInterrupted(): Promise<number> {
	return new Promise((resolve) => {
		for (const [signal, code] of [
			['SIGHUP', 129],
			['SIGINT', 130],
			['SIGTERM', 143],
		] as const) {
			process.on(signal, () => {
				resolve(code);
				setTimeout(() => process.exit(code), LAST_MS).unref();
			});
		}
	});
}

async function runHeadlessCommand(session: Session): Promise<number> {
	const { line, locale, operator, version } = session;
	const [{ runHeadless, helpText }, { openEngine, openWorld }] = await Promise.all([
		import('./cli/index.ts'),
		import('./engine.ts'),
	]);
	if (line.help || line.name === undefined) {
		const text = helpText({ locale }, line.name);
		process.stdout.write(text);
		return 0;
	}
	// Whoever read our output left; that is no mistake of this program.
	process.stdout.on('error', () => process.exit(EXIT.unread));
	const { RESERVED_KEYS } = await import('./actions/index.ts');
	const { clock, sources } = openWorld();
	return runHeadless(line.name, line.args, {
		out: (text) => void process.stdout.write(text),
		err: (text) => void process.stderr.write(text),
		locale,
		color: process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
		configPath: line.config ?? process.env['ROUNDS_CONFIG'] ?? null,
		environment: line.env ?? process.env['ROUNDS_ENV'],
		cwd: process.cwd(),
		version,
		clock,
		sources,
		reservedKeys: RESERVED_KEYS,
		interrupted: untilInterrupted(),
		async openEngine({ polls }) {
			const found = await findConfig({
				asked: line.config,
				fromEnvironment: process.env['ROUNDS_CONFIG'],
				folder: process.cwd(),
				locale,
				exists,
			});
			if (!found.ok) return { ok: false, error: { kind: 'missing', sentence: found.error } };
			return openEngine({
				configPath: found.value,
				environment: line.env ?? process.env['ROUNDS_ENV'],
				operator,
				locale,
				version,
				demo: false,
				polls,
				reservedKeys: RESERVED_KEYS,
			});
		},
	});
}

/** Where the console finds its system: the embedded demo's, or the operator's own configuration. */
async function findSystem(
	session: Session,
): Promise<{ readonly config: string; readonly variables: Record<string, string>; end(): void } | number> {
	const { line, locale } = session;
	if (line.name === 'demo') {
		const { startDemo } = await import('./demo/launch.ts');
		try {
			const script = fileURLToPath(new URL('./demo/main.ts', import.meta.url));
			const demo = await startDemo({ script, dir: join(ownFolder(), 'demo'), nodePath: process.execPath });
			return { config: demo.config, variables: demo.env, end: demo.stop };
		} catch (thrown) {
			return fail(thrown instanceof Error ? thrown.message : String(thrown), EXIT.storage);
		}
	}
	const found = await findConfig({
		asked: line.config,
		fromEnvironment: process.env['ROUNDS_CONFIG'],
		folder: process.cwd(),
		locale,
		exists,
	});
	return found.ok ? { config: found.value, variables: {}, end: () => {} } : fail(found.error, EXIT.config);
}

async function runOnTerminal(session: Session): Promise<number> {
	const { line, locale, operator, version } = session;
	const { stdin, stdout } = process;
	if (!stdin.isTTY || !stdout.isTTY) return fail(say(cliWords, locale, 'no-terminal'), EXIT.usage);
	const term = process.env['TERM'] ?? '';
	if (term === 'dumb' || term === '')
		return fail(say(cliWords, locale, 'dumb-terminal', { term }), EXIT.usage);
	const { theme } = line;
	if (theme !== undefined && theme !== 'dark' && theme !== 'light')
		return fail(`--theme is dark or light, not "${clean(theme, { max: 40 })}"`, EXIT.usage);

	const screen = import('./console.tsx');
	const system = await findSystem(session);
	if (typeof system === 'number') return system;
	const { RESERVED_KEYS } = await import('./actions/index.ts');
	const start: ThreadStart = {
		configPath: system.config,
		environment: line.env ?? process.env['ROUNDS_ENV'],
		operator,
		locale,
		version,
		demo: line.name === 'demo',
		reservedKeys: RESERVED_KEYS,
		variables: system.variables,
		demoWords: {
			answer: say(cliWords, locale, 'demo-answer'),
			note: say(cliWords, locale, 'demo-note'),
		},
	};
	// What the thread prints must not reach the screen: one stray write spoils it for good.
	const worker = new Worker(new URL('./engine-thread.ts', import.meta.url), {
		workerData: start,
		stdout: true,
		stderr: true,
	});
	const client = createEngineClient((message) => worker.postMessage(message));
	const opening = await new Promise<ThreadOpening | Error>((resolve) => {
		worker.once('message', resolve);
		worker.once('error', resolve);
	});
	if (opening instanceof Error) {
		system.end();
		return sayCrash(opening);
	}
	if (opening.kind === 'failed') {
		system.end();
		return sayFailure({ err: (text) => void process.stderr.write(text), locale }, opening.failure);
	}
	worker.on('message', (message: FromEngine) => client.receive(message));
	worker.on('error', (thrown) => client.lost(clean(String(thrown), { max: 200 }), writeCrash(thrown)));

	for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
		process.on(signal, () =>
			setTimeout(
				() => process.exit(signal === 'SIGHUP' ? 129 : signal === 'SIGINT' ? 130 : 143),
				LAST_MS,
			).unref(),
		);
	}
	try {
		const { runConsole } = await screen;
		return await runConsole({
			engine: client,
			clock: createClock(),
			locale,
			appearance: { ...(theme ? { background: theme } : {}), ...(line.ascii ? { glyphs: 'ascii' } : {}) },
			terminal: { stdin, stdout, env: process.env },
		});
	} finally {
		system.end();
		await worker.terminate();
	}
}

async function main(): Promise<number> {
	process.on('uncaughtException', (thrown) => {
		// Who drew on the terminal gives it back on exit; the sentence comes after that.
		process.once('exit', () => void sayCrash(thrown));
		process.exit(EXIT.bug);
	});
	const line = readCommandLine(process.argv.slice(2));
	const { env } = process;
	const locale = pickLocale([line.lang, env['ROUNDS_LANG'], env['LC_ALL'], env['LC_MESSAGES'], env['LANG']]);
	if (line.problem !== null) {
		const { key, option } = line.problem;
		return fail(say(cliWords, locale, key, { option: clean(option, { max: 80 }) }), EXIT.usage);
	}
	if (line.lang !== undefined && pickLanguage(line.lang) === null) {
		const lang = clean(line.lang, { max: 40 });
		return fail(say(cliWords, locale, 'unknown-language', { lang, list: 'en, zh-CN' }), EXIT.usage);
	}
	if (line.version) {
		process.stdout.write(`rounds ${packageJson.version}\n`);
		return 0;
	}
	const operator =
		clean((line.operator ?? env['ROUNDS_OPERATOR'] ?? '').trim(), { max: 64 }) || currentOperator();
	const session: Session = { line, locale, operator, version: packageJson.version };
	const wantsScreen = !line.help && (line.name === undefined || line.name === 'demo');
	return wantsScreen ? runOnTerminal(session) : runHeadlessCommand(session);
}

main().then(
	(code) => process.exit(code),
	(thrown) => process.exit(sayCrash(thrown)),
);
