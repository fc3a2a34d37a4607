import type { Locale } from '../domain/own-text.ts';
import { ZH_SOURCES } from './field-words-sources.ts';
import { ZH_TARGETS } from './field-words-targets.ts';

// Sentences of the fields of check kinds, which are worded where the field is; what is not here is said in English.
const ZH: Readonly<Record<string, string>> = {
	text: '文本',
	'true or false': 'true 或 false',
	'a path': '路径',
	'a command': '命令',
	'a regular expression': '正则表达式',
	'a port from 1 to 65535': '1 到 65535 的端口',
	'a number from 0 to 5': '0 到 5 的数字',
	'a duration with its unit, such as 500ms, 10s, 2m, 1h or 7d': '带单位的时长，如 500ms、10s、2m、1h 或 7d',
	'a size such as 64KiB, 1MB or a number of bytes': '大小，如 64KiB、1MB 或字节数',
	'an address that begins with http:// or https://': '以 http:// 或 https:// 开头的地址',
	'an address such as http://localhost:5000/health': 'http://localhost:5000/health 之类的地址',
	'a host name or an IP address, without a port': '主机名或 IP 地址，不含端口',
	'kept or fresh': 'kept 或 fresh',
	'a name such as booking.example': 'booking.example 之类的名称',
	'the address of a name server, such as 127.0.0.1 or 127.0.0.1:5353':
		'域名服务器的地址，如 127.0.0.1 或 127.0.0.1:5353',
	'a list of answers, such as ["203.0.113.7"]': '应答列表，如 ["203.0.113.7"]',
	'"expect" beside "only"': '写了“only”就要写“expect”',
	'an address such as ws://localhost:8000/ws or wss://booking.example/ws':
		'ws://localhost:8000/ws 或 wss://booking.example/ws 之类的地址',
	'a list of upstreams such as ["127.0.0.1:8001", "127.0.0.1:8002"]':
		'上游列表，如 ["127.0.0.1:8001", "127.0.0.1:8002"]',
	'a number from 1 to 50': '1 到 50 的数字',
	'names with what is compared, such as {orders: $.count}; "missing" and the like are taken':
		'名称及比较的内容，如 {orders: $.count}；“missing”等不可用',
	'at least two answers: several upstreams, or times': '至少两个响应：多个上游，或 times',
	'"reads: true" for a POST that changes nothing, or a flow that writes: this environment has a guard':
		'对不改动数据的 POST 写“reads: true”，会写入的请用 flow：此环境有保护',
	'a flow for a method that writes: this environment has a guard': '用 flow 执行会写入的方法：此环境有保护',
	'the name of a step, such as log-in': '步骤名称，如 log-in',
	'a list of steps': '步骤列表',
	'fields of a form, such as {user: probe}': '表单字段，如 {user: probe}',
	'fields with the name of one of "files" each, such as {file: bill}':
		'字段及“files”中某一文件的名称，如 {file: bill}',
	'a status such as 200, or a list of them': '状态码（如 200）或其列表',
	'names with where each stands, such as {token: $.access_token} or {id: {header: X-Id, secret: false}}':
		'名称及各自所在位置，如 {token: $.access_token} 或 {id: {header: X-Id, secret: false}}',
	'a list of environments': '环境列表',
	'names with their text, such as {customer: rounds-probe}': '名称及其文本，如 {customer: rounds-probe}',
	'names with a path each, such as {bill: fixtures/bill.pdf}':
		'名称及各自的路径，如 {bill: fixtures/bill.pdf}',
	'a name that no other step has': '其他步骤没有用过的名称',
	'a fixed host: what was captured may only stand behind it': '固定的主机：取得的值只能写在主机之后',
	'either a body or a form, not both': 'body 或表单，二者取一',
	'a step before this one that captures what it refers to': '先有一个步骤取得它所引用的值',
	'what it refers to in "testData"': '在“testData”中写出它所引用的值',
	'the name of one of "files"': '“files”中某一文件的名称',
	'"writes: true" for a step that may change something, or "changes: false" in it':
		'对可能改动数据的步骤写“writes: true”，或在该步骤中写“changes: false”',
	'"writes: true" beside "cleanup"': '写了“cleanup”就要写“writes: true”',
	'"testData" or "files" beside "writes: true"': '写了“writes: true”就要写“testData”或“files”',
	'"cleanup" beside "writes: true"': '写了“writes: true”就要写“cleanup”',
	'a step that writes to hold something of "testData"': '写入的步骤含有“testData”中的值',
	'this environment in "allowIn": it has a guard, and the flow writes':
		'“allowIn”中写明此环境：它有保护，而此流程会写入',
	'names of subprotocols, such as [graphql-ws]': '子协议名称，如 [graphql-ws]',
	'auto, json or text': 'auto、json 或 text',
	'a reference to a secret, such as "secret:api_token", never the value itself':
		'密钥的引用，如 "secret:api_token"，绝不写内容本身',
	'header names with their text, such as {Accept: "application/json"}':
		'头名称及其文本，如 {Accept: "application/json"}',
	'an address may not hold a name and password: write them under "auth"':
		'地址中不能有用户名和密码：请写在“auth”下',
	'with "shell: true" a command is one string, not a list': '“shell: true”时命令是一个字符串，不是列表',
	'a command: a list of arguments or one line; a secret goes into "env", since everybody on the machine can read arguments':
		'命令：参数列表或一行文本；密钥请放入“env”，因为机器上的每个人都能看到参数',
	'a part of the command line': '命令行的一部分',
	'names with a query each, such as {customers: "select count(*) from customers"}; "took" is taken':
		'名称及各自的查询，如 {customers: "select count(*) from customers"}；“took”不可用',
	'the name of a program': '程序名称',
	'a list of methods': '方法列表',
	'a method such as PUT': 'PUT 之类的方法',
	'a process number': '进程号',
	'fault or ok': 'fault 或 ok',
	'json or yaml': 'json 或 yaml',
	'text or json': 'text 或 json',
	sha256: 'sha256',
	'quick or full': 'quick 或 full',
	'names with a query and its index, such as {by-id: {query: "select * from t where id = ?", uses: t_id}}':
		'名称及各自的查询和索引，如 {by-id: {query: "select * from t where id = ?", uses: t_id}}',
	'at least one of "read", "integrity", "plan" and "facts: true"':
		'“read”“integrity”“plan”“facts: true”中至少一项',
	'verify, unverified or off': 'verify、unverified 或 off',
	'"url" or "user"': '“url”或“user”',
	'"url" alone, or its parts, not both': '单独的“url”或其各部分，二者取一',
	'"read", "facts: true", or both': '“read”“facts: true”或两者',
	'labels with their unit, such as {time: duration}': '标签及其单位，如 {time: duration}',
	'names of variables, such as [DATABASE_URL, SECRET_KEY]': '变量名称，如 [DATABASE_URL, SECRET_KEY]',
	'number, duration, size or percent': 'number、duration、size 或 percent',
	'origins such as ["https://app.example"], without a path or a slash at the end':
		'来源，如 ["https://app.example"]，结尾不带路径或斜杠',
	'variable names with their text': '变量名称及其文本',
	'a path, a glob, or a list of them': '路径、通配模式或其列表',
	'a time zone such as Asia/Shanghai': 'Asia/Shanghai 之类的时区',
	'last-signed or a duration such as 1h': 'last-signed，或 1h 之类的时长',
	'the name of a field': '字段名',
	'names of fields, such as {time: ts, level: severity}': '字段名，如 {time: ts, level: severity}',
	'fields with a value each, such as {role: admin}': '字段及各自的值，如 {role: admin}',
	'a number': '数字',
	'a list of exit codes': '退出码列表',
	'a LogQL query': 'LogQL 查询',
	'debug, info, warning or error': 'debug、info、warning 或 error',
	'names of fields, such as [timestamp, level]': '字段名列表，如 [timestamp, level]',
	'exactly one of files, run and loki': 'files、run、loki 中恰好一个',
	'loki and query together': 'loki 与 query 同时给出',
	'at least one of level, match, where and require': 'level、match、where、require 中至少一个',
	'a crontab time such as "0 3 * * *"': '"0 3 * * *" 之类的 crontab 时间',
	'crontab, system, systemd or file': 'crontab、system、systemd 或 file',
	'a user name': '用户名',
	'tables with "from: file", and only there': '“from: file”时（且仅此时）给出 tables',
	'log and line together': 'log 与 line 同时给出',
	'any, date or time': 'any、date 或 time',
	'modified or name': 'modified 或 name',
	'where the time stands, such as $.last_run': '时间所在位置，如 $.last_run',
	'touched, line or content': 'touched、line 或 content',
	'exactly one of file and url': 'file 与 url 中恰好一个',
	'"value": where the time stands in the answer': '“value”：响应中时间所在的位置',
	'two or more values of other checks, such as [customers.count, integrity.customers]':
		'其他检查的两个或更多值，如 [customers.count, integrity.customers]',
	'pairs of values of other checks, such as [[customers.count, integrity.customers]]':
		'其他检查的成对的值，如 [[customers.count, integrity.customers]]',
	'a number or a share such as 1%': '数字，或 1% 之类的比例',
	'equal, pairs, or both': 'equal、pairs 或两者',
	'categories with a regular expression each, such as {P0: "P0", backend: "api|health"}':
		'类别及各自的正则表达式，如 {P0: "P0", backend: "api|health"}',
	'a share such as 80%': '80% 之类的比例',
	'junit, tap, pytest, vitest, pattern or exit': 'junit、tap、pytest、vitest、pattern 或 exit',
	'run, report, or both': 'run、report 或两者',
	'result with "read: pattern", and only there': '“read: pattern”时（且仅此时）给出 result',
	'run with "read: exit"': '“read: exit”时给出 run',
	'at least one name in "required", "advised" or "rules"': '“required”“advised”或“rules”中至少一个名称',
	'must, should, may or never': 'must、should、may 或 never',
	'a list of values, such as [INFO, WARNING]': '值的列表，如 [INFO, WARNING]',
	'a list of values, such as [demo_token_2025]': '值的列表，如 [demo_token_2025]',
	'a number of characters': '字符数',
	'rules such as {need: must, minLength: 32}': '规则，如 {need: must, minLength: 32}',
	'names of variables with their rules, such as {SECRET_KEY: {minLength: 32}}':
		'变量名称及其规则，如 {SECRET_KEY: {minLength: 32}}',
	'the name of a unit, such as nginx.service': '单元名称，如 nginx.service',
	'either "free" or a holder, not both': '“free”或占用者，二者取一',
	'the name or number of a container': '容器的名称或编号',
	'an address such as unix:///var/run/docker.sock': 'unix:///var/run/docker.sock 之类的地址',
	'a workload such as deployment/app-backend': '工作负载，如 deployment/app-backend',
	'the name of a namespace': '命名空间名称',
	'the name of a context': '上下文名称',
	'emerg, alert, crit, err, warning, notice, info or debug':
		'emerg、alert、crit、err、warning、notice、info 或 debug',
	'a version in quotes, such as "3.8"': '带引号的版本号，如 "3.8"',
	'packages such as [fastapi, "uvicorn>=0.20"]': '软件包，如 [fastapi, "uvicorn>=0.20"]',
	'pip or npm': 'pip 或 npm',
	'a program, such as /opt/app/venv/bin/python': '程序，如 /opt/app/venv/bin/python',
	'"run" beside "minimum"': '写了“minimum”就要写“run”',
	'at least one of run, packages or git': 'run、packages、git 至少一项',
	'at least one origin in "origins" or "refuse"': '“origins”或“refuse”中至少一个来源',
	'one of pid, pidFile, port, unit, name or command': 'pid、pidFile、port、unit、name、command 之一',
	'seconds, milliseconds, bytes, ratio or none': 'seconds、milliseconds、bytes、ratio 或 none',
	'a metric, such as http_requests_total{status=~"5.."}': '指标，如 http_requests_total{status=~"5.."}',
	'a metric or a computation, such as {rate: http_requests_total}':
		'指标或计算，如 {rate: http_requests_total}',
	'a number between 0 and 1': '0 与 1 之间的数字',
	'a number of days from 1 to 30': '1 到 30 的天数',
	'a number of events': '事件数',
	'exactly one of value, rate, increase, ratio, quantile and daily':
		'value、rate、increase、ratio、quantile、daily 中恰好一个',
	'"of" or "beside" with a ratio': 'ratio 需同时给出“of”或“beside”之一',
	'"of" with a quantile': 'quantile 需同时给出“of”',
	'names with a metric or a computation each, such as {up_since: process_start_time_seconds}':
		'名称及各自的指标或计算，如 {up_since: process_start_time_seconds}',
	'names of letters, digits and "_", at least one; "latency" and "series" are taken':
		'由字母、数字和“_”组成的名称，至少一个；“latency”和“series”不可用',
	'up to 20 names with a PromQL query each, such as {down: "count(up == 0) or vector(0)"}; "latency" is taken':
		'最多 20 个名称及各自的 PromQL 查询，如 {down: "count(up == 0) or vector(0)"}；“latency”不可用',
	'names of queries with seconds, milliseconds, bytes, ratio or none, such as {p95: seconds}':
		'查询名称及 seconds、milliseconds、bytes、ratio 或 none，如 {p95: seconds}',
	'only names of queries in "unit"': '“unit”中只能写查询的名称',
	'a step that goes 1 to 11000 times into the range': '步长应使范围含 1 到 11000 步',
	'{bearer: "secret:name"} or {user: name, password: "secret:name"}; never the value itself':
		'{bearer: "secret:name"} 或 {user: name, password: "secret:name"}；绝不写内容本身',
};

const PATTERNS: readonly (readonly [RegExp, string])[] = [
	[/^expected an address such as (\w+:\/\/user@host\/database)$/, '应为 $1 之类的地址'],
	[/^the sample "(.+)" is taken$/, '值“$1”已被占用'],
	[
		/^"(.+)" means nothing without a shell: quote it, or add "shell: true"$/,
		'“$1”只有 shell 才懂：请加引号，或写“shell: true”',
	],
	[/^the quote (.) is never closed$/, '引号 $1 没有闭合'],
];

/** A field's sentence in a language. */
export function fieldWords(message: string, locale: Locale): string {
	if (locale === 'en') return message;
	const wanted = message.replace(/^expected /, '');
	const known = ZH[wanted] ?? ZH_TARGETS[wanted] ?? ZH_SOURCES[wanted];
	if (known !== undefined) return wanted === message ? known : `应为${known}`;
	for (const [pattern, said] of PATTERNS) if (pattern.test(message)) return message.replace(pattern, said);
	const oneOf = /^one of (.+)$/.exec(wanted);
	return oneOf === null ? message : `应为 ${oneOf[1]} 之一`;
}
