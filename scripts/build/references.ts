import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { ENTRIES } from './entries.ts';

const URL_TEXT = /new URL\(\s*(['"])(\.[^'"]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * In `dist/` every bundle lies in one folder. So one entry's import of another, and `new URL('./x', import.meta.url)` for
 * workers and shipped files, are pointed to where these lie there: `<name>.js`, or the path below `src/`.
 */
export const createReferences = (root: string): Plugin => ({
	name: 'references',
	setup(build) {
		const nameOf = new Map(ENTRIES.map((entry) => [resolve(root, entry.source), entry.name]));
		build.onResolve({ filter: /^\.\.?\// }, ({ path, importer, kind }) => {
			if (kind !== 'dynamic-import') return undefined;
			const name = nameOf.get(resolve(dirname(importer), path));
			return name === undefined ? undefined : { path: `./${name}.js`, external: true };
		});
		build.onLoad(
			{ filter: new RegExp(`^${escapePattern(join(root, 'src'))}/.*\\.tsx?$`) },
			async ({ path }) => {
				const text = await readFile(path, 'utf8');
				if (!text.includes('import.meta.url')) return undefined;
				const contents = text.replace(URL_TEXT, (_whole, _quote, reference: string) => {
					const target = resolve(dirname(path), reference);
					const name = nameOf.get(target);
					const fromSource = relative(join(root, 'src'), target);
					// What lies outside src is copied to dist under its own path.
					const shipped = fromSource.startsWith('..') ? relative(root, target) : fromSource;
					return `new URL('./${name === undefined ? shipped : `${name}.js`}', import.meta.url)`;
				});
				return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
			},
		);
	},
});

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
