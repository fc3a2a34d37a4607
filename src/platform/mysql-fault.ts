import { type Fault, fault } from '../domain/fault.ts';
import { clean } from '../domain/text.ts';
import { networkFault } from './network-fault.ts';

const MESSAGE_LIMIT = 200;

const DENIED = new Set([1045, 1698, 1129, 1130, 1251, 1820, 1862, 3118, 4151]);
const FORBIDDEN = new Set([1044, 1142, 1143, 1227, 1370]);
const FULL = new Set([1040, 1203, 1226]);
const TIMED_OUT = new Set([1317, 1969, 3024]);
const LOCKED = new Set([1205, 1213]);
const DAMAGED = new Set([126, 127, 134, 144, 145, 1034, 1035, 1194, 1195, 1712]);

/** What MySQL, MariaDB or the client said. Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
export function faultOfMysql(error: unknown, address: string, query: string | null): Fault {
	const {
		errno,
		sqlState,
		code = '',
		message = '',
	} = error as {
		errno?: number;
		sqlState?: string;
		code?: string;
		message?: string;
	};
	const asked = query === null ? {} : { query };
	const said = clean(message).slice(0, MESSAGE_LIMIT);
	// The client's own refusals have a code and no number.
	if (code === 'PROTOCOL_CONNECTION_LOST') return fault('closed-early', { address });
	if (code === 'HANDSHAKE_SSL_ERROR') return faultOfTls(message, address);
	if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return fault('bad-protocol', { address, reason: 'tls' });
	if (code === 'AUTH_SWITCH_PLUGIN_ERROR') return fault('access-denied', { address });
	if (typeof errno !== 'number' || errno < 100 || (sqlState === undefined && !code.startsWith('ER_')))
		return code === '' || code.startsWith('PROTOCOL_') || code.startsWith('HANDSHAKE_')
			? fault('bad-body', { format: 'MySQL' })
			: networkFault(error, address);
	if (DENIED.has(errno)) return fault('access-denied', { address });
	if (FORBIDDEN.has(errno)) return fault('no-permission', { address, ...asked });
	if (FULL.has(errno)) return fault('not-accepting', { address, reason: 'full' });
	if (errno === 1053) return fault('not-accepting', { address, reason: 'stopping' });
	if (errno === 1049) return fault('database-missing', { path: address });
	if (TIMED_OUT.has(errno)) return fault('timeout', { address, ...asked });
	if (LOCKED.has(errno)) return fault('database-locked', { path: address });
	if (DAMAGED.has(errno)) return fault('database-corrupt', { path: address });
	if (errno === 1792 || errno === 1290)
		return fault('bad-query', { ...asked, reason: 'not-read-only', message: said });
	return fault('bad-query', { ...asked, message: said });
}

const CERTIFICATES: readonly (readonly [RegExp, string])[] = [
	[/self[- ]signed/i, 'self-signed'],
	[/expired/i, 'expired'],
	[/not yet valid/i, 'not-yet-valid'],
	[/altnames|does not match/i, 'wrong-name'],
	[/revoked/i, 'revoked'],
	[/certificate/i, 'untrusted'],
];

/** The client has put a code of its own over that of the certificate. */
function faultOfTls(message: string, address: string): Fault {
	const reason = CERTIFICATES.find(([words]) => words.test(message))?.[1];
	return reason === undefined
		? fault('bad-protocol', { address, reason: 'tls' })
		: fault('bad-certificate', { address, reason });
}
