import { isStale } from '../domain/check-state.ts';
import { exitCodeOf, worstLevel } from '../domain/level.ts';
import { ownText } from '../domain/own-text.ts';
import { hushText } from '../i18n/hush.ts';
import { say } from '../i18n/messages.ts';
import { momentText, zoneText } from '../i18n/times.ts';
import { ageLine, levelMark, presentLevel, reasonLine, valuesLine } from './check-lines.ts';
import { type HeadlessCommand, readFlags, refuseWords } from './command.ts';
import { withEngine } from './opened.ts';
import { planStandingJson, printStandings } from './status-plans.ts';
import { cliWords } from './words.ts';

/** Prints the present as it is stored, asking nothing: what is old is said to be old. */
export const statusCommand: HeadlessCommand = {
	name: 'status',
	summary: { en: 'print how everything stands now', 'zh-CN': '打印当前状态' },
	usage: 'status [--json]',
	async run(args, context) {
		const { words, flags } = readFlags(args, ['json'], context.locale);
		refuseWords(words, 'status', context.locale);
		return withEngine(context, { polls: false }, async ({ face, pictures, plans }) => {
			const { locale } = context;
			const now = context.clock.now();
			const rows = face.checks.map((check) => {
				const picture = pictures.get(check.id);
				return { check, picture, level: presentLevel(check, picture, now) };
			});
			const backups = plans() ?? [];
			// What is overdue, failed or not proven counts like a check that says so.
			const level = worstLevel([
				...rows.filter((r) => !r.picture?.hushed).map((r) => r.level),
				...backups.map((plan) => plan.level),
			]);
			const evaluated = rows.filter((r) => (r.picture?.at ?? 0) > 0 && r.level !== 'pending').length;
			if (flags.has('json')) {
				const checks = rows.map(({ check, picture, level: shown }) => ({
					id: check.id,
					service: check.service,
					target: check.target,
					level: shown,
					stale: picture !== undefined && isStale(picture.at, now, check),
					hard: picture?.hard ?? false,
					flapping: picture?.flapping ?? false,
					hushed: picture?.hushed ?? null,
					at: picture && picture.at > 0 ? new Date(picture.at).toISOString() : null,
					ageMs: picture && picture.at > 0 ? now - picture.at : null,
					samples: picture?.samples ?? {},
					reasons: (picture?.reasons ?? []).map((r) => reasonLine(r, locale)),
				}));
				const coverage = { evaluated, declared: rows.length };
				const json = {
					system: face.system,
					environment: face.environment.name,
					at: new Date(now).toISOString(),
					level,
					coverage,
					checks,
					plans: backups.map((plan) => planStandingJson(plan, face, context)),
				};
				context.json(json);
				return exitCodeOf(level);
			}
			context.out(
				`${face.system} · ${face.environment.name} · ${momentText(now, face.timezone)} ${zoneText(face.timezone)} · `,
				levelMark(level, locale),
			);
			context.out();
			const services = [...face.services.map((s) => s.id), null];
			for (const service of services) {
				const mine = rows.filter((r) => r.check.service === service);
				if (mine.length === 0) continue;
				const title = face.services.find((s) => s.id === service)?.title;
				context.out(title === undefined ? face.system : ownText(title, locale));
				for (const { check, picture, level: shown } of mine) {
					const values = valuesLine(check, picture, locale);
					const rest = [check.id, values, ageLine(check, picture, now, locale)];
					const text = rest.filter((part) => part !== '').map((part) => `  ${part}`);
					context.out('  ', levelMark(shown, locale), ...text);
					if (shown !== 'ok')
						for (const reason of picture?.reasons ?? []) context.out(`      ${reasonLine(reason, locale)}`);
					if (picture?.hushed) context.out(`      ${hushText(picture.hushed, locale, (id) => id)}`);
				}
			}
			printStandings(backups, face, context);
			context.out();
			context.out(say(cliWords, locale, 'coverage', { evaluated, declared: rows.length }));
			return exitCodeOf(level);
		});
	},
};
