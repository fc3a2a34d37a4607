import { type Fault, type FaultCode, fault } from '../domain/fault.ts';

const CODES: Readonly<Record<string, FaultCode>> = {
	ECONNREFUSED: 'refused',
	ECONNRESET: 'reset',
	ECONNABORTED: 'reset',
	EPIPE: 'reset',
	ENOTFOUND: 'name-not-found',
	EAI_AGAIN: 'name-not-found',
	EAI_NODATA: 'name-not-found',
	EAI_NONAME: 'name-not-found',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETDOWN: 'unreachable',
	EADDRNOTAVAIL: 'unreachable',
	EAFNOSUPPORT: 'unreachable',
	EINVAL: 'unreachable',
	ETIMEDOUT: 'unreachable',
	EACCES: 'no-permission',
	EPERM: 'no-permission',
	EMFILE: 'own-limit',
	ENFILE: 'own-limit',
	ENOBUFS: 'own-limit',
	UND_ERR_HEADERS_OVERFLOW: 'headers-too-large',
	HPE_HEADER_OVERFLOW: 'headers-too-large',
	UND_ERR_SOCKET: 'closed-early',
	UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'closed-early',
	UND_ERR_INVALID_ARG: 'not-supported',
	UND_ERR_NOT_SUPPORTED: 'not-supported',
	ERR_INVALID_ARG_VALUE: 'not-supported',
	EPROTO: 'bad-protocol',
};

const CERTIFICATES: Readonly<Record<string, string>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
	SELF_SIGNED_CERT_IN_CHAIN: 'self-signed',
	CERT_HAS_EXPIRED: 'expired',
	CERT_NOT_YET_VALID: 'not-yet-valid',
	ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
	HOSTNAME_MISMATCH: 'wrong-name',
	CERT_REVOKED: 'revoked',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
	UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
	CERT_UNTRUSTED: 'untrusted',
	INVALID_CA: 'untrusted',
	CERT_REJECTED: 'untrusted',
	CERT_SIGNATURE_FAILURE: 'untrusted',
};

/** Why a certificate was not trusted: one word for each way. */
export function certificateReason(error: unknown): string {
	const code = error instanceof Error ? codeOf(error) : String(error);
	return CERTIFICATES[code] ?? 'untrusted';
}

/** What Node or undici said about a connection, as our fault. `address` is `host:port`, safe to show. */
export function networkFault(error: unknown, address: string): Fault {
	const code = codeOf(error);
	// undici has one code for a closed connection and for an upgrade nobody asked for.
	if (code === 'UND_ERR_SOCKET' && (error as Error).message === 'bad upgrade')
		return fault('bad-protocol', { address, reason: 'upgrade' });
	const certificate = CERTIFICATES[code];
	if (certificate !== undefined) return fault('bad-certificate', { address, reason: certificate });
	const known = CODES[code];
	if (known === 'bad-protocol') return fault(known, { address, reason: 'tls' });
	if (known !== undefined) return fault(known, { address });
	if (code.startsWith('HPE_') || nameOf(error) === 'HTTPParserError')
		return fault('bad-protocol', { address, reason: 'http' });
	if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS'))
		return fault('bad-protocol', { address, reason: 'tls' });
	return fault('unreachable', code === '' ? { address } : { address, system: code });
}

function nameOf(error: unknown): string {
	return error instanceof Error ? error.name : '';
}

function codeOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return '';
	const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
	if (typeof code === 'string') return code;
	// Trying IPv6 and IPv4 together gives one error that holds both.
	if (Array.isArray(errors) && errors.length > 0) return codeOf(errors.at(-1));
	return cause === undefined || cause === error ? '' : codeOf(cause);
}
