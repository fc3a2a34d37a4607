import type { ToldEvent } from '../domain/engine.ts';
import { ownText } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { say } from '../i18n/messages.ts';
import { refusalText } from '../i18n/refusal.ts';
import { sheetTitle, stepTitle } from '../i18n/rounds.ts';
import { momentText, zoneText } from '../i18n/times.ts';
import { type CliContext, EXIT, type HeadlessCommand, readFlags, UsageError } from './command.ts';
import { type Opened, withEngine } from './opened.ts';
import { cliWords } from './words.ts';

/** Tells that a declared event happened, so that the steps that follow it are due; without a name it lists them. */
export const eventCommand: HeadlessCommand = {
	name: 'event',
	summary: {
		en: 'tell that an event happened, as a deploy: the steps that follow it are due; without a name list the events',
		'zh-CN': '登记一次已发生的事件（例如部署），使跟随它的步骤到期；不带名称时列出各事件',
	},
	usage: 'event [NAME [--note TEXT]] [--json]',
	async run(args, context) {
		const { note, rest } = takeNote(args, context);
		const { words, flags } = readFlags(rest, ['json', 'note'], context.locale);
		const [name, extra] = words;
		if (extra !== undefined)
			throw new UsageError(say(cliWords, context.locale, 'one-event', { word: clean(extra, { max: 80 }) }));
		if (name === undefined && note !== null)
			throw new UsageError(say(cliWords, context.locale, 'note-of-what'));
		return withEngine(context, { polls: false }, async (opened) => {
			const known = await opened.engine.send('events.list', {});
			if (!known.ok) return refused(known.error, context);
			const { events } = known.value;
			if (name === undefined) {
				show(events, opened, context, flags.has('json'));
				return 0;
			}
			if (!events.some(({ event }) => event === name)) {
				const list = events.map(({ event }) => event).join(', ');
				const values = { name: clean(name, { max: 80 }), list };
				throw new UsageError(
					say(cliWords, context.locale, list === '' ? 'no-events' : 'unknown-event', values),
				);
			}
			const told = await opened.engine.send('event.tell', { event: name, note: note ?? '' });
			if (!told.ok) return refused(told.error, context);
			show([told.value.told], opened, context, flags.has('json'));
			return 0;
		});
	},
};

/** `--note TEXT` or `--note=TEXT`; an empty one is none. */
function takeNote(
	args: readonly string[],
	{ locale }: CliContext,
): { readonly note: string | null; readonly rest: readonly string[] } {
	const at = args.findIndex((arg) => arg === '--note' || arg.startsWith('--note='));
	const arg = args[at];
	if (arg === undefined) return { note: null, rest: args };
	const isInline = arg !== '--note';
	const note = isInline ? arg.slice('--note='.length) : args[at + 1];
	if (note === undefined) throw new UsageError(say(cliWords, locale, 'needs-value', { option: '--note' }));
	return { note, rest: [...args.slice(0, at), ...args.slice(at + (isInline ? 1 : 2))] };
}

function refused(refusal: Parameters<typeof refusalText>[0], { err, locale }: CliContext): number {
	err(`rounds: ${refusalText(refusal, locale)}`);
	if (refusal.kind !== 'fault') return EXIT.usage;
	return refusal.fault.code === 'storage-busy' ? EXIT.locked : EXIT.storage;
}

function show(events: readonly ToldEvent[], { face }: Opened, context: CliContext, asJson: boolean): void {
	const { locale } = context;
	const stepsOf = ({ steps }: ToldEvent) =>
		steps.flatMap(({ sheet: id, index }) => {
			const sheet = face.sheets.find((one) => one.id === id);
			const step = sheet?.steps[index];
			return sheet && step ? [{ sheet, step: index + 1, title: stepTitle(step, face, locale) }] : [];
		});
	if (asJson) {
		const { system, environment } = face;
		const list = events.map((one) => ({
			event: one.event,
			title: ownText(one.title, locale),
			at: one.last === null ? null : new Date(one.last.at).toISOString(),
			by: one.last?.by ?? null,
			note: one.last?.note ?? null,
			steps: stepsOf(one).map(({ sheet, step, title }) => ({ sheet: sheet.id, step, title })),
		}));
		context.json({ system, environment: environment.name, events: list });
		return;
	}
	context.out(`${face.system} · ${face.environment.name}`);
	if (events.length === 0) context.out(say(cliWords, locale, 'no-events'));
	for (const one of events) {
		const { last } = one;
		const when =
			last === null
				? say(cliWords, locale, 'never-told')
				: `${momentText(last.at, face.timezone)} ${zoneText(face.timezone)} · ${last.by}${last.note === '' ? '' : ` · ${clean(last.note)}`}`;
		context.out(`  ${one.event}  ${ownText(one.title, locale)}  ${when}`);
		for (const { sheet, step, title } of stepsOf(one))
			context.out(
				`      ${say(cliWords, locale, 'follows', { sheet: sheetTitle(sheet, locale), step, title })}`,
			);
	}
}
