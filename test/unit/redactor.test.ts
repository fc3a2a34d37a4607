import { describe, expect, it } from 'vitest';
import { clean, createRedactor, redactTexts } from '../../src/domain/text.ts';
import { quantity } from '../../src/domain/value.ts';
import { createCleanedStream, createTail } from '../../src/platform/tail.ts';

const TOKEN = 'opaque-value-1234567';
const redactor = createRedactor([TOKEN]);

describe('a redactor', () => {
	it('finds a secret whose control characters were made visible', () => {
		const odd = 'first\tsecond\nthird';
		const hide = createRedactor([odd]);
		for (const text of [odd, clean(odd), clean(odd, { newlines: 'keep' })])
			expect(hide(`a ${text} b`)).toBe('a *** b');
	});

	it('hides what a cut left of a secret, on either side', () => {
		expect(redactor('token opaque-val…')).toBe('token ***…');
		expect(redactor('…ue-1234567 is it')).toBe('…*** is it');
		expect(redactor('nothing of it…')).toBe('nothing of it…');
	});

	it('hides in every text of a value, names too, and leaves numbers and what holds none untouched', () => {
		const clean = { took: quantity(8, 'ms'), text: 'fine', list: ['a', null, true] };
		expect(redactTexts(clean, redactor)).toBe(clean);
		const hidden = redactTexts({ ...clean, [TOKEN]: [`x${TOKEN}`], number: TOKEN, unit: 'ms' }, redactor);
		expect(JSON.stringify(hidden)).not.toContain(TOKEN);
		expect(hidden.took).toEqual(quantity(8, 'ms'));
	});
});

describe('what a command prints, kept to its end', () => {
	const LIMIT = 64;

	it('leaves nothing of a secret that the cut goes through, wherever it goes', () => {
		for (let after = LIMIT - TOKEN.length; after <= LIMIT; after++) {
			const tail = createTail(LIMIT, redactor);
			tail.push(Buffer.from(`${'x'.repeat(500)}${TOKEN}${'y'.repeat(after)}`));
			expect(tail.text()).toMatch(/^(\*\*\*)?y+$/);
			expect(tail.truncated).toBe(true);
		}
	});

	it('finds a secret with a tab and a line end, before they are made visible', () => {
		const odd = 'first\tsecond\r\nthird';
		const tail = createTail(LIMIT, createRedactor([odd]));
		tail.push(Buffer.from(`a ${odd} b`));
		expect(tail.text()).toBe('a *** b');
	});

	it('begins on a whole character with and without a secret to look for', () => {
		for (const one of [redactor, createRedactor([])]) {
			const tail = createTail(LIMIT, one);
			tail.push(Buffer.from('轮'.repeat(100)));
			expect(tail.text()).toMatch(/^轮{21}$/);
		}
	});
});

describe('what a command prints, as it comes', () => {
	it('never shows a part of a secret, in whatever pieces it comes', () => {
		const text = `before ${TOKEN} between ${TOKEN}${TOKEN} after`;
		for (let size = 1; size <= TOKEN.length + 1; size++) {
			const said: string[] = [];
			const stream = createCleanedStream((part) => said.push(part), redactor);
			for (let at = 0; at < text.length; at += size) {
				stream.push(Buffer.from(text.slice(at, at + size)));
				expect(said.join('')).not.toContain('opaq');
			}
			stream.end();
			expect(said.join('')).toBe('before *** between ****** after');
		}
	});

	it('waits only with what may be the beginning of a secret, and says it at the end', () => {
		const said: string[] = [];
		const stream = createCleanedStream((part) => said.push(part), redactor);
		stream.push(Buffer.from('50 % done opaque-v'));
		expect(said).toEqual(['50 % done ']);
		stream.end();
		expect(said.join('')).toBe('50 % done opaque-v');
	});

	it('takes the longer of two secrets that begin alike', () => {
		const said: string[] = [];
		const stream = createCleanedStream((part) => said.push(part), createRedactor(['abcd', 'abcdefgh']));
		for (const part of ['x abcd', 'efgh', ' y abcd', ' z']) stream.push(Buffer.from(part));
		stream.end();
		expect(said.join('')).toBe('x *** y *** z');
	});
});
