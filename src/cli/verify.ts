import type { Fault } from '../domain/fault.ts';
import { type RecordProblem, verifyRecord } from '../domain/record-proof.ts';
import type { Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { faultText } from '../i18n/fault.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { type CliContext, EXIT, type HeadlessCommand, UsageError } from './command.ts';
import { readOptions } from './options.ts';
import { verifyPlans } from './verify-plan.ts';

const texts = defineMessages<RecordProblem | 'untouched' | 'which' | 'no-json'>({
	en: {
		untouched: '{name}: as it was signed',
		which:
			'which record, or which backup plan? Of a record give its .md or .json file; the other half lies beside it',
		'no-json': '--json is for backup plans; {record} is a record',
		'no-sums': '{name}: holds no sums, so it is no signed record or was cut',
		'json-changed': '{name}: the JSON is not what was signed',
		'markdown-changed': '{name}: the text is not what was signed',
		'json-unreadable': '{name}: the JSON cannot be read',
		'schema-unknown': '{name}: written in a shape this version does not know',
	},
	'zh-CN': {
		untouched: '{name}：与签署时一致',
		which: '哪一份记录或哪个备份计划？记录请给出 .md 或 .json 文件，另一半在同一目录',
		'no-json': '--json 用于备份计划；{record} 是记录',
		'no-sums': '{name}：没有校验值，不是签署记录或已被截断',
		'json-changed': '{name}：JSON 与签署时不一致',
		'markdown-changed': '{name}：文本与签署时不一致',
		'json-unreadable': '{name}：JSON 无法读取',
		'schema-unknown': '{name}：本版本不认识的格式',
	},
});

/** Says whether signed records are still what was signed (exit 0 when they are, 2 when one is not), or whether a backup is whole. */
export const verifyCommand: HeadlessCommand = {
	name: 'verify',
	summary: {
		en: 'prove that signed records are as they were signed, or that a backup is whole',
		'zh-CN': '证明签署记录未被改动，或备份完好',
	},
	usage: 'verify FILE… | PLAN… [--copy NAME] [--target NAME] [--json]',
	async run(args, context) {
		const { locale } = context;
		const known = { flags: ['json'], valued: ['copy', 'target'] };
		const { words, flags, values } = readOptions(args, known, locale);
		if (words.length === 0) throw new UsageError(say(texts, locale, 'which'));
		const isPlan = Object.keys(values).length > 0;
		const records: string[] = [];
		for (const word of words) if (!isPlan && (await isRecord(word, context))) records.push(word);
		const [record] = records;
		const json = flags.has('json');
		if (json && record !== undefined)
			throw new UsageError(say(texts, locale, 'no-json', { record: clean(record, { max: 80 }) }));
		let code = 0;
		for (const word of records) code = Math.max(code, await verifyOne(word, context));
		const names = words.filter((word) => !records.includes(word));
		if (names.length === 0) return code;
		const missing = (word: string) => verifyOne(word, context);
		return Math.max(code, await verifyPlans({ names, args: values, json, missing }, context));
	},
};

/** What looks like a file, or lies there as half of a record; every other word names a plan. */
async function isRecord(word: string, context: CliContext): Promise<boolean> {
	if (/[/\\]|\.(md|json)$/.test(word)) return true;
	const halves = await Promise.all([read(`${word}.md`, context), read(`${word}.json`, context)]);
	return halves.some((half) => half.ok || half.error.code !== 'file-missing');
}

async function verifyOne(name: string, context: CliContext): Promise<number> {
	const base = name.replace(/\.(md|json)$/, '');
	const [markdown, json] = await Promise.all([read(`${base}.md`, context), read(`${base}.json`, context)]);
	for (const half of [markdown, json]) {
		if (half.ok) continue;
		context.err(`rounds: ${faultText(half.error, context.locale)}`);
		return EXIT.input;
	}
	if (!markdown.ok || !json.ok) return EXIT.input;
	const problems = verifyRecord(json.value, markdown.value);
	if (problems.length === 0) context.out(say(texts, context.locale, 'untouched', { name: base }));
	for (const problem of problems)
		context.err(`rounds: ${say(texts, context.locale, problem, { name: base })}`);
	return problems.length === 0 ? 0 : 2;
}

function read(path: string, { readRecord, cwd }: CliContext): Promise<Result<string, Fault>> {
	return readRecord(path.startsWith('/') ? path : `${cwd}/${path}`);
}
