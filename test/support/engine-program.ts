import { createInterface } from 'node:readline';
import type { CommandName } from '../../src/domain/engine.ts';
import { type EngineOptions, openEngine } from '../../src/engine.ts';

/** An engine in a process of its own, for tests that kill it: commands come in and events go out, one JSON line each. */
const options = JSON.parse(process.argv[2] ?? '{}') as EngineOptions;
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
const opened = await openEngine({ ...options, environment: options.environment ?? undefined });
if (!opened.ok) {
	say({ failed: opened.error });
	process.exit(1);
}
const engine = opened.value;
engine.subscribe((event) => say({ event }));
say({ open: process.pid });
for await (const line of createInterface({ input: process.stdin })) {
	const { id, name, input } = JSON.parse(line) as { id: number; name: CommandName | 'close'; input: never };
	if (name === 'close') {
		await engine.close();
		process.exit(0);
	}
	void engine.send(name, input).then((answer) => say({ id, answer }));
}
