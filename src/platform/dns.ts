import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Fault, fault, timeoutFault } from '../domain/fault.ts';
import type { DnsAnswer, DnsPort, RecordType } from '../domain/network-ports.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { createLeash } from './leash.ts';

const MOST_RECORDS = 200;

/** Names by Node's resolver, which asks name servers itself: `/etc/hosts` and caches of the host are passed over. */
export function createDns(clock: Clock): DnsPort {
	return {
		async resolve({ name, type, server }, limits) {
			const leash = createLeash(clock, limits);
			if (leash.ended !== null) return err(leash.ended);
			const limitMs = limits.deadline - clock.monotonic();
			try {
				const timeout = Math.max(1, Math.ceil(limitMs));
				const resolver = new Resolver({ timeout, tries: 1 });
				if (server !== null) resolver.setServers([isIP(server) === 6 ? `[${server}]` : server]);
				leash.onEnd = () => resolver.cancel();
				const found = await ask(resolver, name, type);
				return leash.ended === null ? ok(found) : err(leash.ended);
			} catch (error) {
				if (leash.ended !== null) return err(leash.ended);
				const { code } = error as { code?: unknown };
				if (code === 'ENODATA') return ok({ records: [], ttl: null });
				if (code === 'ETIMEOUT') return err(timeoutFault(limitMs));
				return err(dnsFault(String(code ?? ''), name, server));
			} finally {
				leash.onEnd = null;
				leash.release();
			}
		},
	};
}

async function ask(resolver: Resolver, name: string, type: RecordType): Promise<DnsAnswer> {
	let ttl: number | null = null;
	let records: readonly string[];
	switch (type) {
		case 'A':
		case 'AAAA': {
			const answers =
				type === 'A'
					? await resolver.resolve4(name, { ttl: true })
					: await resolver.resolve6(name, { ttl: true });
			ttl = answers.length === 0 ? null : Math.min(...answers.map((answer) => answer.ttl));
			records = answers.map((answer) => answer.address);
			break;
		}
		case 'MX':
			records = (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
			break;
		case 'TXT':
			records = (await resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
			break;
		case 'SRV':
			records = (await resolver.resolveSrv(name)).map((one) =>
				[one.priority, one.weight, one.port, one.name].join(' '),
			);
			break;
		case 'CNAME':
			records = await resolver.resolveCname(name);
			break;
		case 'NS':
			records = await resolver.resolveNs(name);
			break;
	}
	return { records: records.slice(0, MOST_RECORDS).map((record) => clean(record, { max: 1024 })), ttl };
}

/** What the resolver said, as our fault. */
function dnsFault(code: string, name: string, server: string | null): Fault {
	const asked = server === null ? {} : { address: server };
	switch (code) {
		case 'ENOTFOUND':
			return fault('name-not-found', { host: clean(name, { max: 253 }) });
		case 'ECONNREFUSED':
			return fault('refused', asked);
		case 'EBADNAME':
			return fault('not-supported', { reason: clean(name, { max: 253 }) });
		default:
			return fault('dns-failed', { answer: clean(code.replace(/^E/, ''), { max: 20 }), ...asked });
	}
}
