import { createHash, timingSafeEqual } from 'node:crypto';
import type { Books } from './database.ts';
import { type Routing, replyJson } from './routing.ts';
import type { TroubleSwitches } from './troubles.ts';

/** What the Accounting API needs of the rest of the demo. */
export type AccountingWorld = {
	books: Books;
	troubles: TroubleSwitches;
	token: string;
	random(): number;
	served: NonNullable<Routing['served']>;
};

/** Lifts the usual 9 ms to the 612 ms that the slow service shows. */
const SLOW_MS = 603;

/** The accounting service: every path wants the bearer token, and says 401 without. */
export function describeAccounting(world: AccountingWorld): Routing {
	return {
		random: world.random,
		served: world.served,
		delayMs: () => (world.troubles['slow-accounting'] ? SLOW_MS : 0),
		intercept: (request) => {
			if (world.troubles.hang) return 'never';
			if (isBearer(request.headers.authorization, world.token)) return undefined;
			return replyJson(401, { detail: 'Not authenticated' }, { 'WWW-Authenticate': 'Bearer' });
		},
		routes: [
			{ methods: ['GET'], path: '/health', takesMs: 9, answer: () => replyJson(200, { status: 'healthy' }) },
			{
				methods: ['GET'],
				path: '/accounting/balance',
				takesMs: 20,
				answer: () => {
					const sums = world.books.sums();
					return replyJson(200, {
						currency: 'RM',
						expenses: sums.expenseCents / 100,
						repayments: sums.repaymentCents / 100,
						net_balance: world.books.netCents() / 100,
					});
				},
			},
		],
	};
}

/** Compares digests, which have one length, so that the time taken tells nothing about the token. */
function isBearer(header: string | undefined, token: string): boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
