import { clean } from '../domain/text.ts';
import { levelWord } from '../i18n/levels.ts';
import { say } from '../i18n/messages.ts';
import { secondsText } from '../i18n/times.ts';
import { reasonLine } from './check-lines.ts';
import { type HeadlessCommand, readFlags, refuseWords } from './command.ts';
import { withEngine } from './opened.ts';
import { followPlans } from './watch-plans.ts';
import { cliWords } from './words.ts';

/** The same poller with no face, for a service manager: one line when a level changes or an operation ends. */
export const watchCommand: HeadlessCommand = {
	name: 'watch',
	summary: { en: 'poll without a screen, one line per change', 'zh-CN': '无界面轮询，每次变化输出一行' },
	usage: 'watch',
	async run(args, context) {
		const { words } = readFlags(args, [], context.locale);
		refuseWords(words, 'watch', context.locale);
		return withEngine(context, { polls: true }, async (opened) => {
			const { face, pictures, on } = opened;
			const { locale } = context;
			const known = new Map([...pictures].map(([id, picture]) => [id, picture.hard ? picture.level : null]));
			const { name } = face.environment;
			context.out(
				say(cliWords, locale, 'watching', {
					count: face.checks.length,
					system: face.system,
					environment: name,
				}),
			);
			opened.endsItself();
			const plans = followPlans(opened, context);
			const stop = on((event) => {
				if (event.kind === 'polling' && !event.polling.mine && event.polling.holder !== null) {
					context.out(say(cliWords, locale, 'following', { holder: event.polling.holder }));
				}
				if (
					event.kind === 'operation' &&
					event.operation.endedAt !== null &&
					event.operation.parent === null
				) {
					const { title, level, endedAt, reasons } = event.operation;
					const why = reasons[0] ? ` · ${reasonLine(reasons[0], locale)}` : '';
					context.out(
						`${secondsText(endedAt, face.timezone)} ${clean(title)} ${levelWord(level, locale)}${why}`,
					);
				}
				if (event.kind !== 'recorded') return;
				for (const check of event.checks) {
					if (!check.hard || known.get(check.id) === check.level) continue;
					known.set(check.id, check.level);
					const why = check.reasons[0] ? ` · ${reasonLine(check.reasons[0], locale)}` : '';
					context.out(
						`${secondsText(event.now, face.timezone)} ${check.id} ${levelWord(check.level, locale)}${why}`,
					);
				}
			});
			const code = await context.interrupted;
			await plans.stop();
			stop();
			return code;
		});
	},
};
