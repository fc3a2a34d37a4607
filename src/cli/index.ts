import { ownText } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { backupCommand } from './backup.ts';
import { backupsCommand } from './backups.ts';
import { type CliContext, EXIT, type HeadlessCommand, UsageError } from './command.ts';
import { configCommand } from './config.ts';
import { drillCommand } from './drill.ts';
import { eventCommand } from './event.ts';
import { pruneCommand } from './prune.ts';
import { reportCommand } from './report.ts';
import { restoreCommand } from './restore.ts';
import { runCommand } from './run.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';
import { watchCommand } from './watch.ts';
import { cliWords } from './words.ts';

/** Every headless command, in the order the help shows them. */
export const COMMANDS = [
	runCommand,
	statusCommand,
	reportCommand,
	verifyCommand,
	backupsCommand,
	backupCommand,
	drillCommand,
	restoreCommand,
	pruneCommand,
	configCommand,
	watchCommand,
	eventCommand,
] as const satisfies readonly HeadlessCommand[];

const OPTIONS = [
	['--config FILE', 'option.config'],
	['--env NAME', 'option.env'],
	['--lang en|zh-CN', 'option.lang'],
	['--theme dark|light', 'option.theme'],
	['--ascii', 'option.ascii'],
	['--operator NAME', 'option.operator'],
	['--help', 'option.help'],
	['--version', 'option.version'],
] as const;

const DEMO = { en: 'open the console on the embedded demo system', 'zh-CN': '在内置演示系统上打开控制台' };

/** A longer one has its summary on the next line. */
const WIDEST_USAGE = 36;

/** The page of a command, or of all when none of ours is named. */
export function helpText({ locale }: Pick<CliContext, 'locale'>, name?: string): string {
	const asked = COMMANDS.find((command) => command.name === name);
	if (asked) {
		const usage = say(cliWords, locale, 'usage-of', { usage: asked.usage });
		return `${usage}\n${ownText(asked.summary, locale)}\n\n${say(cliWords, locale, 'exit')}\n`;
	}
	const t = (key: Parameters<typeof say<keyof (typeof cliWords)['en']>>[2]) => say(cliWords, locale, key);
	const commands = [
		['demo', ownText(DEMO, locale)] as const,
		...COMMANDS.map((c) => [c.usage, ownText(c.summary, locale)] as const),
	];
	const table = (rows: readonly (readonly [string, string])[]) => {
		const fits = rows.filter(([left]) => left.length <= WIDEST_USAGE);
		const width = Math.max(...fits.map(([left]) => left.length)) + 2;
		const own = (left: string) =>
			left.length < width ? left.padEnd(width) : `${left}\n  ${''.padEnd(width)}`;
		return rows.map(([left, right]) => `  ${own(left)}${right}`).join('\n');
	};
	const options = OPTIONS.map(([flag, key]) => [flag, t(key)] as const);
	return `${t('usage')}\n${t('no-command')}\n\n${t('commands')}\n${table(commands)}\n\n${t('options')}\n${table(options)}\n\n${t('exit')}\n`;
}

/** Runs one headless command to its exit code. Usage errors are one line. */
export async function runHeadless(
	name: string,
	args: readonly string[],
	context: CliContext,
): Promise<number> {
	const list = ['demo', ...COMMANDS.map((c) => c.name)];
	const [about] = args;
	const unknown = (word: string) => {
		const values = { name: clean(word, { max: 80 }), list: list.join(', ') };
		context.err(`rounds: ${say(cliWords, context.locale, 'unknown-command', values)}`);
		return EXIT.usage;
	};
	if (name === 'help') {
		if (about !== undefined && !list.includes(about)) return unknown(about);
		for (const line of helpText(context, about).trimEnd().split('\n')) context.out(line);
		return 0;
	}
	const command = COMMANDS.find((c) => c.name === name);
	if (!command) return unknown(name);
	try {
		return await command.run(args, context);
	} catch (thrown) {
		if (!(thrown instanceof UsageError)) throw thrown;
		context.err(`rounds: ${thrown.message}`);
		return EXIT.usage;
	}
}
