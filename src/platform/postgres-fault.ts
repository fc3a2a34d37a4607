import { type Fault, fault } from '../domain/fault.ts';
import { clean } from '../domain/text.ts';
import { networkFault } from './network-fault.ts';

const MESSAGE_LIMIT = 200;

/** What PostgreSQL or its client said. Its codes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function faultOfPostgres(error: unknown, address: string, query: string | null): Fault {
	const { code, message = '', severity } = error as { code?: string; message?: string; severity?: string };
	if (typeof code !== 'string' || typeof severity !== 'string') return faultOfClient(error, message, address);
	const asked = query === null ? {} : { query };
	const said = clean(message).slice(0, MESSAGE_LIMIT);
	switch (code) {
		case '3D000':
			return fault('database-missing', { path: address });
		case '53300':
			return fault('not-accepting', { address, reason: 'full' });
		case '57P03':
			return fault('not-accepting', { address, reason: 'starting' });
		case '57P01':
		case '57P02':
			return fault('not-accepting', { address, reason: 'stopping' });
		case '57014':
			return fault('timeout', { address, ...asked });
		case '42501':
			return fault('no-permission', { address, ...asked });
		case '25006':
			return fault('bad-query', { ...asked, reason: 'not-read-only', message: said });
		case '40001':
		case '40P01':
		case '55P03':
			return fault('database-locked', { path: address });
		case '53100':
		case '53200':
			return fault('not-accepting', { address, reason: 'full' });
		default:
			if (code.startsWith('28')) return fault('access-denied', { address });
			if (code.startsWith('XX00') && code !== 'XX000') return fault('database-corrupt', { path: address });
			if (code.startsWith('08')) return fault('closed-early', { address });
			return fault('bad-query', { ...asked, message: said });
	}
}

/** What the client says by itself has a sentence and no code. */
function faultOfClient(error: unknown, message: string, address: string): Fault {
	if (/^SASL|password must be|requires? a password/i.test(message))
		return fault('access-denied', { address });
	if (/\bSSL\b/.test(message)) return fault('bad-protocol', { address, reason: 'tls' });
	if (/terminated|Connection ended|not queryable/i.test(message)) return fault('closed-early', { address });
	if (/invalid response|Unknown authentication/i.test(message))
		return fault('bad-body', { format: 'PostgreSQL' });
	return networkFault(error, address);
}
