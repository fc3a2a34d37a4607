import type { Fault } from '../domain/fault.ts';
import type { Clock, Limits, NetPort } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { type Dialled, dial } from './dial.ts';
import { createLeash } from './leash.ts';
import { networkFault } from './network-fault.ts';

const BANNER_BYTES = 4096;

type Answer = Result<{ readonly dnsMs: number; readonly connectMs: number; readonly banner: string }, Fault>;

/** TCP by Node's net. A banner ends at its first line end, at 4 KiB, or when the other side closes. */
export function createNet(clock: Clock): NetPort {
	return {
		connect: ({ host, port, send, banner = false }, limits: Limits) =>
			new Promise<Answer>((resolve) => {
				const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
				const leash = createLeash(clock, limits);
				if (leash.ended !== null) return resolve(err(leash.ended));
				let dialled: Dialled | null = null;
				const heard: Buffer[] = [];
				let bytes = 0;
				const finish = (answer: Answer) => {
					leash.release();
					leash.onEnd = null;
					socket.destroy();
					resolve(answer);
				};
				const said = () => {
					if (dialled === null) return;
					const { dnsMs, connectMs } = dialled;
					const text = Buffer.concat(heard).subarray(0, BANNER_BYTES).toString('utf8');
					finish(ok({ dnsMs, connectMs, banner: text }));
				};
				const socket = dial(clock, { host, port, tls: false, verifyTls: false }, (error, opened) => {
					if (error !== null) return finish(err(networkFault(error, address)));
					dialled = opened;
					if (send !== undefined) socket.write(send);
					if (!banner) return said();
					socket.on('data', (chunk: Buffer) => {
						heard.push(chunk);
						bytes += chunk.length;
						if (bytes >= BANNER_BYTES || chunk.includes(10)) said();
					});
					socket.on('end', () => {
						if (bytes > 0) said();
						else finish(err({ code: 'closed-early', detail: { address } }));
					});
					socket.on('error', (broken) => finish(err(networkFault(broken, address))));
				});
				leash.onEnd = (why) => finish(err(why));
			}),
	};
}
