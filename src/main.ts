import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import packageJson from '../package.json' with { type: 'json' };
import { EXIT } from './cli/command.ts';
import { type CommandLine, readCommandLine } from './cli/command-line.ts';
import { mistakeLine } from './cli/mistake.ts';
import { sayFailure } from './cli/opened.ts';
import { createPrinter } from './cli/print.ts';
import { cliWords } from './cli/words.ts';
import { findConfig } from './config/find.ts';
import { createEngineClient, type FromEngine, type ToEngine } from './domain/engine-wire.ts';
import type { Locale } from './domain/own-text.ts';
import { clean } from './domain/text.ts';
import type { ThreadOpening, ThreadStart } from './engine-thread.ts';
import { pickLanguage, pickLocale, say } from './i18n/messages.ts';
import { createClock } from './platform/clock.ts';
import { describeCrash, hideInCrashes, writeCrash } from './platform/crash.ts';
import { createGroupBoard, endGroups } from './platform/group-board.ts';
import { hearInterruption, LAST_MS } from './platform/interruption.ts';
import {
	buildMark,
	forgetPicture,
	type LastPicture,
	lastPicture,
	readPicture,
} from './platform/last-picture.ts';
import { currentOperator } from './platform/operator.ts';
import { ownFolder } from './platform/own-folder.ts';
import { standardStreams } from './platform/streams.ts';
import type { Appearance } from './ui/theme.ts';

interface Session {
	readonly line: CommandLine;
	readonly locale: Locale;
	readonly operator: string;
	readonly version: string;
}

/** What is on the screen when a crash comes. */
let drawn: LastPicture | null = null;

function sayCrash(thrown: unknown): number {
	if (drawn !== null) forgetPicture(drawn);
	process.stderr.write(`rounds: ${describeCrash(thrown, packageJson.version)}\n`);
	return EXIT.bug;
}

const onLost = (text: string, file: string | null) => void process.stderr.write(mistakeLine(text, file));

function fail(sentence: string, code: number): number {
	process.stderr.write(`rounds: ${clean(sentence)}\n`);
	return code;
}

const exists = async (path: string) => existsSync(path);

const exit = (code: number) => process.exit(code);

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
	const { clock, sources, readRecord } = openWorld();
	const interruption = hearInterruption(exit);
	return runHeadless(line.name, line.args, {
		...createPrinter(standardStreams()),
		locale,
		configPath: line.config ?? process.env['ROUNDS_CONFIG'] ?? null,
		environment: line.env ?? process.env['ROUNDS_ENV'],
		cwd: process.cwd(),
		version,
		clock,
		sources,
		readRecord,
		reservedKeys: RESERVED_KEYS,
		interrupted: interruption.asked,
		linger: interruption.linger,
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
				onSecrets: hideInCrashes,
			});
		},
	});
}

/** The configuration that the console opens: the embedded demo's, or the operator's own. */
async function findConfigOf({ line, locale }: Session): Promise<string | number> {
	if (line.name === 'demo') {
		const folder = ownFolder();
		return folder === null
			? fail(say(cliWords, locale, 'no-folder'), EXIT.storage)
			: join(folder, 'demo', 'rounds.yaml');
	}
	const found = await findConfig({
		asked: line.config,
		fromEnvironment: process.env['ROUNDS_CONFIG'],
		folder: process.cwd(),
		locale,
		exists,
	});
	return found.ok ? found.value : fail(found.error, EXIT.config);
}

/** Starts or joins the embedded demo when it is what was asked for; text: why it cannot be had. */
async function findSystem(
	{ line }: Session,
	config: string,
): Promise<{ readonly variables: Record<string, string>; end(): void } | string> {
	if (line.name !== 'demo') return { variables: {}, end: () => {} };
	const { startDemo } = await import('./demo/launch.ts');
	try {
		const script = fileURLToPath(new URL('./demo/main.ts', import.meta.url));
		const demo = await startDemo({ script, dir: dirname(config), nodePath: process.execPath });
		return { variables: demo.env, end: demo.stop };
	} catch (thrown) {
		return thrown instanceof Error ? thrown.message : String(thrown);
	}
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

	const appearance: Partial<Appearance> = {
		...(theme ? { background: theme } : {}),
		...(line.ascii ? { glyphs: 'ascii' as const } : {}),
	};
	const screen = import('./console.tsx');
	const config = await findConfigOf(session);
	if (typeof config === 'number') return config;
	const environment = line.env ?? process.env['ROUNDS_ENV'];
	const key = { config, environment: environment ?? null, version, build: buildMark(import.meta.url) };
	const picture = lastPicture(ownFolder(), key);
	drawn = picture;
	const waiting: ToEngine[] = [];
	let send = (message: ToEngine): void => void (message.kind === 'taken' || waiting.push(message));
	const client = createEngineClient((message) => send(message));
	let giveUp = (): void => {};
	const gaveUp = new Promise<void>((resolve) => {
		giveUp = resolve;
	});
	let lingers = (_ms: number): void => {};
	const linger = (ms: number) => lingers(ms);
	const show = async (): Promise<number> => {
		const { runConsole } = await screen;
		const terminal = { stdin, stdout, env: process.env };
		const clock = createClock();
		return runConsole({ engine: client, clock, locale, appearance, terminal, gaveUp, onLost, linger });
	};
	// What was known last, with its age, stands on the screen before everything else is loaded.
	const known = readPicture(picture);
	let shown: Promise<number> | null = null;
	if (known.length > 0) {
		client.receive({ kind: 'events', events: known });
		await screen;
		shown = show();
		shown.catch(() => {});
		await new Promise(setImmediate);
	}
	// The thread loads its libraries while the system is found.
	// What it prints must not reach the screen: one stray write spoils it for good.
	const worker = new Worker(new URL('./engine-thread.ts', import.meta.url), { stdout: true, stderr: true });
	const failed = new Promise<Error>((resolve) => worker.once('error', resolve));
	// A thread that is stuck, ended or dead by a bug ends nothing that it began.
	const groups = createGroupBoard();
	for (const one of [worker, process]) one.once('exit', () => endGroups(groups));
	/** Takes the screen away, if there is one, so that the sentence can be read. */
	const refuse = async (sentence: () => number): Promise<number> => {
		client.lost('', null);
		giveUp();
		await shown?.catch(() => {});
		await worker.terminate();
		return sentence();
	};
	const system = await findSystem(session, config);
	if (typeof system === 'string') return refuse(() => fail(system, EXIT.storage));
	const { RESERVED_KEYS } = await import('./actions/index.ts');
	const start: ThreadStart = {
		configPath: config,
		environment,
		operator,
		locale,
		version,
		demo: line.name === 'demo',
		reservedKeys: RESERVED_KEYS,
		variables: system.variables,
		groups,
		picture,
		demoWords: {
			answer: say(cliWords, locale, 'demo-answer'),
			note: say(cliWords, locale, 'demo-note'),
		},
	};
	worker.postMessage(start);
	const answered = new Promise<ThreadOpening>((resolve) => worker.once('message', resolve));
	const opening = await Promise.race([answered, failed]);
	if (opening instanceof Error || opening.kind === 'failed') {
		system.end();
		if (opening instanceof Error) return refuse(() => sayCrash(opening));
		const { err } = createPrinter(standardStreams());
		return refuse(() => sayFailure({ err, locale }, opening.failure));
	}
	worker.on('message', (message: FromEngine) => client.receive(message));
	worker.on('error', (thrown) =>
		client.lost(clean(String(thrown), { max: 200 }), writeCrash(thrown, version)),
	);
	send = (message) => worker.postMessage(message);
	for (const message of waiting) send(message);

	// The console hears the signals itself; this only bounds how long it takes.
	lingers = hearInterruption(exit).linger;
	try {
		return await (shown ?? show());
	} finally {
		system.end();
		// A thread that waits for a dead disk cannot be ended; the process ends it.
		await Promise.race([worker.terminate(), new Promise((resolve) => setTimeout(resolve, LAST_MS).unref())]);
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
