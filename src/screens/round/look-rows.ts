import { type Locale, ownText } from '../../domain/own-text.ts';
import type { Round, Step } from '../../domain/round.ts';
import { ageText, clockText, momentText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { bareText } from '../logs/rows.ts';
import { roundWord } from './words.ts';

/** Lines of a log shown beside a question. */
const LOOK_SHOWN = 40;

export interface StepLook {
	readonly title: string;
	readonly isRead: boolean;
	readonly count: number;
	readonly lines: readonly {
		readonly key: string;
		readonly time: string;
		readonly text: string;
		readonly level: string;
		readonly isOurs: boolean;
	}[];
}

export function lookKey(round: Round, step: Step): string {
	return `${round.id} ${step.index}`;
}

export function toLook(
	state: PictureState,
	round: Round,
	step: Step,
	locale: Locale,
	zone: string,
): StepLook | null {
	const look = step.definition.kind === 'ask' ? step.definition.look : null;
	if (!look) return null;
	const service = state.face?.services.find((s) => s.id === look.log);
	const source = service ? ownText(service.title, locale) : look.log;
	const answered = step.answer?.evidence.find((e) => e.kind === 'lines' && e.sinceAt !== null);
	const { signedAt } = state.signed;
	const since =
		look.since === 'last-signed'
			? signedAt === null
				? roundWord(locale, 'since-begin')
				: roundWord(locale, 'since-signed', { time: momentText(signedAt, zone) })
			: look.since === null
				? roundWord(locale, 'since-begin')
				: roundWord(locale, 'since-ago', { age: ageText(look.since, locale) });
	const title = roundWord(locale, 'log-of', {
		source,
		level: roundWord(locale, look.level === null ? 'level-all' : `level-${look.level}`),
		since,
	});
	if (answered?.kind === 'lines')
		return {
			title: roundWord(locale, 'evidence-lines', { source: answered.source, count: answered.count }),
			isRead: true,
			count: answered.count,
			lines: answered.lines.map((text, at) => ({
				key: `e${at}`,
				time: '',
				text,
				level: 'unknown',
				isOurs: false,
			})),
		};
	const page = state.fetched.looks.get(lookKey(round, step))?.page;
	const lines = page?.lines ?? [];
	return {
		title,
		isRead: page !== undefined,
		count: Math.max(page?.errors ?? 0, lines.length),
		lines: lines.slice(-LOOK_SHOWN).map((line) => ({
			key: line.key,
			time: line.at === null ? '' : clockText(line.at, zone),
			text: bareText(line),
			level: line.level,
			isOurs: line.ours,
		})),
	};
}
