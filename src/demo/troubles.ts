/** The troubles a person can switch on, in the order the palette shows them. */
export type TroubleName =
	| 'slow-accounting'
	| 'stop-mcp'
	| 'lose-transactions'
	| 'cors-dropped'
	| 'error-burst'
	| 'flask-500'
	| 'hang'
	| 'bad-json';

export type Trouble = {
	name: TroubleName;
	/** Title of its action in each language, and what one will see, for the comment beside it. */
	en: string;
	zh: string;
	seen: string;
};

export const TROUBLES: readonly Trouble[] = [
	{
		name: 'slow-accounting',
		en: 'demo: slow accounting',
		zh: '演示：会计接口变慢',
		seen: 'the Accounting API answers after about 612 ms',
	},
	{
		name: 'stop-mcp',
		en: 'demo: stop MCP',
		zh: '演示：停止 MCP',
		seen: 'nothing listens on the MCP port any more: connection refused',
	},
	{
		name: 'lose-transactions',
		en: 'demo: lose transactions',
		zh: '演示：丢失交易',
		seen: '48,609 transactions become 1,960; expenses - repayments = net still holds, only the baseline tells',
	},
	{
		name: 'cors-dropped',
		en: 'demo: CORS origin dropped',
		zh: '演示：CORS 少一个域名',
		seen: 'https://creditpilot.digital is gone from cors_config.py and refused',
	},
	{
		name: 'error-burst',
		en: 'demo: error burst',
		zh: '演示：错误突发',
		seen: 'stack traces arrive in logs/error.log and the server log, and more while it is on',
	},
	{
		name: 'flask-500',
		en: 'demo: Flask answers 500',
		zh: '演示：Flask 返回 500',
		seen: 'every Flask endpoint answers 500',
	},
	{
		name: 'hang',
		en: 'demo: Accounting hangs',
		zh: '演示：会计接口挂起',
		seen: 'the Accounting API accepts connections and never answers',
	},
	{
		name: 'bad-json',
		en: 'demo: broken JSON',
		zh: '演示：JSON 损坏',
		seen: 'the dashboard summary is cut off in the middle of a number',
	},
];

export function isTroubleName(text: string): text is TroubleName {
	return TROUBLES.some((trouble) => trouble.name === text);
}

/** Which troubles are on; services read it at every request, so a switch needs no restart. */
export type TroubleSwitches = Record<TroubleName, boolean>;

export function allWell(): TroubleSwitches {
	return Object.fromEntries(TROUBLES.map((trouble) => [trouble.name, false])) as TroubleSwitches;
}
