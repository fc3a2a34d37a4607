import type { ConfigProblem } from '../domain/picture.ts';
import type { Result } from '../domain/result.ts';
import type { LoadedConfig } from './sources.ts';

/** Modification time of a file in epoch ms, or null where there is none. */
export type Stamp = number | null;

export interface KeeperParts {
	load(): Promise<Result<LoadedConfig, readonly ConfigProblem[]>>;
	/** Stamps of the files, in their order. */
	stamps(files: readonly string[]): Promise<readonly Stamp[]>;
	onGood(config: LoadedConfig): void;
	/** The edit is broken; the last good configuration stays. Never an empty list. */
	onProblems(problems: readonly ConfigProblem[]): void;
}

export interface ConfigKeeper {
	/** The last good configuration. */
	readonly current: LoadedConfig;
	/** Looks once, loads when a file changed. Whoever keeps time calls it every 2 s; looks never overlap. */
	look(): Promise<void>;
	/** Loads whether or not a file changed. */
	reload(): Promise<void>;
}

/** Keeps the last good configuration while its files are edited. `first` is what was loaded at the start. */
export function createConfigKeeper(first: LoadedConfig, parts: KeeperParts): ConfigKeeper {
	let current = first;
	let running: Promise<void> | null = null;

	const stampsOf = async (files: readonly string[]): Promise<Map<string, Stamp>> => {
		const stamps = await parts.stamps(files);
		return new Map(files.map((file, index) => [file, stamps[index] ?? null]));
	};
	let known = stampsOf(first.files);

	const load = async (seen: ReadonlyMap<string, Stamp>): Promise<void> => {
		const found = await parts.load();
		if (found.ok) current = found.value;
		// A file that only the broken edit includes may be where the mistake is mended, so it is watched too.
		const files = found.ok
			? found.value.files
			: [...current.files, ...found.error.map((problem) => problem.file)];
		const fresh = await stampsOf([...new Set(files)]);
		// Stamps from before the load win: what was edited while loading is seen at the next look.
		known = Promise.resolve(new Map([...fresh].map(([file, stamp]) => [file, seen.get(file) ?? stamp])));
		if (found.ok) parts.onGood(found.value);
		else parts.onProblems(found.error);
	};

	const lookOnce = async (): Promise<void> => {
		const before = await known;
		const seen = await stampsOf([...before.keys()]);
		if ([...seen].some(([file, stamp]) => before.get(file) !== stamp)) await load(seen);
	};

	const reloadOnce = async (): Promise<void> => load(await stampsOf([...(await known).keys()]));

	const once = (work: () => Promise<void>): Promise<void> => {
		running ??= work().finally(() => {
			running = null;
		});
		return running;
	};

	return {
		get current() {
			return current;
		},
		look: () => once(lookOnce),
		reload: () => once(reloadOnce),
	};
}
