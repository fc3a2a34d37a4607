import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import { isRecorded, makeSystem, openTest } from '../support/engine.ts';
import { JSON_HEAD, plain, serveRaw } from '../support/servers.ts';

const TOKEN = 'opaque-value-1234567';
const HEAD = 'version: 1\nsystem: Keeps\nsecrets: {token: env:TOKEN}\n';
const USES_IT =
	'checks:\n  owner: {kind: command, run: ["true"], every: 1h, env: {T: "${secret:token}"}, must: [exit == 0]}\n';

async function serve(body: () => string) {
	const server = await serveRaw((socket) => socket.end(plain(body(), { ...JSON_HEAD, 'x-token': TOKEN })));
	onTestFinished(() => server.close());
	return server;
}

describe('a secret of one check that another one meets', () => {
	it('reaches neither screen nor store: body, header, output', async () => {
		const server = await serve(() =>
			JSON.stringify({ echo: `key ${TOKEN}`, long: 'x'.repeat(1_015) + TOKEN, [TOKEN]: 1 }),
		);
		const system = makeSystem(
			`${HEAD}${USES_IT}  body:
    kind: http
    url: ${server.url}/
    every: 1h
    must: ['$.echo == "other"', '$.missing == "${TOKEN.slice(0, 4)}"']
    should: ['header("x-token") == "other"', '$.long == "x"']
    show: {echo: $.echo, long: $.long}
  output: {kind: command, run: [cat, held.txt], every: 1h, must: [exit == 0, 'stdout == "x"']}
  tail: {kind: command, run: [bash, -c, 'cat held.txt; exit 3'], every: 1h}
`,
			{ 'held.txt': `holds ${TOKEN}\n` },
		);
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		const names = ['body', 'output', 'tail'];
		for (const name of names) await engine.until(isRecorded(name));
		expect(engine.picture('body')?.samples['echo']).toBe('key ***');
		const details = await Promise.all(
			names.map((name) => engine.send('check.detail', { check: checkId(name) })),
		);
		expect(JSON.stringify(details)).toContain('key ***');
		await engine.close();
		for (const text of [JSON.stringify(details), JSON.stringify(engine.events), system.kept()]) {
			// The file of the fixture itself is the one place where it stands.
			const seen = text.replaceAll(`holds ${TOKEN}\n`, '');
			expect(seen).not.toContain(TOKEN.slice(0, 12));
		}
	});

	it('is judged as it is shown, so that a signed value is the same the next time', async () => {
		let turn = 0;
		const server = await serve(() => JSON.stringify({ key: TOKEN, turn: turn++ }));
		const system = makeSystem(
			`${HEAD}${USES_IT}  body:
    kind: http
    url: ${server.url}/
    every: 1h
    must: ['$.key == "***"']
    show: {key: $.key}
`,
		);
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		await engine.until(isRecorded('body', 'ok'));
		expect(engine.picture('body')?.samples['key']).toBe('***');
	});
});

describe('an action whose command prints a secret', () => {
	it('takes no part of it out by its result pattern', async () => {
		const system = makeSystem(`${HEAD}actions:
  leak:
    run: [bash, -c, 'echo "token=$T done=7"; exit 1']
    env: {T: "\${secret:token}"}
    result: 'token=(?<head>.{6}).* done=(?<done>\\d)'
    must: ['head == "other"', exit == 0]
`);
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		const started = await engine.send('operation.start', {
			action: 'leak',
			step: null,
			confirmed: null,
		} as never);
		const ended = await engine.ended(started.operation.id);
		expect(ended.samples['head']).toBeUndefined();
		await engine.close();
		expect(JSON.stringify(engine.events)).not.toContain(TOKEN.slice(0, 6));
		expect(readFileSync(join(system.folder, 'logs/error.log'), 'latin1')).not.toContain(TOKEN.slice(0, 6));
		expect(system.kept()).not.toContain(TOKEN.slice(0, 6));
	});

	it('shows no first half of it while the second is still to come', async () => {
		const system = makeSystem(
			`${HEAD}actions:
  halves:
    run: [bash, halves.sh]
    env: {T: "\${secret:token}"}
`,
			{
				'halves.sh': [
					'printf "begun\\nnow %s" "$(printf %s "$T" | head -c 9)"',
					'until [ -e go ]; do sleep 0.05; done',
					'printf "%s done\\n" "$(printf %s "$T" | tail -c +10)"',
				].join('\n'),
			},
		);
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		const started = await engine.send('operation.start', {
			action: 'halves',
			step: null,
			confirmed: null,
		} as never);
		await engine.until((e) => e.kind === 'operation' && e.tail.some((line) => line.startsWith('now')));
		expect(JSON.stringify(engine.events)).not.toContain(TOKEN.slice(0, 4));
		system.write('go', '');
		await engine.ended(started.operation.id);
		const { output } = await engine.send('operation.output', { operation: started.operation.id });
		expect(output).toBe('begun\nnow *** done\n');
		expect(JSON.stringify(engine.events)).not.toContain(TOKEN.slice(0, 4));
	});

	it('leaves nothing of it where its output is cut', async () => {
		// 64 KiB are kept: the cut goes through the token, which the command prints after some filling.
		const after = 64 * 1024 - 8;
		const system = makeSystem(`${HEAD}actions:
  flood:
    run: [bash, -c, 'head -c 9000 /dev/zero | tr "\\\\0" x; printf %s "$T"; head -c ${after} /dev/zero | tr "\\\\0" y']
    env: {T: "\${secret:token}"}
`);
		const engine = await openTest(system.options({ variables: { TOKEN } }));
		const started = await engine.send('operation.start', {
			action: 'flood',
			step: null,
			confirmed: null,
		} as never);
		await engine.ended(started.operation.id);
		const { output } = await engine.send('operation.output', { operation: started.operation.id });
		expect(output).toMatch(/^y+$/);
	});
});
