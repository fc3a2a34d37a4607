import { EVIL, HIDDEN, type Subject, type Surroundings, secret } from './check-subjects.ts';
import { closedPort, HOSTILE, JSON_HEAD, plain } from './servers.ts';

const TEXT_HEAD = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };

const page = async (world: Surroundings, text: string, status?: string) => ({
	url: (await world.raw((socket) => void socket.write(plain(text, TEXT_HEAD, status)))).url,
});
const WATCH = { watch: { jobs: 'jobs', errors: { increase: 'errors_total' } } };
const PAGE = '# TYPE jobs gauge\njobs{queue="a"} 3\n# TYPE errors_total counter\nerrors_total 7\n';
const metrics = (text: string) => async (world: Surroundings) => ({ ...(await page(world, text)), ...WATCH });

const server = async (world: Surroundings, text: string, status?: string) => ({
	url: (await world.raw((socket) => void socket.write(plain(text, JSON_HEAD, status)))).url,
});
const QUERY = { query: { down: 'count(up == 0)' } };
const answer = (result: unknown, more: object = {}, resultType = 'vector') =>
	JSON.stringify({ status: 'success', data: { resultType, result }, ...more });
const refusal = (errorType: string, error: string) => JSON.stringify({ status: 'error', errorType, error });
const prometheus = (text: string, status?: string) => async (world: Surroundings) => ({
	...(await server(world, text, status)),
	...QUERY,
});
const one = (label: string) => [{ metric: { job: label }, value: [1767603600.5, '3'] }];

/** Kinds that ask for figures somebody else has counted. */
export const METRIC_SUBJECTS: Readonly<Record<string, Subject>> = {
	prometheus: {
		good: prometheus(answer(one('api'))),
		faults: {
			refused: ['refused', async () => ({ url: `http://127.0.0.1:${await closedPort()}`, ...QUERY })],
			badQuery: ['bad-query', prometheus(refusal('bad_data', 'parse error at char 3'), '400 Bad Request')],
			tooHeavy: ['bad-query', prometheus(refusal('execution', 'too many samples'), '422 Unprocessable')],
			notReady: ['command-failed', prometheus('Service Unavailable', '503 Service Unavailable')],
			queryTimeout: ['command-failed', prometheus(refusal('timeout', 'query timed out'), '503 Busy')],
			notThere: ['command-failed', prometheus('404 page not found', '404 Not Found')],
			noToken: ['no-permission', prometheus('', '401 Unauthorized')],
			html: ['bad-body', prometheus('<html></html>')],
			otherJson: ['bad-body', prometheus('{"status": "healthy"}')],
			noData: ['bad-body', prometheus('{"status": "success"}')],
			odd: ['bad-body', prometheus(answer([{ metric: 3, value: [1, '1'] }]))],
			flood: ['body-too-large', async (world) => ({ url: (await world.raw(HOSTILE.flood)).url, ...QUERY })],
		},
		hang: async (world) => ({ url: (await world.raw(() => {})).url, ...QUERY }),
		hostile: prometheus(answer(one(EVIL), { infos: [EVIL] })),
		echo: async (world) => ({
			...(await server(world, answer(one(HIDDEN), { warnings: [HIDDEN] }))),
			...QUERY,
			auth: { bearer: secret },
		}),
	},
	metrics: {
		good: metrics(PAGE),
		faults: {
			refused: ['refused', async () => ({ url: `http://127.0.0.1:${await closedPort()}`, ...WATCH })],
			html: ['bad-body', metrics('<!doctype html><html></html>')],
			empty: ['bad-body', metrics('\n')],
			mistake: ['bad-body', metrics(`${PAGE}jobs{queue="b} 4\n`)],
			twice: ['bad-body', metrics(`${PAGE}${PAGE}`)],
			noToken: [
				'no-permission',
				async (world) => ({ ...(await page(world, '', '403 Forbidden')), ...WATCH }),
			],
			broken: [
				'command-failed',
				async (world) => ({ ...(await page(world, 'oops', '500 Internal Server Error')), ...WATCH }),
			],
			flood: ['body-too-large', async (world) => ({ url: (await world.raw(HOSTILE.flood)).url, ...WATCH })],
		},
		hang: async (world) => ({ url: (await world.raw(() => {})).url, ...WATCH }),
		hostile: metrics(`jobs{queue="${EVIL}"} 3\nerrors_total 1\n`),
		echo: async (world) => ({
			...(await page(world, `jobs{queue="${HIDDEN}"} 3\nerrors_total 1\n`)),
			...WATCH,
			auth: { user: 'ops', password: secret },
		}),
	},
};
