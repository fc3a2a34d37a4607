// The pages under test/support were captured from Debian's prometheus-node-exporter 1.5 and python3-prometheus-client 0.16.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keyOf, readExposition } from '../../src/checks/exposition.ts';
import { readSelector, selectSeries } from '../../src/checks/selector.ts';

const page = (name: string) => readFileSync(new URL(`../support/page-${name}.txt`, import.meta.url), 'utf8');
const all = () => true;

function read(text: string, isOpenMetrics = false) {
	const found = readExposition(text, all, isOpenMetrics);
	if (!found.ok) throw new Error(JSON.stringify(found.error));
	return found.value;
}

function select(text: string, selector: string) {
	const wanted = readSelector(selector);
	if (wanted === null) throw new Error(`no selector: ${selector}`);
	return selectSeries(wanted, read(text)).map((series) => series.text);
}

describe('real pages', () => {
	test('a node exporter', () => {
		const text = page('node-exporter');
		const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
		expect(read(text)).toHaveLength(lines.length);
		expect(select(text, 'node_filesystem_avail_bytes{mountpoint="/"}')).toEqual(['8.2782502912e+10']);
		expect(select(text, 'node_cpu_seconds_total{mode=~"idle|iowait",cpu="0"}')).toHaveLength(2);
		expect(select(text, 'node_load1')).toHaveLength(1);
	});

	test('a Python client: quoted labels, a histogram, counters', () => {
		const text = page('python-client');
		expect(select(text, 'http_requests_total{status="we\\"ird\\\\\\n"}')).toEqual(['1.0']);
		expect(select(text, 'http_requests_total{status=~"5.."}')).toEqual(['3.0']);
		expect(select(text, 'http_requests_total{status!~"5..",method!="POST"}')).toEqual(['40.0', '1.0']);
		expect(select(text, 'http_request_duration_seconds_bucket{le="+Inf"}')).toEqual(['40.0']);
		expect(select(text, 'http_request_duration_seconds_bucket{kind=""}')).toHaveLength(15);
	});

	test('OpenMetrics, which is not whole without its end', () => {
		const text = page('openmetrics');
		expect(read(text, true).length).toBeGreaterThan(20);
		expect(readExposition(text.replace('# EOF\n', ''), all, true)).toMatchObject({
			error: { code: 'bad-body', detail: { reason: 'truncated' } },
		});
		expect(readExposition(`${text}late_total 1\n`, all, true)).toMatchObject({ ok: false });
	});
});

test.each([
	['a 1', ['a', {}, 1]],
	['a{} 1', ['a', {}, 1]],
	['a { b = "c" , } 1', ['a', { b: 'c' }, 1]],
	['a{b="c",d="e"} +Inf 1767603600000', ['a', { b: 'c', d: 'e' }, Number.POSITIVE_INFINITY]],
	['a_total 7 1767603600.5 # {trace_id="x}"} 0.67 1767603600', ['a_total', {}, 7]],
	['{"höhe.m", b="c"} 1e3', ['höhe.m', { b: 'c' }, 1000]],
	['a{b="}"} .5\r', ['a', { b: '}' }, 0.5]],
	['a NaN', ['a', {}, Number.NaN]],
	['a\t-2', ['a', {}, -2]],
])('%s', (line, [name, labels, value]) => {
	const [series] = read(`${line}\n`);
	expect([series?.name, Object.fromEntries(series?.labels ?? []), series?.value]).toEqual([
		name,
		labels,
		value,
	]);
});

test.each([
	'a',
	'a x',
	'a 1 2 3',
	'a 1 then',
	'a 0x10',
	'a 1,5',
	'{b="c"} 1',
	'a{b="c"',
	'a{b="c} 1',
	'a{b=c} 1',
	'a{b="c"d="e"} 1',
	'a{b="c",b="d"} 1',
	'a{,} 1',
	'a"b" 1',
	'9a 1',
	'a 1 # {x="y"}',
])('no line of such a page: %s', (line) => {
	expect(readExposition(`ok 1\n${line}\n`, all)).toMatchObject({
		ok: false,
		error: { code: 'bad-body', detail: { line: 2, reason: 'syntax' } },
	});
});

test('the same series twice is a mistake, whatever the order of its labels', () => {
	expect(readExposition('a{b="1",c="2"} 1\na{c="2",b="1"} 1\n', all)).toMatchObject({
		error: { detail: { reason: 'duplicate-key', line: 2 } },
	});
	const [one, other] = read('a{b="1"} 1\na{b="1\\",c=\\"2"} 1\n');
	expect(keyOf(one!)).not.toBe(keyOf(other!));
});

test('no other page passes for one', () => {
	for (const text of ['', ' \n', '<html>', '<!DOCTYPE html>', '{"status": "ok"}', 'pong'])
		expect(readExposition(text, all).ok).toBe(false);
});

test.each([
	'',
	'a b',
	'a{',
	'a{b}',
	'a{b=c}',
	'a{b=~"("}',
	'a{b="c"}}',
	'a{b="c" d="e"}',
	'{b="c"}',
	'rate(a)',
])('no selector: %s', (text) => {
	expect(readSelector(text)).toBeNull();
});
