import type { Socket } from 'node:net';

/** What a server of this test says: one row of one text for every question, or an error. */
export interface Said {
	readonly cell?: string;
	readonly error?: { readonly code: string; readonly number?: number; readonly message: string };
}

type Answer = (query: string) => Said;

const zero = (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0])]);
const int = (value: number, bytes: number) => {
	const buffer = Buffer.alloc(bytes);
	buffer.writeUIntBE(value, 0, bytes);
	return buffer;
};
const message = (type: string, ...parts: readonly Buffer[]) => {
	const body = Buffer.concat(parts);
	return Buffer.concat([Buffer.from(type), int(body.length + 4, 4), body]);
};
const READY = message('Z', Buffer.from('T'));

/** Enough of PostgreSQL's protocol (version 3) for a client that logs in without a password and asks. */
export function speakPostgres(socket: Socket, answer: Answer): void {
	let buffer = Buffer.alloc(0);
	let greeted = false;
	let asked = '';
	const reply = (query: string, parts: readonly Buffer[]) => {
		const { cell = '', error } = answer(query);
		if (error === undefined)
			return [...parts, message('D', int(1, 2), int(Buffer.byteLength(cell), 4), Buffer.from(cell))];
		const fields = [`SERROR`, `VERROR`, `C${error.code}`, `M${error.message}`];
		return [message('E', ...fields.map(zero), Buffer.from([0]))];
	};
	// One column `a` of type text.
	const columns = message(
		'T',
		int(1, 2),
		zero('a'),
		int(0, 4),
		int(0, 2),
		int(25, 4),
		int(65_535, 2),
		int(0, 4),
		int(0, 2),
	);
	const hear = (type: string, body: Buffer) => {
		if (type === 'P') asked = body.toString().split('\0')[1] ?? '';
		if (type === 'Q') socket.write(Buffer.concat([message('C', zero('BEGIN')), READY]));
		if (type !== 'S') return;
		const parts = reply(asked, [message('1'), message('2'), columns]);
		if (parts.length > 1) parts.push(message('C', zero('SELECT 1')));
		socket.write(Buffer.concat([...parts, READY]));
	};
	socket.on('data', (chunk) => {
		buffer = Buffer.concat([buffer, chunk as Buffer]);
		for (;;) {
			const head = greeted ? 1 : 0;
			if (buffer.length < head + 4) return;
			const size = head + buffer.readUInt32BE(head);
			if (buffer.length < size) return;
			const [type, body] = [buffer.toString('latin1', 0, head), buffer.subarray(head + 4, size)];
			buffer = buffer.subarray(size);
			if (greeted) hear(type, body);
			else {
				greeted = true;
				const login = answer('login');
				socket.write(
					login.error === undefined
						? Buffer.concat([message('R', int(0, 4)), READY])
						: Buffer.concat(reply('login', [])),
				);
			}
		}
	});
}

const little = (value: number, bytes: number) => {
	const buffer = Buffer.alloc(bytes);
	buffer.writeUIntLE(value, 0, bytes);
	return buffer;
};
const packet = (number: number, ...parts: readonly Buffer[]) => {
	const body = Buffer.concat(parts);
	return Buffer.concat([little(body.length, 3), int(number, 1), body]);
};
const counted = (text: string) => Buffer.concat([int(Buffer.byteLength(text), 1), Buffer.from(text)]);
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const EOF = Buffer.from([0xfe, 0, 0, 2, 0]);
// Protocol 4.1, transactions, long passwords, secure connection, named methods of logging in.
const CAPABILITIES = 0x0008_a201;

/** Enough of MySQL's protocol (version 10) for a client that logs in with any password and asks. */
export function speakMysql(socket: Socket, answer: Answer): void {
	const salt = Buffer.alloc(12, 65);
	socket.write(
		packet(
			0,
			Buffer.from([10]),
			zero('8.0.1-test'),
			little(1, 4),
			Buffer.alloc(8, 65),
			Buffer.from([0]),
			little(CAPABILITIES & 0xffff, 2),
			Buffer.from([33]),
			little(2, 2),
			little(CAPABILITIES >> 16, 2),
			Buffer.from([21]),
			Buffer.alloc(10),
			salt,
			Buffer.from([0]),
			zero('mysql_native_password'),
		),
	);
	let greeted = false;
	const error = (number: number, { code, number: which = 0, message: text }: NonNullable<Said['error']>) =>
		packet(number, Buffer.from([0xff]), little(which, 2), Buffer.from(`#${code}`), Buffer.from(text));
	const column = Buffer.concat([
		...['def', '', '', '', 'a', 'a'].map(counted),
		Buffer.from([12]),
		little(33, 2),
		little(1000, 4),
		Buffer.from([253, 0, 0, 0, 0, 0]),
	]);
	socket.on('data', (chunk) => {
		const bytes = chunk as Buffer;
		if (!greeted) {
			greeted = true;
			const login = answer('login');
			socket.write(login.error === undefined ? packet(2, OK) : error(2, login.error));
			return;
		}
		if (bytes[4] !== 3) return;
		const query = bytes.toString('utf8', 5);
		if (/^(?:set|start) /i.test(query)) return void socket.write(packet(1, OK));
		const { cell = '', error: said } = answer(query);
		if (said !== undefined) return void socket.write(error(1, said));
		socket.write(
			Buffer.concat([
				packet(1, Buffer.from([1])),
				packet(2, column),
				packet(3, EOF),
				packet(4, counted(cell)),
				packet(5, EOF),
			]),
		);
	});
}
