/** Headers by hand: what no honest program writes. */
export interface HandMade {
	readonly name: string;
	readonly type?: string;
	readonly target?: string;
	readonly body?: Uint8Array | string;
	/** Said in the header, whatever the body is. */
	readonly size?: number;
	readonly mode?: number;
	readonly prefix?: string;
}

export function tarEntry(entry: HandMade): Buffer {
	const { name, type = '0', target = '', mode = 0o644, prefix = '' } = entry;
	const body = Buffer.from(entry.body ?? '');
	const header = Buffer.alloc(512);
	header.write(name, 0, 100, 'latin1');
	header.write(`${mode.toString(8).padStart(6, '0')} \0`, 100);
	header.write('000000 \0', 108);
	header.write('000000 \0', 116);
	header.write(`${(entry.size ?? body.length).toString(8).padStart(11, '0')} `, 124);
	header.write('14000000000 ', 136);
	header.write(type, 156);
	header.write(target, 157, 100, 'latin1');
	header.write('ustar\x0000', 257, 'latin1');
	header.write(prefix, 345, 155, 'latin1');
	header.fill(' ', 148, 156);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** An extension that gives the next entry another name, target or size. */
export function paxEntry(records: Readonly<Record<string, string>>): Buffer {
	const lines = Object.entries(records).map(([key, value]) => {
		const rest = ` ${key}=${value}\n`;
		let length = Buffer.byteLength(rest) + 1;
		while (String(length).length + Buffer.byteLength(rest) !== length) length++;
		return `${length}${rest}`;
	});
	return tarEntry({ name: 'PaxHeader', type: 'x', body: lines.join('') });
}

export const TAR_END = Buffer.alloc(1024);

export function tarOf(...parts: readonly (HandMade | Buffer)[]): Buffer {
	return Buffer.concat([...parts.map((part) => (Buffer.isBuffer(part) ? part : tarEntry(part))), TAR_END]);
}
