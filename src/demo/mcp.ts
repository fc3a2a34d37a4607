import { type Routing, replyJson } from './routing.ts';

/** The MCP server of the documents: a health page and one JSON-RPC answer, enough to be watched. */
export function describeMcp(world: Pick<Routing, 'random' | 'served'>): Routing {
	return {
		...world,
		routes: [
			{ methods: ['GET'], path: '/health', takesMs: 6, answer: () => replyJson(200, { status: 'healthy' }) },
			{
				methods: ['POST'],
				path: '/mcp',
				takesMs: 12,
				answer: () =>
					replyJson(200, {
						jsonrpc: '2.0',
						id: 1,
						result: { serverInfo: { name: 'creditpilot-mcp', version: '1.0' } },
					}),
			},
		],
	};
}
