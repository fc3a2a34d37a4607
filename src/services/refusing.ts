import type { Refusal, RefusalCode } from '../domain/engine.ts';
import { err, type Result } from '../domain/result.ts';
import type { Stored } from '../domain/storage-port.ts';

/** What was asked cannot be done: a code and its values, worded where it is shown. */
export function refuse(
	why: RefusalCode,
	detail: Readonly<Record<string, string | number>> = {},
): { readonly ok: false; readonly error: Refusal } {
	return err({ kind: 'refused', why, detail });
}

/** A storage fault as the refusal it means to whoever asked. */
export function lift<T>(stored: Stored<T>): Result<T, Refusal> {
	return stored.ok ? stored : err({ kind: 'fault', fault: stored.error });
}
