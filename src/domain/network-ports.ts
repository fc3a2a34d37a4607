import type { Fault } from './fault.ts';
import type { Limits } from './ports.ts';
import type { Result } from './result.ts';
import type { Text } from './secret.ts';

/** One certificate as it was presented, its names cleaned and capped. */
export interface CertificateFacts {
	readonly subject: string;
	readonly issuer: string;
	/** DNS names and addresses it is for. */
	readonly names: readonly string[];
	/** Epoch ms; NaN when it says none. */
	readonly validFrom: number;
	readonly validTo: number;
	/** SHA-256 of the whole certificate, lower-case hex. */
	readonly fingerprint: string;
}

export interface TlsFacts {
	/** The server's own certificate first, then who signed it, as far as it is known. */
	readonly chain: readonly CertificateFacts[];
	/** `TLSv1.3` … */
	readonly protocol: string;
	readonly cipher: string;
	/** null: a browser would trust it. Else `self-signed`, `expired`, `not-yet-valid`, `wrong-name`, `untrusted` … */
	readonly distrusted: string | null;
	/** Whether the certificate is for the name that was asked for, whoever signed it. */
	readonly named: boolean;
	readonly dnsMs: number;
	readonly connectMs: number;
	readonly tlsMs: number;
}

export interface TlsPort {
	/** Shakes hands and hangs up. A certificate nobody trusts is a fact, not a fault. */
	shakeHands(
		target: {
			readonly host: string;
			readonly port: number;
			/** The name the certificate must be for. */
			readonly name: string;
			/** PEM text of those whose signature counts; null: the ones this program comes with. */
			readonly authorities: string | null;
		},
		limits: Limits,
	): Promise<Result<TlsFacts, Fault>>;
}

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'SRV'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface DnsAnswer {
	/** One text a record, as it came; empty when the name has none of this type. */
	readonly records: readonly string[];
	/** Seconds; the shortest of them, null where it is not told. */
	readonly ttl: number | null;
}

export interface DnsPort {
	/**
	 * Asks name servers, never `/etc/hosts`. Faults: `name-not-found`, `dns-failed` {answer}, `timeout`, `refused`.
	 * `server` is an address with or without a port; null: those of the host.
	 */
	resolve(
		question: { readonly name: string; readonly type: RecordType; readonly server: string | null },
		limits: Limits,
	): Promise<Result<DnsAnswer, Fault>>;
}

export interface Handshake {
	readonly status: number;
	/** Whether the other side agreed to speak WebSocket, and proved that it understood. */
	readonly opened: boolean;
	/** The subprotocol it chose; empty for none. */
	readonly protocol: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly dnsMs: number;
	readonly connectMs: number;
	readonly tlsMs: number | undefined;
	readonly totalMs: number;
}

export interface WebSocketPort {
	/** Asks for a WebSocket and closes it as soon as it is open. A refusal with a status is an answer, not a fault. */
	open(
		request: {
			/** ws, wss, http or https. */
			readonly url: Text;
			readonly protocols: readonly string[];
			readonly headers: Readonly<Record<string, Text>>;
			readonly verifyTls: boolean;
		},
		limits: Limits,
	): Promise<Result<Handshake, Fault>>;
}
