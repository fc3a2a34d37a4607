import net from 'node:net';
import tls, { type DetailedPeerCertificate } from 'node:tls';
import { fault } from '../domain/fault.ts';
import type { CertificateFacts, TlsFacts, TlsPort } from '../domain/network-ports.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { createLeash } from './leash.ts';
import { certificateReason, networkFault } from './network-fault.ts';

const MOST_CERTIFICATES = 10;
const MOST_NAMES = 100;

/** TLS by Node's tls. What is presented is looked at, whether or not it is to be trusted. */
export function createTls(clock: Clock): TlsPort {
	return {
		shakeHands: ({ host, port, name, authorities }, limits) =>
			new Promise((resolve) => {
				const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
				const leash = createLeash(clock, limits);
				if (leash.ended !== null) return resolve(err(leash.ended));
				const began = clock.monotonic();
				let resolvedAt = began;
				let connectedAt = began;
				const finish = (answer: Parameters<typeof resolve>[0]) => {
					leash.release();
					leash.onEnd = null;
					socket.destroy();
					resolve(answer);
				};
				let socket: tls.TLSSocket;
				try {
					socket = tls.connect({
						host,
						port,
						rejectUnauthorized: false,
						...(net.isIP(name) === 0 ? { servername: name } : {}),
						...(authorities === null ? {} : { ca: authorities }),
					});
				} catch (error) {
					leash.release();
					return resolve(err(networkFault(error, address)));
				}
				leash.onEnd = (why) => finish(err(why));
				socket.on('lookup', () => {
					if (resolvedAt === began) resolvedAt = clock.monotonic();
				});
				socket.once('connect', () => {
					connectedAt = clock.monotonic();
				});
				socket.on('error', (error) => finish(err(networkFault(error, address))));
				socket.once('close', () => finish(err(fault('closed-early', { address }))));
				socket.once('secureConnect', () => {
					const readyAt = clock.monotonic();
					const [dnsMs, connectMs] = [resolvedAt - began, connectedAt - resolvedAt];
					const facts = factsOf(socket, name);
					if (facts === null) return finish(err(fault('bad-protocol', { address, reason: 'tls' })));
					finish(ok({ ...facts, dnsMs, connectMs, tlsMs: readyAt - connectedAt }));
				});
			}),
	};
}

/** null where the other side showed no certificate at all. */
function factsOf(
	socket: tls.TLSSocket,
	name: string,
): Omit<TlsFacts, 'dnsMs' | 'connectMs' | 'tlsMs'> | null {
	const leaf = socket.getPeerCertificate(true);
	if (leaf.raw === undefined) return null;
	const chain: CertificateFacts[] = [];
	for (let at: DetailedPeerCertificate | undefined = leaf; at?.raw !== undefined; ) {
		chain.push(certificateFacts(at));
		// The last of a chain names itself as who signed it.
		const next: DetailedPeerCertificate | undefined = at.issuerCertificate;
		if (next === at || next?.fingerprint256 === at.fingerprint256 || chain.length >= MOST_CERTIFICATES) break;
		at = next;
	}
	const named = tls.checkServerIdentity(name, leaf) === undefined;
	return {
		chain,
		protocol: clean(socket.getProtocol() ?? '', { max: 20 }),
		cipher: clean(socket.getCipher()?.name ?? '', { max: 80 }),
		distrusted: socket.authorized ? null : certificateReason(socket.authorizationError),
		named,
	};
}

function certificateFacts(certificate: DetailedPeerCertificate): CertificateFacts {
	const { subjectaltname = '', valid_from, valid_to, fingerprint256 } = certificate;
	const names = subjectaltname
		.split(', ')
		.map((one) => /^(?:DNS|IP Address):(.*)$/.exec(one)?.[1] ?? '')
		.filter((one) => one !== '')
		.slice(0, MOST_NAMES)
		.map((one) => clean(one, { max: 253 }));
	return {
		subject: titleOf(certificate.subject),
		issuer: titleOf(certificate.issuer),
		names,
		validFrom: Date.parse(valid_from),
		validTo: Date.parse(valid_to),
		fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
	};
}

/** What people call it: its common name, else whose it is. */
function titleOf(subject: tls.Certificate | undefined): string {
	const found: unknown = subject?.CN ?? subject?.O ?? subject?.OU ?? '';
	return clean(String(Array.isArray(found) ? found[0] : found), { max: 120 });
}
