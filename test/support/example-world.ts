import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { type CliRun, runCli } from './cli.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: a parsed file of an example, changed in one place
type Document = any;

export interface ExampleWorld {
	/** Holds the example's folder `rounds` and whatever stands beside it. */
	readonly folder: string;
	readonly rounds: string;
	write(path: string, text: string): void;
	read(path: string): string;
	exists(path: string): boolean;
	/** Names in a folder, sorted; none when it is not there. */
	list(path: string): readonly string[];
	run(...args: readonly string[]): Promise<CliRun>;
	/** The same with `--json`; fails with what it said when it said something else. */
	json(...args: readonly string[]): Promise<Document>;
}

/**
 * A copy of a shipped example in a folder of its own, as an operator would put it beside the system. `changes` are what has to be
 * another here, by file: ports, and commands that would reach beyond the folder.
 */
export function makeExample(
	name: string,
	changes: Readonly<Record<string, (document: Document) => void>>,
	env: Readonly<Record<string, string>> = {},
): ExampleWorld {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rounds-example-')));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const rounds = join(folder, 'rounds');
	cpSync(join(EXAMPLES, name), rounds, { recursive: true });
	for (const [file, change] of Object.entries(changes)) {
		const document = parse(readFileSync(join(rounds, file), 'utf8'));
		change(document);
		writeFileSync(join(rounds, file), stringify(document));
	}
	const run = (...args: readonly string[]) => runCli(args, { cwd: rounds, env });
	return {
		folder,
		rounds,
		write(path, text) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), text);
		},
		read: (path) => readFileSync(join(folder, path), 'utf8'),
		exists: (path) => existsSync(join(folder, path)),
		list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)).sort() : []),
		run,
		async json(...args) {
			const { out, err } = await run(...args, '--json');
			try {
				return JSON.parse(out);
			} catch {
				throw new Error(`${args.join(' ')}: ${out}${err}`);
			}
		},
	};
}

/** An action that only leaves a line in `control.log` beside the example, in the place of one that would reach further. */
export function marks(action: Document, word: string): void {
	delete action.result;
	delete action.must;
	delete action.should;
	Object.assign(action, { shell: true, run: `echo ${word} >> control.log`, cwd: '..' });
}
