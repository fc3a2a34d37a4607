import { type Fault, fault } from '../domain/fault.ts';
import { clean } from '../domain/text.ts';
import { networkFault } from './network-fault.ts';

const DENIED = new Set([
	'InvalidAccessKeyId',
	'SignatureDoesNotMatch',
	'ExpiredToken',
	'InvalidToken',
	'AuthorizationHeaderMalformed',
]);
const FULL = new Set([
	'QuotaExceeded',
	'QuotaExceededException',
	'XMinioStorageFull',
	'InsufficientStorage',
	'EntityTooLarge',
]);

export interface S3Where {
	/** `host:port`, without secrets. */
	readonly address: string;
	/** Bucket and key. */
	readonly path: string;
}

/** What the store or the way to it said, as our fault. Its sentences are never kept: they may repeat what was sent. */
export function s3Fault(error: unknown, { address, path }: S3Where): Fault {
	const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
	const status = $metadata?.httpStatusCode;
	const shown = clean(path, { max: 300 });
	if (status === undefined) {
		if (name === 'TimeoutError') return fault('unreachable', { address });
		const { code, message } = error as { code?: unknown; message?: unknown };
		// The library has no name for it.
		if (typeof message === 'string' && message.startsWith('Checksum mismatch'))
			return fault('copy-damaged', { what: 'hash', path: shown });
		// Nothing that came back, and nothing of the network either.
		if (typeof code !== 'string' && !(error as { cause?: unknown }).cause)
			return fault('io-error', { reason: wordOf(name), path: shown });
		return networkFault(error, address);
	}
	if (status === 412 || status === 409) return fault('name-taken', { path: shown });
	if (name !== undefined && DENIED.has(name)) return fault('access-denied', { address });
	if (name !== undefined && FULL.has(name)) return fault('disk-full', { path: shown });
	if (status === 507) return fault('disk-full', { path: shown });
	if (status === 401 || status === 403) return fault('no-permission', { path: shown });
	if (status === 404) return fault('file-missing', { path: shown });
	if (status === 405) return fault('read-only', { path: shown });
	if (status === 301 || status === 307) return fault('not-supported', { reason: 'region', address });
	if (status === 501) return fault('not-supported', { reason: wordOf(name), address });
	if (status >= 200 && status < 300) return fault('bad-protocol', { address, reason: 'http' });
	return fault('io-error', { reason: wordOf(name, `HTTP ${status}`), path: shown });
}

function wordOf(name: string | undefined, otherwise = 'unknown'): string {
	return name !== undefined && /^[A-Za-z][A-Za-z0-9]{0,59}$/.test(name) && name !== 'Error'
		? name
		: otherwise;
}
