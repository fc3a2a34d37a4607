import dgram from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** What a name server says to one question: records as bytes, or how it refuses. */
export interface DnsReply {
	/** 0 no error, 2 server failure, 3 no such name, 5 refused. */
	readonly code?: number;
	readonly records?: readonly { readonly type: number; readonly ttl?: number; readonly bytes: Buffer }[];
	readonly silent?: boolean;
}

export interface DnsServer {
	/** `127.0.0.1:<port>` */
	readonly address: string;
	/** Names asked for, as they came. */
	readonly asked: string[];
	close(): Promise<void>;
}

/** A name server on loopback, over UDP, that answers as `reply` says. */
export async function serveDns(reply: (name: string, type: number) => DnsReply): Promise<DnsServer> {
	const socket = dgram.createSocket('udp4');
	const asked: string[] = [];
	socket.on('message', (question, from) => {
		const { name, end } = readName(question, 12);
		asked.push(name);
		const answer = reply(name, question.readUInt16BE(end));
		if (answer.silent === true) return;
		const records = answer.records ?? [];
		const head = Buffer.alloc(12);
		question.copy(head, 0, 0, 2);
		head.writeUInt16BE(0x8180 | (answer.code ?? 0), 2);
		head.writeUInt16BE(1, 4);
		head.writeUInt16BE(records.length, 6);
		const parts: Buffer[] = [head, question.subarray(12, end + 4)];
		for (const { type, ttl = 60, bytes } of records) {
			const record = Buffer.alloc(12);
			record.writeUInt16BE(0xc00c, 0);
			record.writeUInt16BE(type, 2);
			record.writeUInt16BE(1, 4);
			record.writeUInt32BE(ttl, 6);
			record.writeUInt16BE(bytes.length, 10);
			parts.push(record, bytes);
		}
		socket.send(Buffer.concat(parts), from.port, from.address);
	});
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	return {
		address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
		asked,
		close: () => new Promise((resolve) => socket.close(() => resolve())),
	};
}

function readName(message: Buffer, from: number): { name: string; end: number } {
	const labels: string[] = [];
	let at = from;
	for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
		labels.push(message.toString('latin1', at + 1, at + 1 + length));
		at += length + 1;
	}
	return { name: labels.join('.'), end: at + 1 };
}

/** A name as it stands in a record. */
export function nameBytes(name: string): Buffer {
	const labels = name
		.split('.')
		.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
	return Buffer.concat([...labels, Buffer.from([0])]);
}

export const A = (address: string, ttl?: number) => ({
	type: 1,
	bytes: Buffer.from(address.split('.').map(Number)),
	...(ttl === undefined ? {} : { ttl }),
});
export const TXT = (text: string) => ({
	type: 16,
	bytes: Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]),
});
export const MX = (priority: number, name: string) => ({
	type: 15,
	bytes: Buffer.concat([Buffer.from([priority >> 8, priority & 255]), nameBytes(name)]),
});
