import { findCheckKind } from '../checks/index.ts';
import type { CheckDefinition } from '../domain/check.ts';
import { nearest } from '../domain/condition/index.ts';
import { type Locale, ownText } from '../domain/own-text.ts';
import { Secret } from '../domain/secret.ts';
import type { SystemDefinition } from '../domain/system.ts';
import { clean } from '../domain/text.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { unitText } from '../i18n/why.ts';

const words = defineMessages({
	en: {
		kind: 'kind',
		service: 'service',
		environment: 'environment',
		asks: 'asks',
		schedule: 'schedule',
		'schedule-is':
			'every {every}, timeout {timeout}, hard after {confirm} equal verdicts, asked again after {retry}',
		options: 'options',
		must: 'must',
		should: 'should',
		show: 'show',
		samples: 'values',
		byHand: 'by hand',
		broken: 'cannot be asked: secret {name} ({reference}) is not to be had',
		none: 'none',
		unknown: 'no check is called "{name}"',
		meant: 'no check is called "{name}"; did you mean "{meant}"?',
		'unknown-either': 'no check and no backup plan is called "{name}"',
		'meant-either': 'no check and no backup plan is called "{name}"; did you mean "{meant}"?',
	},
	'zh-CN': {
		kind: '类型',
		service: '服务',
		environment: '环境',
		asks: '询问',
		schedule: '时间',
		'schedule-is': '每 {every} 一次，超时 {timeout}，{confirm} 次相同判定后确认，{retry} 后重试',
		options: '选项',
		must: '必须',
		should: '应当',
		show: '显示',
		samples: '值',
		byHand: '手动',
		broken: '无法询问：拿不到密钥 {name}（{reference}）',
		none: '无',
		unknown: '没有名为“{name}”的检查',
		meant: '没有名为“{name}”的检查；是否想写“{meant}”？',
		'unknown-either': '没有名为“{name}”的检查或备份计划',
		'meant-either': '没有名为“{name}”的检查或备份计划；是否想写“{meant}”？',
	},
});

/** What a check will really do, every reference filled in and every secret masked; null when there is no such check. */
export function explainCheck(system: SystemDefinition, id: string, locale: Locale = 'en'): string | null {
	const check = system.checks.find((known) => known.id === id);
	const kind = check === undefined ? undefined : findCheckKind(check.kind);
	if (check === undefined || kind === undefined) return null;
	const word = (key: keyof (typeof words)['en'], values = {}) => say(words, locale, key, values);
	const lines: string[] = [check.title === null ? check.id : `${check.id} · ${ownText(check.title, locale)}`];
	const add = (label: string, values: readonly string[]) => {
		const indent = `  ${label}`;
		lines.push(
			values.length === 0
				? `${indent}: ${word('none')}`
				: values.length === 1
					? `${indent}: ${values[0]}`
					: `${indent}:`,
		);
		if (values.length > 1) for (const value of values) lines.push(`    ${value}`);
	};
	add(word('environment'), [system.environment.name]);
	if (check.service !== null) add(word('service'), [check.service]);
	add(word('kind'), [`${kind.name} (${ownText(kind.title, locale)})`]);
	add(word('asks'), [kind.target(check.options)]);
	if (check.broken !== undefined) add('✖', [word('broken', check.broken.detail)]);
	add(word('options'), optionLines(check.options));
	add(word('schedule'), [word('schedule-is', timesOf(check))]);
	add(
		word('must'),
		check.must.map((condition) => condition.text),
	);
	add(
		word('should'),
		check.should.map((condition) => condition.text),
	);
	add(
		word('show'),
		check.show.map((shown) => `${shown.name}: ${shown.expression.text}`),
	);
	add(
		word('samples'),
		Object.entries(kind.samples(check.options)).map(([name, unit]) => `${name} (${unitText(unit, locale)})`),
	);
	const byHand = check.broken === undefined ? kind.copyAs?.(check.options) : null;
	if (byHand) add(word('byHand'), [byHand]);
	return `${lines.map((line) => clean(line)).join('\n')}\n`;
}

/** Why there is nothing to explain. */
export function unknownCheckText(system: SystemDefinition, id: string, locale: Locale): string {
	const plans = system.backups.map((plan) => plan.id);
	const meant = nearest(id, [...system.checks.map((check) => check.id), ...plans]);
	const key = meant === null ? 'unknown' : 'meant';
	return say(words, locale, plans.length === 0 ? key : `${key}-either`, {
		name: clean(id, { max: 80 }),
		meant: meant ?? '',
	});
}

function timesOf(check: CheckDefinition): Record<string, string | number> {
	return {
		every: spanText(check.everyMs),
		timeout: spanText(check.timeoutMs),
		retry: spanText(check.retryMs),
		confirm: check.confirm,
	};
}

/** A duration in the words of the file: `90s` as `1m30s`. */
export function spanText(ms: number): string {
	if (ms < 1000) return `${ms}ms`;
	let rest = ms;
	let text = '';
	for (const [unit, size] of [
		['d', 86_400_000],
		['h', 3_600_000],
		['m', 60_000],
		['s', 1000],
		['ms', 1],
	] as const) {
		const count = Math.floor(rest / size);
		rest -= count * size;
		if (count > 0) text += `${count}${unit}`;
	}
	return text;
}

/** `key: value` of every option that is set, secrets masked. */
export function optionLines(options: unknown): string[] {
	if (typeof options !== 'object' || options === null) return [];
	return Object.entries(options).flatMap(([key, value]) =>
		value === undefined || value === null ? [] : [`${key}: ${optionText(value)}`],
	);
}

function optionText(value: unknown): string {
	if (value instanceof Secret) return `*** (${value.reference})`;
	if (typeof value === 'string') return value;
	if (Array.isArray(value)) return `[${value.map(optionText).join(', ')}]`;
	if (typeof value === 'object' && value !== null) {
		return `{${Object.entries(value)
			.map(([key, inner]) => `${key}: ${optionText(inner)}`)
			.join(', ')}}`;
	}
	return String(value);
}
