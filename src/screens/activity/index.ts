import { excerpt } from '../../domain/text.ts';
import { dateText, secondsText } from '../../i18n/times.ts';
import { createLine } from '../../ui/line.ts';
import type { LayerView } from '../define.ts';
import { filterOf, type ListRow, listPage, matchesFilter } from '../page.ts';
import { activityText, activityWord } from './words.ts';

const LIMIT = 500;
const DATE_COLUMNS = 20;

/** The activity log: one line a thing, newest first. */
export const activityLayer: LayerView = {
	kind: 'activity',
	isFull: true,
	footer: ['filter.open', 'view.up', 'text.copy', 'text.page'],
	title: () => '',
	page: (state, canvas) => {
		const { columns, theme, locale, zone } = canvas;
		const { activity } = state.fetched;
		const filter = filterOf(state, 'activity');
		const by = Math.min(16, Math.floor(columns / 6));
		const lines = (activity ?? []).map((one) => ({
			one,
			text: excerpt(activityText(one.code, one.detail, locale, zone), 400),
		}));
		const rows = lines
			.filter(({ one, text }) => matchesFilter(filter, [text, one.by]))
			.map(
				({ one, text }, index): ListRow => ({
					id: `${index}`,
					size: 1,
					lines: (isSelected) => [
						createLine(theme, columns, isSelected ? 'selected' : 'plain')
							.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
							.cell(`${dateText(one.at, zone)} ${secondsText(one.at, zone)}`, DATE_COLUMNS, 'muted')
							.gap(2)
							.cell(one.by, by, 'plain')
							.gap(2)
							.text(text)
							.end(),
					],
				}),
			);
		const head = [
			createLine(theme, columns).gap(1).text(activityWord(locale, 'title'), 'strong').end(),
			createLine(theme, columns)
				.gap(1)
				.cell(activityWord(locale, 'time'), DATE_COLUMNS, 'heading')
				.gap(2)
				.cell(activityWord(locale, 'by'), by, 'heading')
				.gap(2)
				.text(activityWord(locale, 'what'), 'heading')
				.end(),
		];
		const empty = activityWord(locale, activity === null ? 'loading' : 'empty');
		return listPage(canvas, state.view, 'activity', { head, rows, empty });
	},
	load: async ({ engine, picture }) => {
		const answer = await engine.send('activity.list', { limit: LIMIT });
		if (answer.ok) picture.fetched((fetched) => ({ ...fetched, activity: answer.value.activity }));
	},
};
