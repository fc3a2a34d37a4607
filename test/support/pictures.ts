import type { ConditionOutcome } from '../../src/domain/condition/index.ts';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { fault } from '../../src/domain/fault.ts';
import { actionId, checkId, operationId, roundId, serviceId, sheetId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { CheckFace, CheckPicture, SystemFace, TrendPoint } from '../../src/domain/picture.ts';
import type { Samples } from '../../src/domain/reading.ts';
import type { Round, Step } from '../../src/domain/round.ts';
import type { StepDefinition } from '../../src/domain/system.ts';
import { quantity } from '../../src/domain/value.ts';

/** 09:18 of the documents' morning, in the rounds' zone. */
export const MORNING = Date.parse('2025-11-22T09:18:00Z');
const MINUTE = 60_000;

const flask = serviceId('flask');
const accounting = serviceId('accounting');
const mcp = serviceId('mcp');

function httpCheck(
	id: string,
	service: typeof flask,
	path: string,
	extra: Partial<CheckFace> = {},
): CheckFace {
	return {
		id: checkId(id),
		title: null,
		service,
		kind: 'http',
		target: `GET ${path}`,
		everyMs: 10_000,
		timeoutMs: 5_000,
		confirm: 3,
		must: ['status == 200'],
		should: ['latency < 500ms'],
		values: [],
		headline: 'latency',
		...extra,
	};
}

const shown = (name: string, expected: string | null = null) => ({ name, expected, unit: 'none' as const });

export const CHECKS: readonly CheckFace[] = [
	httpCheck('api-health', flask, '/api/health', { must: ['status == 200', '$.status == "healthy"'] }),
	httpCheck('customers', flask, '/api/customers', {
		must: ['count($.customers[*]) > 0'],
		values: [shown('customers', '> 0')],
	}),
	httpCheck('summary', flask, '/api/dashboard/summary', {
		must: ['$.customers > 0'],
		values: [shown('net')],
	}),
	httpCheck('ocr', flask, '/api/bill/ocr-status', {
		must: ['$.status == "ready"'],
		values: [shown('ocr', '= ready')],
	}),
	httpCheck('accounting-health', accounting, '/health'),
	httpCheck('mcp-health', mcp, '/health'),
	{
		...httpCheck('integrity', flask, ''),
		id: checkId('integrity'),
		title: { en: 'Database integrity', 'zh-CN': '数据库完整性' },
		service: null,
		kind: 'sqlite',
		target: 'db/smart_loan_manager.db',
		everyMs: 300_000,
		must: ['customers > 0', 'drop(transactions) < 5%', 'change(repayments) < 20%'],
		should: ['customers.took < 100ms'],
		values: [
			shown('customers', '> 0'),
			shown('bills', '> 0'),
			shown('transactions', 'drop < 5 %'),
			shown('cards', '> 0'),
		],
		headline: 'transactions',
	},
	{
		...httpCheck('cors', flask, ''),
		id: checkId('cors'),
		title: { en: 'CORS origins', 'zh-CN': 'CORS 域名' },
		service: null,
		kind: 'cors',
		target: 'GET /api/customers',
		must: ['allowed == origins'],
		values: [shown('allowed', '= 10')],
		headline: 'allowed',
	},
];

const STEPS: readonly StepDefinition[] = [
	{
		kind: 'check',
		title: { en: 'Health of the three services', 'zh-CN': '三个服务的健康' },
		checks: [checkId('api-health'), checkId('accounting-health'), checkId('mcp-health')],
	},
	{
		kind: 'check',
		title: { en: 'Values of the endpoints', 'zh-CN': '接口数据' },
		checks: [checkId('customers'), checkId('summary'), checkId('ocr')],
	},
	{ kind: 'check', title: { en: 'CORS', 'zh-CN': 'CORS' }, checks: [checkId('cors')] },
	{
		kind: 'run',
		title: { en: 'API endpoint tests', 'zh-CN': 'API 接口测试' },
		action: actionId('api-tests'),
	},
	{
		kind: 'ask',
		title: null,
		question: { en: 'Any new stack trace in the error log?', 'zh-CN': '错误日志中有新的堆栈吗？' },
		look: { log: 'flask', level: 'error', since: 'last-signed' },
		changes: false,
	},
	{ kind: 'run', title: { en: 'Daily report', 'zh-CN': '日报' }, action: actionId('report') },
];

export function face(
	options: { readonly environment?: string; readonly guard?: 'none' | 'confirm' | 'typed' } = {},
): SystemFace {
	const guard = options.guard ?? 'none';
	const environment = { name: options.environment ?? 'demo', guard };
	return {
		system: 'CreditPilot',
		environment,
		environments: [environment],
		timezone: 'UTC',
		operator: 'mei',
		services: [
			{ id: flask, title: 'Flask Server', port: 5000, hasLogs: true },
			{ id: accounting, title: 'Accounting API', port: 8000, hasLogs: true },
			{ id: mcp, title: 'MCP Server', port: 8080, hasLogs: false },
		],
		checks: CHECKS,
		actions: [
			{
				id: actionId('api-tests'),
				title: { en: 'API endpoint tests', 'zh-CN': 'API 接口测试' },
				key: 't',
				guard,
				command: 'bash test_api_endpoints.sh',
				builtin: null,
			},
			{
				id: actionId('report'),
				title: { en: 'Daily report', 'zh-CN': '日报' },
				key: null,
				guard: 'none',
				builtin: 'report',
				command: 'report',
			},
			{
				id: actionId('demo-lose-transactions'),
				title: { en: 'demo: lose transactions', 'zh-CN': '演示：丢失交易' },
				key: null,
				guard,
				command: 'bash trouble.sh lose-transactions toggle',
				builtin: null,
			},
			{
				id: actionId('demo-stop-mcp'),
				title: { en: 'demo: stop MCP', 'zh-CN': '演示：停止 MCP' },
				key: null,
				guard,
				command: 'bash trouble.sh stop-mcp toggle',
				builtin: null,
			},
		],
		sheets: [
			{
				id: sheetId('morning'),
				title: { en: 'Morning round', 'zh-CN': '早间巡检' },
				atMinute: 540,
				graceMs: 30 * MINUTE,
				steps: STEPS,
			},
			{
				id: sheetId('evening'),
				title: { en: 'Evening round', 'zh-CN': '晚间巡检' },
				atMinute: 1260,
				graceMs: 30 * MINUTE,
				steps: STEPS.slice(0, 2),
			},
		],
		keys: {},
		statePath: '.rounds',
		stateGroup: null,
		demo: true,
	};
}

/** A check as it is when all is well, seen `agoMs` before `now`. */
export function wellCheck(id: string, now = MORNING, agoMs = 4_000): CheckPicture {
	const samples: Record<string, Samples> = {
		'api-health': { status: quantity(200), latency: quantity(8, 'ms') },
		customers: { status: quantity(200), latency: quantity(11, 'ms'), customers: quantity(8) },
		summary: { status: quantity(200), latency: quantity(14, 'ms'), net: quantity('1286340.55') },
		ocr: { status: quantity(200), latency: quantity(7, 'ms'), ocr: 'ready' },
		'accounting-health': { status: quantity(200), latency: quantity(9, 'ms') },
		'mcp-health': { status: quantity(200), latency: quantity(6, 'ms') },
		integrity: {
			customers: quantity(8),
			bills: quantity(281),
			transactions: quantity(48_609),
			cards: quantity(31),
		},
		cors: { allowed: quantity(10), origins: quantity(10) },
	};
	const latency = samples[id]?.['latency'];
	return {
		id: checkId(id),
		level: 'ok',
		hard: true,
		attempt: 1,
		since: now - 86_400_000,
		at: now - agoMs,
		durationMs: typeof latency === 'object' && latency !== null ? Number(latency.number) : 38,
		samples: samples[id] ?? {},
		reasons: [],
		unsaved: false,
		flapping: false,
		hushed: null,
	};
}

export function condition(
	text: string,
	left: ConditionOutcome['resolved'][number],
	must: ConditionOutcome['must'],
	holds: boolean | null = false,
): ConditionOutcome {
	return { condition: text, holds, resolved: [left], must };
}

export function slowAccounting(now = MORNING): CheckPicture {
	const latency = quantity(612, 'ms');
	const limit = quantity(500, 'ms');
	return {
		...wellCheck('accounting-health', now),
		level: 'warning',
		since: now - 7 * MINUTE,
		durationMs: 612,
		samples: { status: quantity(200), latency },
		reasons: [
			{
				kind: 'condition',
				severity: 'should',
				outcome: condition(
					'latency < 500ms',
					{ text: 'latency', value: latency },
					{ operator: '<', value: '500 ms', operand: limit },
				),
			},
		],
	};
}

export function stoppedMcp(now = MORNING): CheckPicture {
	return {
		...wellCheck('mcp-health', now),
		level: 'critical',
		hard: false,
		attempt: 2,
		since: now - MINUTE,
		durationMs: 1,
		samples: {},
		reasons: [{ kind: 'fault', fault: fault('refused', { address: '127.0.0.1', port: 8080 }) }],
	};
}

export function lostTransactions(now = MORNING): CheckPicture {
	const dropped = quantity('0.959678248883', 'ratio');
	return {
		...wellCheck('integrity', now, 65_000),
		level: 'critical',
		since: now - 65_000,
		samples: {
			customers: quantity(8),
			bills: quantity(281),
			transactions: quantity(1_960),
			cards: quantity(31),
		},
		reasons: [
			{
				kind: 'condition',
				severity: 'must',
				outcome: condition(
					'drop(transactions) < 5%',
					{ text: 'drop(transactions)', value: dropped, from: quantity(48_609), to: quantity(1_960) },
					{ operator: '<', value: '5 %', operand: quantity('0.05', 'ratio') },
				),
			},
		],
	};
}

/** Sixty points that end with the check's newest value; bad ones at the end when the check is bad. */
export function trendOf(check: CheckPicture, badPoints = 0): readonly TrendPoint[] {
	const face = CHECKS.find((f) => f.id === check.id);
	const well = wellCheck(check.id);
	const sample = face?.headline ? well.samples[face.headline] : undefined;
	const usual = typeof sample === 'object' && sample !== null ? Number(sample.number) : well.durationMs;
	const own = face?.headline ? check.samples[face.headline] : undefined;
	const now = typeof own === 'object' && own !== null ? Number(own.number) : null;
	return Array.from({ length: 60 }, (_, index) => {
		const left = 60 - index;
		const isBad = left <= badPoints;
		const wave = face?.headline === 'latency' ? ([0, 1, 0, 3, 0, 0, 1, 0, 12, 0, 2, 0][index % 12] ?? 0) : 0;
		return {
			at: check.at - (left - 1) * (face?.everyMs ?? 10_000),
			value: isBad ? (now === null ? null : now * (0.8 + ((index * 7) % 10) / 50)) : usual + wave,
			level: isBad ? check.level : 'ok',
		};
	});
}

function step(index: number, extra: Partial<Step> = {}): Step {
	const definition = STEPS[index];
	if (!definition) throw new RangeError(`no step ${index}`);
	return { index, definition, answer: null, note: null, draft: null, found: [], ...extra };
}

/** The morning round with three of its six steps filled. */
export function morningRound(now = MORNING): Round {
	const seen = (id: string) => {
		const check = wellCheck(id, now);
		return {
			kind: 'observation' as const,
			check: check.id,
			at: check.at,
			level: check.level,
			samples: check.samples,
			reasons: [],
			baseline: {},
		};
	};
	return {
		id: roundId(7),
		sheet: sheetId('morning'),
		title: { en: 'Morning round', 'zh-CN': '早间巡检' },
		dueAt: now - 18 * MINUTE,
		graceMs: 30 * MINUTE,
		startedAt: now - 9 * MINUTE,
		startedBy: 'mei',
		signed: null,
		steps: [
			step(0, { found: [seen('api-health'), seen('accounting-health'), seen('mcp-health')] }),
			step(1, { found: [seen('customers'), seen('summary'), seen('ocr')] }),
			step(2, { found: [seen('cors')] }),
			step(3),
			step(4),
			step(5),
		],
		version: 4,
	};
}

export function operation(extra: Partial<Operation> = {}): Operation {
	return {
		id: operationId(3),
		action: actionId('api-tests'),
		title: 'API endpoint tests',
		by: 'mei',
		startedAt: MORNING - 12_000,
		endedAt: null,
		state: 'running',
		level: 'pending',
		samples: {},
		reasons: [],
		step: null,
		parent: null,
		command: 'bash test_api_endpoints.sh',
		files: [],
		...extra,
	};
}

export interface WorldOptions {
	readonly now?: number;
	readonly isTroubled?: boolean;
	readonly withRound?: boolean;
	readonly environment?: string;
	readonly guard?: 'none' | 'confirm' | 'typed';
}

/** The events an engine sends first: CreditPilot at 09:18, well or with its three troubles. */
export function world(options: WorldOptions = {}): readonly EngineEvent[] {
	const { now = MORNING, isTroubled = false, withRound = false } = options;
	const bad: Readonly<Record<string, CheckPicture>> = isTroubled
		? {
				'accounting-health': slowAccounting(now),
				'mcp-health': stoppedMcp(now),
				integrity: lostTransactions(now),
			}
		: {};
	const badPoints: Readonly<Record<string, number>> = {
		'accounting-health': 30,
		'mcp-health': 4,
		integrity: 2,
	};
	const checks = CHECKS.map((check) => bad[check.id] ?? wellCheck(check.id, now));
	const signedAt = now - 86_400_000 + 16 * MINUTE;
	const signed = (value: ReturnType<typeof quantity> | string) => ({ value, at: signedAt });
	return [
		{ kind: 'system', face: face(options) },
		{
			kind: 'picture',
			now,
			checks,
			trends: checks.map((check) => ({
				check: check.id,
				points: trendOf(check, bad[check.id] ? badPoints[check.id] : 0),
			})),
			uptime: checks.map((check, index) => ({
				check: check.id,
				share: bad[check.id] ? 0.971 + index / 1000 : 0.9998,
			})),
		},
		{
			kind: 'baseline',
			baseline: {
				[checkId('customers')]: { customers: signed(quantity(8)) },
				[checkId('summary')]: { net: signed(quantity('1286340.55')) },
				[checkId('ocr')]: { ocr: signed('ready') },
				[checkId('integrity')]: {
					customers: signed(quantity(8)),
					bills: signed(quantity(280)),
					transactions: signed(quantity(48_609)),
					cards: signed(quantity(31)),
				},
			},
			signedAt,
			signedBy: 'mei',
			title: 'Morning round',
		},
		{
			kind: 'plan',
			plan: [
				{
					sheet: sheetId('morning'),
					dueAt: now - 18 * MINUTE,
					lateAt: now + 12 * MINUTE,
					standing: withRound ? 'in-progress' : 'due',
					round: withRound ? roundId(7) : null,
				},
				{
					sheet: sheetId('evening'),
					dueAt: now + 702 * MINUTE,
					lateAt: now + 732 * MINUTE,
					standing: 'planned',
					round: null,
				},
			],
		},
		...(withRound ? [{ kind: 'round', round: morningRound(now) } as const] : []),
		{
			kind: 'polling',
			polling: {
				mine: true,
				holder: 'mei',
				present: [{ session: 'a', operator: 'mei', looking: null, mine: true }],
			},
		},
		{ kind: 'storage', storage: { unsaved: 0, since: null, fault: null } },
		{ kind: 'logs', sources: ['flask', 'accounting'] },
	];
}
