import { cpus } from 'node:os';
import { backup } from './backup.ts';
import { bytes } from './bytes.ts';
import { drawTable, type Figure } from './figure.ts';
import { keys } from './keys.ts';
import { many } from './many.ts';
import { polling } from './polling.ts';
import { stalled } from './stalled.ts';
import { start } from './start.ts';

/** One file and one line a bench. */
const BENCHES = [start, bytes, keys, polling, many, stalled, backup] as const;

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const quick = process.argv.includes('--quick');
const unknown = wanted.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown !== undefined || process.argv.includes('--help')) {
	process.stdout.write('node bench/index.ts [--quick] [name ...]\n');
	for (const { name, about } of BENCHES) process.stdout.write(`  ${name.padEnd(10)} ${about}\n`);
	process.exit(unknown === undefined ? 0 : 64);
}
const figures: Figure[] = [];
for (const bench of BENCHES) {
	if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
	process.stderr.write(`${bench.name}: ${bench.about} …\n`);
	figures.push(...(await bench.run({ quick })));
}
process.stdout.write(
	`\n${cpus().length} cores, Node ${process.versions.node}${quick ? ', quick' : ''}\n\n${drawTable(figures)}\n`,
);
process.exit(0);
