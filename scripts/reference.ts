import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { PAGES } from './reference/pages.ts';

// Run by the pinned node: `node scripts/reference.ts` writes the generated reference, with `--check` it only compares.
const folder = new URL('../docs/reference/', import.meta.url);

const stale: string[] = [];
for (const [name, make] of Object.entries(PAGES)) {
	const file = new URL(name, folder);
	const text = make();
	const present = await readFile(file, 'utf8').catch(() => null);
	if (present === text) continue;
	stale.push(`docs/reference/${name}`);
	if (process.argv.includes('--check')) continue;
	await mkdir(folder, { recursive: true });
	await writeFile(file, text);
}

if (stale.length > 0 && process.argv.includes('--check')) {
	process.stderr.write(`stale: ${stale.join(', ')}; run: node scripts/reference.ts\n`);
	process.exitCode = 1;
}
