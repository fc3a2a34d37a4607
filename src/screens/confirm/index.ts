import { actionFace, readLaunch } from '../../actions/index.ts';
import { ownText } from '../../domain/own-text.ts';
import { doneSteps } from '../../domain/round.ts';
import { wrap } from '../../domain/text.ts';
import { defineMessages, type MessageValues, say } from '../../i18n/messages.ts';
import { type Layer, type PictureState, runningOperations } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { createTextField, viewTextField } from '../../ui/text-field.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type Page } from '../page.ts';

const texts = defineMessages({
	en: {
		title: 'Run this in {environment}?',
		runs: 'It will run',
		on: 'in the environment',
		type: 'Type the name of the environment to run it:',
		yes: '↵ or y runs it, esc leaves.',
		'typed-yes': '↵ runs it, esc leaves.',
		quit: 'Quit?',
		'round-open': '{title} is in progress: {done} of {steps} steps are done.',
		'round-stays': 'It stays open; every answer is saved, and it continues at the same step.',
		'operation-runs': '{title} is running.',
		'operation-ends': 'It is cancelled when this console ends.',
		'quit-yes': '↵ or y quits, esc stays.',
	},
	'zh-CN': {
		title: '在 {environment} 中执行？',
		runs: '将执行',
		on: '所在环境',
		type: '请输入环境名称以执行：',
		yes: '按 ↵ 或 y 执行，按 esc 取消。',
		'typed-yes': '按 ↵ 执行，按 esc 取消。',
		quit: '退出？',
		'round-open': '{title}正在进行：{steps} 步中已完成 {done} 步。',
		'round-stays': '巡检保持打开，所有答复均已保存，下次从同一步骤继续。',
		'operation-runs': '{title} 正在执行。',
		'operation-ends': '本控制台结束时它会被取消。',
		'quit-yes': '按 ↵ 或 y 退出，按 esc 留下。',
	},
});

const confirmSay = (canvas: Canvas, key: keyof (typeof texts)['en'], values: MessageValues = {}) =>
	say(texts, canvas.locale, key, values);

type Said = readonly [text: string, style: StyleName];

function draw(said: readonly Said[], canvas: Canvas): readonly string[] {
	const { columns, theme } = canvas;
	return said.flatMap(([text, style]) =>
		wrap(text, columns).map((line) => createLine(theme, columns).text(line, style).end()),
	);
}

function fill(lines: readonly string[], canvas: Canvas): Page {
	const missing = Math.max(0, canvas.height - lines.length);
	return {
		lines: [...lines, ...Array.from({ length: missing }, () => blank(canvas.columns))].slice(
			0,
			canvas.height,
		),
		list: null,
	};
}

/** Asks before a guarded action runs: what runs, where, and in a strictly guarded environment its name. */
export const confirmLayer: LayerView = {
	kind: 'confirm',
	isFull: false,
	footer: ['confirm.yes', 'view.up'],
	title: (state, canvas) => confirmSay(canvas, 'title', { environment: state.face?.environment.name ?? '' }),
	size: (_, canvas, layer) => ({ width: Math.min(canvas.columns - 6, 72), height: layer.field ? 11 : 9 }),
	page: (state, canvas, layer) => confirmPage(state, canvas, layer),
};

function confirmPage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme } = canvas;
	const face = actionFace(state, readLaunch(layer.subject).action);
	const environment = state.face?.environment.name ?? '';
	const said: Said[] = [
		['', 'plain'],
		[face ? ownText(face.title, canvas.locale) : layer.subject, 'strong'],
		[`${confirmSay(canvas, 'runs')}  ${face?.command ?? ''}`, 'muted'],
		[`${confirmSay(canvas, 'on')}  ${environment}`, /^prod/i.test(environment) ? 'critical' : 'muted'],
		['', 'plain'],
	];
	if (!layer.field) return fill(draw([...said, [confirmSay(canvas, 'yes'), 'plain']], canvas), canvas);
	const above = draw([...said, [confirmSay(canvas, 'type'), 'plain']], canvas);
	const field = viewTextField(
		theme,
		{ ...createTextField(layer.field.text), at: layer.field.cursor },
		columns - 2,
	);
	const lines = [...above, theme.paint(`${theme.glyphs.pointer} `, 'accent') + field.line, blank(columns)];
	return {
		...fill([...lines, ...draw([[confirmSay(canvas, 'typed-yes'), 'muted']], canvas)], canvas),
		cursor: { x: 2 + field.cursor, y: above.length },
	};
}

/** Asks before the console is left while something is unfinished. */
export const quitLayer: LayerView = {
	kind: 'quit',
	isFull: false,
	footer: ['quit.yes', 'view.up'],
	title: (_, canvas) => confirmSay(canvas, 'quit'),
	size: (state, canvas) => {
		const width = Math.min(canvas.columns - 6, 76);
		return { width, height: draw(quitWords(state, canvas), { ...canvas, columns: width - 4 }).length + 2 };
	},
	page: (state, canvas) => fill(draw(quitWords(state, canvas), canvas), canvas),
};

function quitWords(state: PictureState, canvas: Canvas): readonly Said[] {
	const said: Said[] = [['', 'plain']];
	for (const round of state.rounds.values()) {
		if (round.signed) continue;
		const title = ownText(round.title, canvas.locale);
		said.push([
			confirmSay(canvas, 'round-open', { title, done: doneSteps(round), steps: round.steps.length }),
			'strong',
		]);
		said.push([confirmSay(canvas, 'round-stays'), 'muted'], ['', 'plain']);
	}
	for (const { operation } of runningOperations(state)) {
		said.push([confirmSay(canvas, 'operation-runs', { title: operation.title }), 'strong']);
		said.push([confirmSay(canvas, 'operation-ends'), 'muted'], ['', 'plain']);
	}
	return [...said, [confirmSay(canvas, 'quit-yes'), 'plain']];
}
