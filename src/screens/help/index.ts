import { type Action, type Keymap, keyText } from '../../actions/index.ts';
import type { Locale } from '../../domain/own-text.ts';
import { cellWidth } from '../../domain/text.ts';
import { defineMessages, say } from '../../i18n/messages.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { LayerSurroundings, LayerView } from '../define.ts';
import { blank, type Canvas, textPage } from '../page.ts';

const texts = defineMessages({
	en: {
		title: 'Keys that work here',
		here: 'HERE',
		anywhere: 'EVERYWHERE',
		moving: 'MOVING',
		actions: 'OPERATIONS OF THIS SYSTEM',
	},
	'zh-CN': {
		title: '此处可用的按键',
		here: '此处',
		anywhere: '任何位置',
		moving: '移动',
		actions: '本系统的操作',
	},
});

export interface HelpRow {
	readonly keys: string;
	readonly text: string;
	/** Why it cannot be done now. */
	readonly why: string | null;
}

export interface HelpGroup {
	readonly title: string;
	readonly rows: readonly HelpRow[];
}

/** The keys valid under the help: those of the place below it, and those of everywhere. Pure. */
export function toHelpGroups(
	state: PictureState,
	around: LayerSurroundings,
	locale: Locale,
): readonly HelpGroup[] {
	const below = state.view.layers.findLast((layer) => layer.kind !== 'help' && layer.kind !== 'filter');
	const place = below?.kind ?? state.view.screen;
	const groups: Record<'here' | 'actions' | 'anywhere' | 'moving', HelpRow[]> = {
		here: [],
		actions: [],
		anywhere: [],
		moving: [],
	};
	for (const action of around.actions) {
		const keys = reachable(action, around.keymap, place);
		if (keys.length === 0) continue;
		const row = {
			keys: keys.map(keyText).join(' '),
			text: action.help[locale],
			why: around.disabled(action),
		};
		if (action.id.startsWith('row.') && action.silent) groups.moving.push(row);
		else if (action.id.startsWith('operation.') && action.where === 'anywhere')
			groups.actions.push({ ...row, text: action.label[locale] });
		else groups[action.where === 'anywhere' ? 'anywhere' : 'here'].push(row);
	}
	return (['here', 'actions', 'anywhere', 'moving'] as const)
		.filter((name) => groups[name].length > 0)
		.map((name) => ({ title: say(texts, locale, name), rows: groups[name] }));
}

/** A global key that this place uses for itself is not said twice. */
function reachable(action: Action, keymap: Keymap, place: Parameters<Keymap['find']>[0]): readonly string[] {
	return keymap
		.keysOf(action)
		.filter((key) => (keymap.find(place, key) ?? keymap.find('anywhere', key)) === action);
}

export const helpLayer: LayerView = {
	kind: 'help',
	isFull: false,
	footer: ['help.close'],
	title: (_, canvas) => say(texts, canvas.locale, 'title'),
	size: (state, canvas, _, around) => {
		const groups = toHelpGroups(state, around, canvas.locale);
		const lines = groups.reduce((sum, group) => sum + group.rows.length + 2, 1);
		return { width: Math.min(canvas.columns - 6, 96), height: Math.min(canvas.height, lines + 1) };
	},
	page: (state, canvas, _, around) => {
		const { columns, theme } = canvas;
		const groups = toHelpGroups(state, around, canvas.locale);
		const keyWidth = Math.min(
			16,
			Math.max(0, ...groups.flatMap((group) => group.rows.map((row) => cellWidth(row.keys)))),
		);
		const lines = groups.flatMap((group, at) => [
			...(at > 0 ? [blank(columns)] : []),
			createLine(theme, columns).text(group.title, 'heading').end(),
			...group.rows.map((row) => drawRow(row, keyWidth, canvas)),
		]);
		return textPage(canvas, state.view, 'help', { lines });
	},
};

function drawRow(row: HelpRow, keyWidth: number, { columns, theme }: Canvas): string {
	const line = createLine(theme, columns)
		.cell(row.keys, keyWidth, row.why === null ? 'key' : 'muted')
		.gap(3);
	line.text(row.text, row.why === null ? 'plain' : 'muted');
	if (row.why !== null) line.gap(2).text(`(${row.why})`, 'muted');
	return line.end();
}
