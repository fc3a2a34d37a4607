import type { Fault } from '../domain/fault.ts';
import { type RecordProblem, verifyRecord } from '../domain/record-proof.ts';
import type { Result } from '../domain/result.ts';
import { faultText } from '../i18n/fault.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { type CliContext, EXIT, type HeadlessCommand, readFlags, UsageError } from './command.ts';

const texts = defineMessages<RecordProblem | 'untouched' | 'which'>({
	en: {
		untouched: '{name}: as it was signed',
		which: 'which record? Give its .md or .json file; the other half lies beside it',
		'no-sums': '{name}: holds no sums, so it is no signed record or was cut',
		'json-changed': '{name}: the JSON is not what was signed',
		'markdown-changed': '{name}: the text is not what was signed',
		'json-unreadable': '{name}: the JSON cannot be read',
		'schema-unknown': '{name}: written in a shape this version does not know',
	},
	'zh-CN': {
		untouched: '{name}：与签署时一致',
		which: '哪一份记录？请给出 .md 或 .json 文件，另一半在同一目录',
		'no-sums': '{name}：没有校验值，不是签署记录或已被截断',
		'json-changed': '{name}：JSON 与签署时不一致',
		'markdown-changed': '{name}：文本与签署时不一致',
		'json-unreadable': '{name}：JSON 无法读取',
		'schema-unknown': '{name}：本版本不认识的格式',
	},
});

/** Says whether signed records are still what was signed: exit 0 when they are, 2 when one is not. */
export const verifyCommand: HeadlessCommand = {
	name: 'verify',
	summary: { en: 'prove that signed records are as they were signed', 'zh-CN': '证明签署记录未被改动' },
	usage: 'verify FILE…',
	async run(args, context) {
		const { words } = readFlags(args, [], context.locale);
		if (words.length === 0) throw new UsageError(say(texts, context.locale, 'which'));
		let code = 0;
		for (const word of words) code = Math.max(code, await verifyOne(word, context));
		return code;
	},
};

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
