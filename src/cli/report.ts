import { exitCodeOf } from '../domain/level.ts';
import { say } from '../i18n/messages.ts';
import { refusalText } from '../i18n/refusal.ts';
import { reasonLine } from './check-lines.ts';
import { EXIT, type HeadlessCommand, readFlags, refuseWords } from './command.ts';
import { launchBuiltin } from './launch.ts';
import { withEngine } from './opened.ts';
import { cliWords } from './words.ts';

/** Asks everything once and writes the daily report. */
export const reportCommand: HeadlessCommand = {
	name: 'report',
	summary: { en: 'ask everything once and write the daily report', 'zh-CN': '检查一遍并写出日报' },
	usage: 'report [--stored]',
	async run(args, context) {
		const { words, flags } = readFlags(args, ['stored'], context.locale);
		refuseWords(words, 'report', context.locale);
		return withEngine(context, { polls: false }, async (opened) => {
			if (!flags.has('stored')) await opened.engine.send('checks.ask', { checks: [] });
			const ended = await launchBuiltin(opened, 'report');
			if (!ended.ok) {
				context.err(`rounds: ${refusalText(ended.error, context.locale)}`);
				return EXIT.storage;
			}
			for (const path of ended.value.files) context.out(say(cliWords, context.locale, 'written', { path }));
			for (const reason of ended.value.reasons) context.err(`rounds: ${reasonLine(reason, context.locale)}`);
			return ended.value.files.length > 0 ? 0 : exitCodeOf(ended.value.level);
		});
	},
};
