import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { referencePage } from '../src/config/reference.ts';
import { configSchema } from '../src/config/schema.ts';

// Run by the pinned node: `node scripts/reference.ts` writes the generated reference, with `--check` it only compares.
const folder = new URL('../docs/reference/', import.meta.url);
const pages: Readonly<Record<string, string>> = {
	'config.md': referencePage(),
	'rounds.schema.json': `${JSON.stringify(configSchema(), null, 2)}\n`,
};

const stale: string[] = [];
for (const [name, text] of Object.entries(pages)) {
	const file = new URL(name, folder);
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
