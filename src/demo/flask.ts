import type { IncomingMessage } from 'node:http';
import type { Books } from './database.ts';
import { type Reply, type Routing, replyJson } from './routing.ts';
import type { TroubleSwitches } from './troubles.ts';

/** What the Flask Server needs of the rest of the demo. */
export type FlaskWorld = {
	books: Books;
	troubles: TroubleSwitches;
	/** Origins in force now. */
	origins(): readonly string[];
	random(): number;
	served: NonNullable<Routing['served']>;
};

/** Without it the two writing endpoints refuse, so that a check pointed at them by mistake changes nothing anywhere. */
export const TEST_HEADER = 'x-test-run';

/**
 * Cents as a JSON number. The division is correctly rounded, and a double's shortest text is the decimal it was made from
 * (up to 15 digits), so 690403273 is written 6904032.73 and nothing else.
 */
function toRinggit(cents: number): number {
	return cents / 100;
}

/** The main application: customers, dashboard, bills; times and shapes as the operations documents give them. */
export function describeFlask(world: FlaskWorld): Routing {
	return {
		random: world.random,
		served: world.served,
		decorate: (request) => allowOrigin(request, world.origins()),
		intercept: (request) => {
			if (world.troubles['flask-500']) return replyJson(500, { error: 'Internal Server Error' });
			return request.method === 'OPTIONS' ? answerPreflight(request, world.origins()) : undefined;
		},
		routes: [
			{
				methods: ['GET'],
				path: '/api/health',
				takesMs: 8,
				answer: () => replyJson(200, { status: 'healthy' }),
			},
			{ methods: ['GET'], path: '/api/customers', takesMs: 50, answer: () => answerCustomers(world.books) },
			{ methods: ['GET'], path: '/api/dashboard/stats', takesMs: 40, answer: () => answerStats(world.books) },
			{ methods: ['GET'], path: '/api/dashboard/summary', takesMs: 100, answer: () => answerSummary(world) },
			{
				methods: ['GET', 'POST'],
				path: '/api/bill/ocr-status',
				takesMs: 30,
				answer: () => replyJson(200, { status: 'ready', formats: ['pdf', 'excel', 'csv'] }),
			},
			{ methods: ['POST'], path: '/api/bill/upload', takesMs: 60, answer: acceptTest },
			{ methods: ['POST'], path: '/api/customer/create', takesMs: 25, answer: acceptTest },
		],
	};
}

function answerCustomers(books: Books): Reply {
	const customers = books.customers().map((row) => ({
		id: row.id,
		code: row.code,
		name: row.name,
		cards: row.cards,
		balance: toRinggit(row.balance_cents),
	}));
	return replyJson(200, { count: customers.length, customers });
}

function answerStats(books: Books): Reply {
	const counts = books.counts();
	return replyJson(200, {
		customer_count: counts.customers,
		bill_count: counts.bills,
		transaction_count: counts.transactions,
		card_count: counts.cards,
	});
}

function answerSummary(world: FlaskWorld): Reply {
	const sums = world.books.sums();
	const reply = replyJson(200, {
		customers: world.books.counts().customers,
		expenses: toRinggit(sums.expenseCents),
		repayments: toRinggit(sums.repaymentCents),
		net_balance: toRinggit(world.books.netCents()),
	});
	// 200, the right type and length, and still not to be read to its end.
	return world.troubles['bad-json'] ? { ...reply, body: reply.body.slice(0, 34) } : reply;
}

/** Says yes and keeps nothing: these endpoints write in the real system, and a demo's books must keep their sums. */
function acceptTest(request: IncomingMessage): Reply {
	if (!request.headers[TEST_HEADER]) return replyJson(403, { error: 'only with the X-Test-Run header' });
	return replyJson(202, { accepted: true, stored: false });
}

function allowOrigin(request: IncomingMessage, origins: readonly string[]): Record<string, string> {
	const { origin } = request.headers;
	// Vary also without an Origin: a cache must not hand one origin's answer to another.
	if (!origin || !origins.includes(origin)) return { Vary: 'Origin' };
	return {
		'Access-Control-Allow-Origin': origin,
		'Access-Control-Allow-Credentials': 'true',
		Vary: 'Origin',
	};
}

function answerPreflight(request: IncomingMessage, origins: readonly string[]): Reply {
	const isAllowed = origins.includes(request.headers.origin ?? '');
	return {
		code: 204,
		body: '',
		headers: isAllowed
			? {
					'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
					'Access-Control-Allow-Headers': 'Content-Type, Authorization',
					'Access-Control-Max-Age': '3600',
				}
			: {},
	};
}
