import type { FoldersPort } from '../../src/domain/backup-ports.ts';
import { type EngineOptions, openEngine } from '../../src/engine.ts';
import { createWorld } from '../../src/platform/world.ts';

/**
 * An engine that does one thing and is killed just before the nth change it makes to a folder: `options action args n`. Prints
 * what it changed when it comes to its end.
 */
const [options = '{}', ask = '{}', at = '0'] = process.argv.slice(2);
const CHANGES = ['ensure', 'place', 'replace', 'move', 'link', 'copy', 'write', 'remove', 'removeFolder'];
let isArmed = false;
const made: string[] = [];

function deadly(folders: FoldersPort): FoldersPort {
	return new Proxy(folders, {
		get(port, name: keyof FoldersPort) {
			if (!CHANGES.includes(name)) return port[name];
			return (...args: readonly unknown[]) => {
				if (isArmed && made.push(name) === Number(at)) process.kill(process.pid, 'SIGKILL');
				return (port[name] as (...args: readonly unknown[]) => unknown)(...args);
			};
		},
	});
}

const world = createWorld({ split: (line) => line.split(' ') });
const opened = await openEngine({
	...(JSON.parse(options) as EngineOptions),
	environment: undefined,
	world: { ...world, folders: (group) => deadly(world.folders(group)) },
});
if (!opened.ok) throw new Error(JSON.stringify(opened.error));
const engine = opened.value;
await engine.send('backups.look', {});
const ends = new Map<number, unknown>();
let wake = () => {};
engine.subscribe((event) => {
	if (event.kind !== 'operation' || event.operation.state === 'running') return;
	ends.set(event.operation.id, event.operation);
	wake();
});
isArmed = true;
const started = await engine.send('operation.start', JSON.parse(ask));
if (!started.ok) throw new Error(JSON.stringify(started.error));
const { id } = started.value.operation;
while (!ends.has(id))
	await new Promise<void>((resolve) => {
		wake = resolve;
	});
const operation = ends.get(id);
isArmed = false;
await engine.close();
process.stdout.write(JSON.stringify({ made, operation }));
process.exit(0);
