import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Where a running demo is to be reached, from its `demo.json`. */
export type DemoRecord = {
	pid: number;
	/** Epoch ms. */
	startedAt: number;
	ports: DemoPorts;
	token: string;
};

export type DemoPorts = { flask: number; accounting: number; mcp: number; control: number };

/** The line a demo prints when it answers. */
export type ReadyLine = {
	ready: true;
	dir: string;
	config: string;
	ports: DemoPorts;
	pid: number;
	joined?: true;
};

/** Reads `demo.json`; undefined when there is none or it is not one of ours. */
export function readRecord(path: string): DemoRecord | undefined {
	try {
		const record = JSON.parse(readFileSync(path, 'utf8')) as DemoRecord;
		const isOurs = typeof record.token === 'string' && Number.isInteger(record.ports?.control);
		return isOurs ? record : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Sends one line to a demo's control port and gives its answer with the open connection, which the caller keeps or destroys.
 * Undefined when nobody answers `ok` within `waitMs`: another program may have the port by now.
 */
export function askControl(
	record: Pick<DemoRecord, 'ports' | 'token'>,
	words: string,
	waitMs = 2000,
): Promise<{ text: string; socket: Socket } | undefined> {
	return new Promise((resolve) => {
		const socket = connect({ host: '127.0.0.1', port: record.ports.control });
		let heard = '';
		const end = (text: string | undefined): void => {
			clearTimeout(timer);
			socket.removeAllListeners('data').removeAllListeners('close');
			if (text === undefined) socket.destroy();
			resolve(text === undefined ? undefined : { text, socket });
		};
		const timer = setTimeout(() => end(undefined), waitMs);
		socket.setEncoding('utf8');
		socket.on('error', () => socket.destroy());
		socket.on('close', () => end(undefined));
		socket.on('connect', () => socket.write(`${record.token} ${words}\n`));
		socket.on('data', (chunk: string) => {
			heard += chunk;
			const newline = heard.indexOf('\n');
			if (newline >= 0) end(heard.startsWith('ok ') ? heard.slice(3, newline) : undefined);
			else if (heard.length > 4096) end(undefined);
		});
	});
}
