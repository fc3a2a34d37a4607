import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The services that are asked: real HTTP servers on loopback in a process of their own, forked with the number of origins
 * as argument. They write down when they were asked; `begin` forgets what was, `end` tells it.
 */
export type ToServices = { readonly kind: 'begin' } | { readonly kind: 'end' };
export type FromServices =
	| { readonly kind: 'ports'; readonly ports: readonly number[] }
	/** Path → monotonic ms of every question. */
	| { readonly kind: 'asked'; readonly asked: Readonly<Record<string, readonly number[]>> };

// About what the four documented endpoints answer: a list of a few objects, some sums, no surprises.
const CUSTOMERS = Array.from({ length: 8 }, (_, index) => ({
	id: index + 1,
	name: `Customer ${index + 1}`,
	email: `customer${index + 1}@example.com`,
	active: true,
	balance: 12_345.67 + index,
}));

const send = (message: FromServices): void => void process.send?.(message);

async function serve(origins: number): Promise<void> {
	let asked: Record<string, number[]> = {};
	let turn = 0;
	const ports = await Promise.all(
		Array.from({ length: origins }, () => {
			const server = createServer((request, response) => {
				const times = asked[request.url ?? ''];
				if (times) times.push(performance.now());
				else asked[request.url ?? ''] = [performance.now()];
				turn += 1;
				const body = JSON.stringify({
					status: 'healthy',
					customers: CUSTOMERS,
					summary: { net_balance: 266_481.41, bills: 281, turn },
				});
				response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
				response.end(body);
			});
			server.keepAliveTimeout = 600_000;
			return new Promise<number>((resolve) => {
				server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
			});
		}),
	);
	process.on('message', (message: ToServices) => {
		if (message.kind === 'end') send({ kind: 'asked', asked });
		asked = {};
	});
	process.on('disconnect', () => process.exit(0));
	send({ kind: 'ports', ports });
}

void serve(Number(process.argv[2] ?? 1));
