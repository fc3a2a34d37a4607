import { describe, expect, it, onTestFinished } from 'vitest';
import { createPrinter, paint } from '../../src/cli/print.ts';
import { runCli, startCli } from '../support/cli.ts';
import { makeSystem } from '../support/engine.ts';
import { serve } from '../support/servers.ts';

/** ESC sequences, C1, bidi, line separators, DEL and a line end that would begin a line of our own. */
const HOSTILE = '\u001b[31m\u001b]0;pwn\u0007\u009b2J\u202e\u2066\u2028\u007f\r\n✖ critical forged';
const yaml = (text: string) => JSON.stringify(text).replaceAll('\u007f', '\\x7f');
/** All that may steer a terminal or turn text round. */
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

async function makeHostile() {
	const server = await serve((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ text: `value ${HOSTILE}` }));
	});
	onTestFinished(() => server.close());
	return makeSystem(`version: 1
system: ${yaml(`Sys${HOSTILE}`)}
services: {web: {title: ${yaml(`Web${HOSTILE}`)}}}
checks:
  api:
    service: web
    kind: http
    url: "${server.url}/"
    every: 1h
    must: ['$.text == "other"']
    show: {text: $.text}
actions:
  act: {title: ${yaml(`Act${HOSTILE}`)}, run: [bash, -c, 'exit 1'], must: [exit == 0]}
rounds:
  morning:
    title: ${yaml(`Morning${HOSTILE}`)}
    steps: [{check: api}, {run: act}, {ask: ${yaml(`Really${HOSTILE}`)}}]
`);
}

const CALLS = [
	['run', 'morning'],
	['status'],
	['report'],
	['config', 'check'],
	['config', 'explain', 'api'],
	['config', 'explain', `api${HOSTILE}`],
	['run', `morning${HOSTILE}`],
	['verify', `gone${HOSTILE}`],
] as const;

describe('hostile titles, values and arguments', () => {
	it('steer no terminal and forge no line, in any headless command', async () => {
		const { folder } = await makeHostile();
		let all = '';
		for (const args of CALLS) {
			const { out, err } = await runCli(args, { cwd: folder });
			expect({ args, out: STEERS.exec(out), err: STEERS.exec(err) }).toEqual({ args, out: null, err: null });
			for (const line of `${out}\n${err}`.split('\n')) expect(line).not.toMatch(/^\s*✖ critical forged/);
			all += out;
		}
		for (const title of ['Sys␛', 'Web␛', 'Act␛', 'Morning␛', 'Really␛', 'value ␛'])
			expect(all).toContain(title);
	});

	it('stand in JSON as printable ASCII, and are read back as they were', async () => {
		const { folder } = await makeHostile();
		for (const args of [
			['run', 'morning', '--json'],
			['status', '--json'],
			['config', 'check', '--json'],
		] as const) {
			const { out } = await runCli(args, { cwd: folder });
			expect(out).toMatch(/^[\x20-\x7e\n]+$/);
			expect(JSON.parse(out)).toMatchObject({ system: `Sys${HOSTILE}` });
		}
	});

	it('leave the lines of the watch whole', async () => {
		const { folder } = await makeHostile();
		const watch = startCli(['watch'], { cwd: folder });
		await watch.line((line) => line.includes(' api '));
		watch.signal('SIGTERM');
		const { out } = await watch.ended;
		expect(STEERS.exec(out)).toBeNull();
		expect(out).toContain('Sys␛');
	});
});

describe('what is printed', () => {
	const print = (color: boolean) => {
		let said = '';
		const out = (text: string) => {
			said += text;
		};
		const printer = createPrinter({ out, err: () => {}, color });
		printer.out('a\u001b[31m ', paint('32', 'ok\u001b[31m\n'), ' z');
		return said;
	};

	it('is coloured by us alone, after cleaning', () => {
		expect(print(true)).toBe('a␛[31m \u001b[32mok␛[31m␊\u001b[0m z\n');
		expect(print(false)).toBe('a␛[31m ok␛[31m␊ z\n');
	});
});
