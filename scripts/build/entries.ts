/** One bundle in `dist/`. */
export interface Entry {
	/** `dist/<name>.js` */
	readonly name: string;
	readonly source: string;
	/** Packages that must not be in it: each thread loads its own libraries only. */
	readonly without: readonly string[];
	/** A worker thread does not have the process's compile cache: a small file in its place turns it on first. */
	readonly isThread?: boolean;
}

const SCREEN_LIBRARIES = ['ink', 'react', 'react-reconciler', 'yoga-layout'];
const ENGINE_LIBRARIES = ['undici', 'better-sqlite3', 'zod', 'yaml'];

export const ENTRIES: readonly Entry[] = [
	{ name: 'main', source: 'src/main.ts', without: SCREEN_LIBRARIES },
	{ name: 'cli', source: 'src/cli/index.ts', without: SCREEN_LIBRARIES },
	{ name: 'engine', source: 'src/engine.ts', without: SCREEN_LIBRARIES },
	{ name: 'console', source: 'src/console.tsx', without: ENGINE_LIBRARIES },
	{ name: 'engine-thread', source: 'src/engine-thread.ts', without: SCREEN_LIBRARIES, isThread: true },
	{ name: 'jobs', source: 'src/workers/worker.ts', without: SCREEN_LIBRARIES },
	{ name: 'demo', source: 'src/demo/main.ts', without: SCREEN_LIBRARIES },
];
