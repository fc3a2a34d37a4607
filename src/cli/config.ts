import { explainCheck, unknownCheckText } from '../config/explain.ts';
import { explainPlan } from '../config/explain-plan.ts';
import { findConfig } from '../config/find.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { configSchema } from '../config/schema.ts';
import type { Fault } from '../domain/fault.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import type { Result } from '../domain/result.ts';
import { clean, createRedactor } from '../domain/text.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { type CliContext, EXIT, type HeadlessCommand } from './command.ts';
import { printProofs } from './config-prove.ts';
import { paint } from './print.ts';

/** What this command uses of what every headless command is given. */
export type ConfigCommandContext = Pick<
	CliContext,
	'out' | 'err' | 'json' | 'locale' | 'sources' | 'configPath' | 'environment' | 'cwd' | 'reservedKeys'
>;

const USAGE = 'config check [--json] | explain <check or plan> | prove [--json] | schema';

const words = defineMessages({
	en: {
		good: '{file} is good: system {system}, environment {environment}; services: {services}, checks: {checks}, actions: {actions}, round sheets: {rounds}, backup plans: {backups}, files: {files}.',
		warned: ' Warnings: {count}.',
		problems: '{count} problems',
		problem: '1 problem',
		warning: 'warning',
		usage: 'usage: {usage}',
		extra: 'unexpected argument "{argument}"',
	},
	'zh-CN': {
		good: '{file} 正确：系统 {system}，环境 {environment}，服务 {services} 个，检查 {checks} 个，操作 {actions} 个，巡检表 {rounds} 个，备份计划 {backups} 个，来自 {files} 个文件。',
		warned: '警告 {count} 条。',
		problems: '{count} 个问题',
		problem: '1 个问题',
		warning: '警告',
		usage: '用法：{usage}',
		extra: '多余的参数“{argument}”',
	},
});

/** `rounds config`: says what is wrong, what a check will do, which conditions test nothing, or the JSON Schema. */
export const configCommand = {
	name: 'config',
	summary: {
		en: 'check the configuration, explain a check or a backup plan, prove its conditions, print the JSON Schema',
		'zh-CN': '检查配置、解释检查或备份计划、证明条件、输出 JSON Schema',
	},
	usage: USAGE,
	async run(args, context): Promise<number> {
		const json = args.includes('--json');
		const [verb, ...rest] = args.filter((argument) => argument !== '--json');
		const unknownFlag = rest.find((argument) => argument.startsWith('-'));
		if (unknownFlag !== undefined) return misused(context, unknownFlag);
		if (verb === 'schema' && rest.length === 0) {
			context.json(configSchema());
			return 0;
		}
		if (verb === 'check' && rest.length === 0) return check(context, json);
		if (verb === 'prove' && rest.length === 0) {
			const loaded = await load(context, json);
			return typeof loaded === 'number' ? loaded : printProofs(loaded, context, json);
		}
		const [id] = rest;
		if (verb === 'explain' && id !== undefined && rest.length === 1) return explain(id, context, json);
		return misused(context, verb === 'explain' ? rest[1] : rest[0]);
	},
} as const satisfies HeadlessCommand;

function misused(context: ConfigCommandContext, argument: string | undefined): number {
	if (argument !== undefined)
		context.err(say(words, context.locale, 'extra', { argument: clean(argument, { max: 80 }) }));
	context.err(say(words, context.locale, 'usage', { usage: `rounds ${USAGE}` }));
	return EXIT.usage;
}

interface Opened extends LoadedConfig {
	readonly path: string;
}

/** The configuration, or the exit code after its problems are told. */
async function load(context: ConfigCommandContext, json: boolean): Promise<Opened | number> {
	const { locale, environment, sources, reservedKeys } = context;
	let first: Result<string, Fault> | null = null;
	const exists = async (path: string) => {
		first = await sources.read(path);
		// A file that is there but cannot be read has its own sentence later.
		return first.ok || first.error.code !== 'file-missing';
	};
	const found = await findConfig({
		asked: context.configPath ?? undefined,
		folder: context.cwd,
		locale,
		exists,
	});
	if (!found.ok) {
		context.err(`rounds: ${found.error}`);
		return EXIT.config;
	}
	const readable = first as Result<string, Fault> | null;
	const loaded = await loadConfig(found.value, sources, { locale, environment, reservedKeys });
	if (loaded.ok) return { ...loaded.value, path: found.value };
	if (json) context.json({ ok: false, problems: loaded.error, warnings: [] });
	else {
		for (const problem of loaded.error) sayProblem(problem, context, null);
		const count = loaded.error.length;
		context.err(say(words, locale, count === 1 ? 'problem' : 'problems', { count }));
	}
	return readable?.ok === false ? EXIT.input : EXIT.config;
}

async function check(context: ConfigCommandContext, json: boolean): Promise<number> {
	const loaded = await load(context, json);
	if (typeof loaded === 'number') return loaded;
	const { system, warnings, files } = loaded;
	const counts = {
		services: system.services.length,
		checks: system.checks.length,
		actions: system.actions.length,
		rounds: system.sheets.length,
		backups: system.backups.length,
	};
	if (json) {
		const facts = {
			ok: true,
			system: system.system,
			environment: system.environment.name,
			...counts,
			files,
			problems: [],
			warnings,
		};
		context.json(facts);
		return 0;
	}
	for (const warning of warnings) sayProblem(warning, context, say(words, context.locale, 'warning'));
	const about = {
		file: loaded.path,
		system: system.system,
		environment: system.environment.name,
		files: files.length,
	};
	const good = say(words, context.locale, 'good', { ...about, ...counts });
	const warned =
		warnings.length === 0 ? '' : say(words, context.locale, 'warned', { count: warnings.length });
	context.out(good, warned);
	return 0;
}

async function explain(id: string, context: ConfigCommandContext, json: boolean): Promise<number> {
	const loaded = await load(context, json);
	if (typeof loaded === 'number') return loaded;
	const text = [explainCheck, explainPlan]
		.flatMap((explained) => explained(loaded.system, id, context.locale) ?? [])
		.join('\n');
	if (text === '') {
		context.err(unknownCheckText(loaded.system, id, context.locale));
		return EXIT.usage;
	}
	// Masked already; this is the second lock, for a secret that somebody also wrote into a plain place.
	const shown = createRedactor(loaded.secretValues)(text);
	for (const line of shown.replace(/\n$/, '').split('\n')) context.out(line);
	return 0;
}

function sayProblem(
	{ file, line, column, message, excerpt, hint }: ConfigProblem,
	{ err }: Pick<ConfigCommandContext, 'err'>,
	label: string | null,
): void {
	const place = paint('1', `${file}:${line}:${column}`);
	if (label === null) err(place, `  ${message}`);
	else err(place, '  ', paint('33', label), `: ${message}`);
	const [text, carets] = excerpt?.split('\n') ?? [];
	if (text !== undefined) {
		err(`    ${text}`);
		err('    ', paint(label === null ? '31' : '33', carets ?? ''));
	}
	if (hint !== null) err(`    ${hint}`);
	err();
}
