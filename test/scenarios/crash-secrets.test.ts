import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { startCli } from '../support/cli.ts';
import { makeSystem } from '../support/engine.ts';

const TOKEN = 'opaque-value-1234567';
const YAML = `version: 1
system: Breaks
secrets: {token: env:TOKEN}
checks:
  a: {kind: command, run: ["true"], every: 1h, env: {T: "\${secret:token}"}}
`;
/** A bug that is only waiting for its signal, and has a secret in its hands. */
const BOOM = `import { isMainThread } from 'node:worker_threads';
const boom = () => { throw new Error('boom ' + process.env.TOKEN); };
if (isMainThread) process.on('SIGUSR2', boom);
else new BroadcastChannel('boom').onmessage = boom;
`;

it('of a headless command holds no secret, on stderr or in its file', async () => {
	const system = makeSystem(YAML, { 'boom.mjs': BOOM });
	const env = { TOKEN };
	const watch = startCli(['watch'], {
		cwd: system.folder,
		env,
		node: ['--import', join(system.folder, 'boom.mjs')],
	});
	await watch.line((line) => line.includes(' a '));
	watch.signal('SIGUSR2');
	const { code, err } = await watch.ended;
	expect({ code, err }).toMatchObject({ code: 70, err: expect.stringContaining('boom ***') });
	expect(err).not.toContain(TOKEN);
	const own = join(system.folder, 'own/rounds');
	const files = readdirSync(own).filter((name) => name.startsWith('crash-'));
	expect(files).toHaveLength(1);
	const text = readFileSync(join(own, files[0] ?? ''), 'utf8');
	expect(text).toContain('boom ***');
	expect(text).not.toContain(TOKEN);
});

it('of the engine leaves its thread without any', async () => {
	const system = makeSystem(YAML, { 'boom.mjs': BOOM });
	const worker = new Worker(new URL('../../src/engine-thread.ts', import.meta.url), {
		execArgv: ['--import', join(system.folder, 'boom.mjs')],
		env: { ...process.env, TOKEN },
		stderr: true,
	});
	onTestFinished(async () => void (await worker.terminate()));
	const failed = new Promise<Error>((resolve) => worker.once('error', resolve));
	const opened = new Promise<unknown>((resolve) => worker.once('message', resolve));
	const key = { config: system.config, environment: null, version: '0', build: '0' };
	worker.postMessage({
		...system.options(),
		variables: { TOKEN },
		picture: { path: null, key },
		demoWords: { answer: '', note: '' },
	});
	expect(await opened).toEqual({ kind: 'opened' });
	const channel = new BroadcastChannel('boom');
	channel.postMessage('now');
	const thrown = await failed;
	channel.close();
	expect(thrown.message).toBe('boom ***');
	expect(`${thrown.stack}`).not.toContain(TOKEN);
});
