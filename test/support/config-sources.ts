import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.ts';
import type { ConfigSources } from '../../src/config/sources.ts';
import { fault } from '../../src/domain/fault.ts';
import type { ConfigProblem } from '../../src/domain/picture.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';

export interface ConfigWorld {
	readonly files: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	/** Reference → value. */
	readonly secrets?: Readonly<Record<string, string>>;
}

/** A world of files in memory. Globs know `*` only. */
export function sourcesOf({ files, env = {}, secrets = {} }: ConfigWorld): ConfigSources {
	return {
		read: async (path) =>
			Object.hasOwn(files, path) ? ok(files[path] as string) : err(fault('file-missing', { path })),
		glob: async (pattern) => {
			const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
			return ok(
				Object.keys(files)
					.filter((path) => new RegExp(`^${source}$`).test(path))
					.sort(),
			);
		},
		env: (name) => (Object.hasOwn(env, name) ? env[name] : undefined),
		resolveSecret: async (reference) => {
			const value = secrets[reference];
			return value === undefined
				? err(fault('secret-missing', { reference, reason: 'not-set' }))
				: ok(new Secret(value, reference));
		},
	};
}

export const MAIN = '/etc/app/rounds.yaml';
export const HEAD = 'version: 1\nsystem: Test\n';

/** Loads one text as the main file. */
export async function loadText(
	text: string,
	world: Omit<ConfigWorld, 'files'> & { readonly files?: ConfigWorld['files'] } = {},
	options: LoadOptions = {},
): Promise<Result<LoadedConfig, readonly ConfigProblem[]>> {
	return loadConfig(MAIN, sourcesOf({ ...world, files: { ...world.files, [MAIN]: text } }), options);
}

/** The same, which must be good. */
export async function loadGood(...given: Parameters<typeof loadText>): Promise<LoadedConfig> {
	const loaded = await loadText(...given);
	if (!loaded.ok)
		throw new Error(
			loaded.error.map((problem) => `${problem.line}:${problem.column} ${problem.message}`).join('\n'),
		);
	return loaded.value;
}

/** `line:column message`, with the file's name when it is not the main one. */
export function shortly(problem: ConfigProblem): string {
	const file = problem.file === MAIN ? '' : `${problem.file.slice(problem.file.lastIndexOf('/') + 1)}:`;
	return `${file}${problem.line}:${problem.column} ${problem.message}`;
}

/** Problems of a text that must be broken, in one line each. */
export async function problemsOf(...given: Parameters<typeof loadText>): Promise<string[]> {
	const loaded = await loadText(...given);
	if (loaded.ok) throw new Error('expected problems, found none');
	return loaded.error.map(shortly);
}
