import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClock } from '../../src/platform/clock.ts';
import { createFolders } from '../../src/platform/folders.ts';

// Places `count` files under the names another one takes at the same time, and prints how many it was first with.
const [folder = '', own = '', count = '0', links = 'true'] = process.argv.slice(2);
const folders = createFolders({ clock: createClock(), hardLinks: links === 'true' });
let first = 0;
for (let number = 0; number < Number(count); number++) {
	const from = join(folder, `.rounds-${own}-${number}.part`);
	writeFileSync(from, `${own} ${number}\n`);
	const placed = await folders.place(from, join(folder, `copy-${number}`));
	if (placed.ok) first++;
	else if (placed.error.code !== 'name-taken') throw new Error(JSON.stringify(placed.error));
}
process.stdout.write(String(first));
