import { access, chmod, copyFile, cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { ENTRIES, type Entry } from './build/entries.ts';
import { createPatches } from './build/patches.ts';
import { createReferences } from './build/references.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const finished = join(root, 'dist');
// Built aside and put in place whole: a build that fails leaves the last good one.
const dist = join(root, `dist-${process.pid}`);
const CODE = new Set(['.ts', '.tsx']);

// CommonJS packages inside an ES module bundle call `require` for what Node brings along.
const REQUIRE =
	"import{createRequire as createRequireOf}from'node:module';const require=createRequireOf(import.meta.url);";

const optionsOf = (entry: Entry, plugins: NonNullable<BuildOptions['plugins']>): BuildOptions => ({
	absWorkingDir: root,
	entryPoints: { [entry.isThread ? `${entry.name}-code` : entry.name]: entry.source },
	outdir: dist,
	bundle: true,
	platform: 'node',
	format: 'esm',
	target: 'node22.19',
	jsx: 'automatic',
	mainFields: ['module', 'main'],
	// pg, mysql2 and the S3 client are loaded only where they are asked for, and need not be there.
	external: ['better-sqlite3', 'pg', 'mysql2', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
	alias: { 'react-devtools-core': join(root, 'scripts/build/no-devtools.js') },
	define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
	banner: { js: REQUIRE },
	minifySyntax: true,
	minifyWhitespace: true,
	// Names stay: a crash file has to say where it happened.
	minifyIdentifiers: false,
	sourcemap: 'external',
	legalComments: 'none',
	logLevel: 'error',
	metafile: true,
	plugins,
});

const checkLibraries = (entry: Entry, metafile: Metafile): void => {
	for (const input of Object.keys(metafile.inputs)) {
		const found = entry.without.find((name) => input.includes(`node_modules/${name}/`));
		if (found !== undefined)
			throw new Error(`dist/${entry.name}.js holds ${found} (${input}), which belongs to the other thread`);
	}
	for (const { imports } of Object.values(metafile.outputs)) {
		const found = imports.find(({ path, external }) => external === true && entry.without.includes(path));
		if (found !== undefined)
			throw new Error(`dist/${entry.name}.js loads ${found.path}, which belongs to the other thread`);
	}
};

const threadStart = (name: string): string =>
	`import{enableCompileCache}from'node:module';enableCompileCache?.();import('./${name}-code.js');\n`;

const copyShippedFiles = async (): Promise<void> => {
	const files = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
	for (const file of files) {
		if (!file.isFile() || CODE.has(extname(file.name))) continue;
		const from = join(file.parentPath, file.name);
		const to = join(dist, relative(join(root, 'src'), from));
		await mkdir(dirname(to), { recursive: true });
		await copyFile(from, to);
	}
	const examples = join(root, 'examples');
	if (await exists(examples)) {
		await cp(examples, join(dist, 'examples'), {
			recursive: true,
			// What a run left behind is not shipped.
			filter: (source) => !/\/\.rounds(\/|$)/.test(source),
		});
	}
};

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

const run = async (): Promise<void> => {
	await mkdir(dist, { recursive: true });
	const patches = createPatches();
	let hasScreen = false;
	await Promise.all(
		ENTRIES.map(async (entry) => {
			if (!(await exists(join(root, entry.source)))) {
				process.stdout.write(`skipped dist/${entry.name}.js: no ${entry.source} yet\n`);
				return;
			}
			if (entry.name === 'console') hasScreen = true;
			const { metafile } = await build(optionsOf(entry, [patches.plugin, createReferences(root)]));
			checkLibraries(entry, metafile as Metafile);
			if (entry.isThread) await writeFile(join(dist, `${entry.name}.js`), threadStart(entry.name));
		}),
	);
	const unused = patches.unused();
	if (hasScreen && unused.length > 0) throw new Error(`patches that were not needed: ${unused.join('; ')}`);
	await copyShippedFiles();
	await copyFile(join(root, 'scripts/build/launcher.js'), join(dist, 'rounds.js'));
	await chmod(join(dist, 'rounds.js'), 0o755);
	const before = `${dist}-before`;
	if (await exists(finished)) await rename(finished, before);
	await rename(dist, finished);
	await rm(before, { recursive: true, force: true });
};

await run().catch(async (error: unknown) => {
	await rm(dist, { recursive: true, force: true });
	process.stderr.write(`build: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
