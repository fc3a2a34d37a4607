import { DamagedRow } from './faults.ts';
/** Writes small whole numbers in few bytes (LEB128), and text. */
export class ByteWriter {
	private bytes = new Uint8Array(256);
	private length = 0;

	byte(value: number): void {
		if (this.length === this.bytes.length) this.grow(1);
		this.bytes[this.length++] = value;
	}

	/** A whole number from 0 to 2^53 - 1. */
	count(value: number): void {
		let rest = value;
		while (rest > 0x7f) {
			this.byte((rest % 0x80) | 0x80);
			rest = Math.floor(rest / 0x80);
		}
		this.byte(rest);
	}

	/** A whole number between -2^52 and 2^52, small ones of either sign in few bytes. */
	signed(value: number): void {
		this.count(value < 0 ? -2 * value - 1 : 2 * value);
	}

	text(value: string): void {
		const encoded = Buffer.from(value, 'utf8');
		this.count(encoded.length);
		if (this.length + encoded.length > this.bytes.length) this.grow(encoded.length);
		this.bytes.set(encoded, this.length);
		this.length += encoded.length;
	}

	take(): Buffer {
		const taken = Buffer.from(this.bytes.subarray(0, this.length));
		this.length = 0;
		return taken;
	}

	private grow(more: number): void {
		const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
		wider.set(this.bytes.subarray(0, this.length));
		this.bytes = wider;
	}
}

/** Reads what a ByteWriter wrote. Throws DamagedRow past the end. */
export class ByteReader {
	private readonly bytes: Uint8Array;
	private at = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	get place(): number {
		return this.at;
	}

	seek(place: number): void {
		this.at = place;
	}

	byte(): number {
		const value = this.bytes[this.at++];
		if (value === undefined) throw new DamagedRow('stored bytes end too early');
		return value;
	}

	count(): number {
		let value = 0;
		let scale = 1;
		for (;;) {
			const part = this.byte();
			value += (part & 0x7f) * scale;
			if (part < 0x80) return value;
			scale *= 0x80;
		}
	}

	signed(): number {
		const value = this.count();
		return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
	}

	text(): string {
		const length = this.count();
		const end = this.at + length;
		if (end > this.bytes.length) throw new DamagedRow('stored bytes end too early');
		const value = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at, length).toString('utf8');
		this.at = end;
		return value;
	}

	skipText(): void {
		const length = this.count();
		this.at += length;
		if (this.at > this.bytes.length) throw new DamagedRow('stored bytes end too early');
	}
}
