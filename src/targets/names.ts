import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether it can be the name of a file in a folder. */
export function isPlainName(name: string): boolean {
	return (
		name !== '' &&
		name !== '.' &&
		name !== '..' &&
		!name.includes('/') &&
		!CONTROL.test(name) &&
		Buffer.byteLength(name) <= 255
	);
}

/** Fault `not-supported` {reason: 'name'} for what is not one. */
export function requireName(name: string, accepts = isPlainName): Result<void, Fault> {
	return accepts(name)
		? ok(undefined)
		: err(fault('not-supported', { reason: 'name', path: clean(name, { max: 300 }) }));
}
