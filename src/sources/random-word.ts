import { randomBytes } from 'node:crypto';

/** A part of a name that nobody else has. */
export function randomWord(): string {
	return randomBytes(5).toString('hex');
}
