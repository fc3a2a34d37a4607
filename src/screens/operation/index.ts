import { actionFace, keyText, ownActions } from '../../actions/index.ts';
import { operationId } from '../../domain/ids.ts';
import { ownText } from '../../domain/own-text.ts';
import { clean, cut, wrap } from '../../domain/text.ts';
import { clockText, secondsText } from '../../i18n/times.ts';
import { type Layer, type PictureState, recentOperations } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { LayerView } from '../define.ts';
import {
	blank,
	type Canvas,
	filterOf,
	type ListRow,
	listPage,
	matchesFilter,
	type Page,
	textPage,
} from '../page.ts';
import { drawProgress } from '../progress.ts';
import { sayReason } from '../reasons.ts';
import { foundText, resultOf, samplesText, titleOf, tookText } from './rows.ts';
import { operationWord } from './words.ts';

const LIMIT = 50;

/** One operation with its output, which follows its end while it runs. */
export const operationLayer: LayerView = {
	kind: 'operation',
	isFull: true,
	footer: ['operation.cancel', 'view.up', 'text.copy', 'text.page'],
	title: () => '',
	page: operationPage,
	load: async ({ engine, picture }, layer) => {
		const id = operationId(Number(layer.subject));
		const answer = await engine.send('operation.output', { operation: id });
		if (!answer.ok) return;
		const tail = clean(answer.value.output, { newlines: 'keep' }).split('\n');
		picture.apply([{ kind: 'operation', operation: answer.value.operation, tail }]);
	},
};

function operationPage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale, now, zone } = canvas;
	const name = `operation ${layer.subject}`;
	const shown = state.operations.get(operationId(Number(layer.subject)));
	if (!shown) return listPage(canvas, state.view, name, { rows: [], empty: operationWord(locale, 'gone') });
	const { operation, tail } = shown;
	const result = resultOf(operation, locale);
	const isRunning = operation.state === 'running';
	const took = operationWord(locale, isRunning ? 'for' : 'lasted', { age: tookText(operation, now, locale) });
	const head = [
		createLine(theme, columns)
			.gap(1)
			.text(titleOf(state, operation, locale), 'strong')
			.right()
			.text(`${theme.glyphs.levels[result.glyph]} ${result.text}`, result.style)
			.text(` · ${took}`, 'muted')
			.gap(1)
			.end(),
		createLine(theme, columns)
			.gap(1)
			.text(
				`${operation.command} · ${operationWord(locale, 'started-by', { time: secondsText(operation.startedAt, zone), by: operation.by })}`,
				'muted',
			)
			.end(),
		blank(columns),
	];
	if (isRunning && shown.progress) {
		const line = createLine(theme, columns).gap(1);
		head.push(drawProgress(line, theme, shown.progress, columns - 2, locale).end(), blank(columns));
	}
	const values = samplesText(state, operation, locale);
	if (values) head.push(section(operationWord(locale, 'values'), canvas, values), blank(columns));
	for (const reason of operation.reasons) {
		for (const text of wrap(sayReason(reason, locale), columns - 4))
			head.push(createLine(theme, columns).gap(1).text(text, operation.level).end());
	}
	const verb = actionFace(state, operation.action)?.backup?.verb;
	if (verb === 'restore' && !isRunning && operation.level !== 'ok') {
		for (const text of wrap(operationWord(locale, 'way-back'), columns - 4))
			head.push(createLine(theme, columns).gap(1).text(text, 'accent').end());
	}
	if (operation.reasons.length > 0) head.push(blank(columns));
	if (operation.files.length > 0) {
		head.push(section(operationWord(locale, 'files'), canvas));
		for (const file of operation.files)
			head.push(
				createLine(theme, columns)
					.gap(3)
					.text(cut(file, columns - 4, { where: 'middle' }))
					.end(),
			);
		head.push(blank(columns));
	}
	head.push(section(operationWord(locale, 'output'), canvas));
	const lines = tail
		.flatMap((line) => wrap(line, columns - 4))
		.map((text) => createLine(theme, columns).gap(3).text(text).end());
	const room = Math.max(0, canvas.height - head.length);
	const isMoved = state.view.places[name] !== undefined;
	// Until a person scrolls, the newest lines are what is wanted.
	const followed = isMoved
		? state.view
		: {
				...state.view,
				places: { ...state.view.places, [name]: { selected: null, top: Math.max(0, lines.length - room) } },
			};
	return textPage(canvas, followed, name, { head, lines, empty: operationWord(locale, 'no-output') });
}

function section(title: string, { columns, theme }: Canvas, remark = ''): string {
	return createLine(theme, columns).gap(1).text(title, 'heading').gap(2).text(remark).end();
}

/** What runs and what ran, newest first. */
export const operationsLayer: LayerView = {
	kind: 'operations',
	isFull: true,
	footer: ['operation.open', 'action.choose', 'filter.open', 'view.up'],
	title: () => '',
	page: (state, canvas) => {
		const { columns, theme, locale, now, zone } = canvas;
		const filter = filterOf(state, 'operations');
		const isWide = columns >= 100;
		const rows = recentOperations(state)
			.filter(({ operation }) =>
				matchesFilter(filter, [
					titleOf(state, operation, locale),
					operation.title,
					operation.by,
					operation.command,
				]),
			)
			.map(({ operation }): ListRow => {
				const result = resultOf(operation, locale);
				return {
					id: String(operation.id),
					size: 1,
					isBad: result.style !== 'ok' && result.style !== 'accent',
					lines: (isSelected) => [
						createLine(theme, columns, isSelected ? 'selected' : 'plain')
							.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
							.cell(titleOf(state, operation, locale), 36)
							.gap(2)
							.cell(`${theme.glyphs.levels[result.glyph]} ${result.text}`, 12, result.style)
							.gap(2)
							// Ten columns of them would be cut in the middle of a number.
							.cell(isWide ? foundText(state, operation, locale) : '', isWide ? columns - 90 : 0, 'muted')
							.right()
							.cell(operation.by, 10, 'muted')
							.gap(2)
							.cell(clockText(operation.startedAt, zone), 5, 'muted')
							.gap(2)
							.cell(tookText(operation, now, locale), isWide ? 10 : 7, 'muted', { align: 'right' })
							.gap(1)
							.end(),
					],
				};
			});
		const head = [
			createLine(theme, columns).gap(1).text(operationWord(locale, 'operations'), 'strong').end(),
			blank(columns),
		];
		return listPage(canvas, state.view, 'operations', { head, rows, empty: operationWord(locale, 'empty') });
	},
	load: async ({ engine, picture }) => {
		const answer = await engine.send('operations.list', { limit: LIMIT });
		if (!answer.ok) return;
		const known = picture.state().operations;
		const fresh = answer.value.operations.filter((operation) => !known.has(operation.id));
		picture.apply(fresh.toReversed().map((operation) => ({ kind: 'operation', operation, tail: [] })));
	},
};

/** The configured actions, to run one. */
export const actionsLayer: LayerView = {
	kind: 'actions',
	isFull: false,
	footer: ['action.run', 'view.up'],
	title: (_, canvas) => operationWord(canvas.locale, 'actions'),
	size: (state, canvas) => ({
		width: Math.min(canvas.columns - 6, 92),
		height: Math.min(canvas.height, Math.max(3, ownActions(state.face).length) + 2),
	}),
	page: (state, canvas, _, around) => {
		const { columns, theme, locale } = canvas;
		const rows = ownActions(state.face).map((face): ListRow => {
			const action = around.actions.find((a) => a.id === `operation.${face.id}`);
			const key = action && around.keymap.keysOf(action)[0];
			return {
				id: face.id,
				size: 1,
				lines: (isSelected) => [
					createLine(theme, columns, isSelected ? 'selected' : 'plain')
						.cell(isSelected ? theme.glyphs.pointer : '', 2, 'accent')
						.cell(ownText(face.title, locale), Math.min(34, Math.floor(columns * 0.45)))
						.gap(2)
						.text(face.command, 'muted')
						.right()
						.gap(2)
						.text(key ? keyText(key) : '', 'key')
						.gap(1)
						.end(),
				],
			};
		});
		return listPage(canvas, state.view, 'actions', { rows, empty: operationWord(locale, 'no-actions') });
	},
};
