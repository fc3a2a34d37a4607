import { type ActionContext, checksOfRow, spanOf } from '../../actions/index.ts';
import { checkId } from '../../domain/ids.ts';
import { ownText } from '../../domain/own-text.ts';
import { wrap } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { checkFace, type Layer, type PictureState, worstOf } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type ListRow, listPage, type Page } from '../page.ts';
import { checkPage, conditionLine } from './check-page.ts';
import { toCheckDetail } from './rows.ts';
import { serviceWord } from './words.ts';

const BUCKETS = 120;

/** A service opened: its checks with their conditions; a service of one check, and a check, in full. */
export const serviceLayer: LayerView = {
	kind: 'service',
	isFull: true,
	footer: ['row.open', 'check.ask', 'history.closer', 'history.wider', 'view.up', 'text.copy', 'text.page'],
	title: () => '',
	page: (state, canvas, layer) => {
		const checks = checksOfRow(state, layer.subject).flatMap((id) => checkFace(state, id) ?? []);
		const [only] = checks;
		if (!only)
			return listPage(canvas, state.view, `service ${layer.subject}`, {
				rows: [],
				empty: serviceWord(canvas.locale, 'gone'),
			});
		return checks.length === 1 ? checkPage(state, canvas, layer, only) : servicePage(state, canvas, layer);
	},
	load: loadService,
};

function servicePage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale, now } = canvas;
	const service = state.face?.services.find((s) => `service:${s.id}` === layer.subject);
	const checks = checksOfRow(state, layer.subject).flatMap((id) => checkFace(state, id) ?? []);
	const level = worstOf(state, checks, now);
	const head = createLine(theme, columns)
		.gap(1)
		.text(service ? ownText(service.title, locale) : layer.subject, 'strong');
	if (service?.port != null) head.text(` · ${serviceWord(locale, 'port', { port: service.port })}`, 'muted');
	head
		.right()
		.text(`${theme.glyphs.levels[level]} ${levelWord(level, locale)}`, level)
		.gap(1);
	const rows = checks.map((check): ListRow => {
		const detail = toCheckDetail(state, check, now, locale);
		const below = detail.conditions.flatMap((condition) => conditionLine(condition, canvas, 3));
		if (detail.conditions.length === 0) {
			for (const { level, text } of detail.explanations) {
				for (const part of wrap(text, columns - 4))
					below.push(createLine(theme, columns).gap(3).text(part, level).end());
			}
		}
		return {
			id: `check:${check.id}`,
			size: below.length + 2,
			isBad: detail.level !== 'ok' && detail.level !== 'pending',
			lines: (isSelected) => [
				createLine(theme, columns, isSelected ? 'selected' : 'plain')
					.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
					.cell(detail.title, 22, 'strong')
					.gap(2)
					.cell(detail.target === detail.title ? '' : detail.target, columns >= 100 ? 46 : 20, 'muted', {
						where: 'middle',
					})
					.gap(2)
					.text(`${theme.glyphs.levels[detail.level]} ${levelWord(detail.level, locale)}`, detail.level)
					.text(detail.soft ? ` ${detail.soft}` : '', 'muted')
					.right()
					.cell(detail.latency, 9, 'plain', { align: 'right' })
					.gap(2)
					.cell(detail.age, 6, 'muted', { align: 'right' })
					.gap(1)
					.end(),
				...below,
				blank(columns),
			],
		};
	});
	return listPage(canvas, state.view, `service ${layer.subject}`, {
		head: [head.end(), blank(columns)],
		rows,
	});
}

async function loadService(context: ActionContext, layer: Layer): Promise<void> {
	const { picture, engine } = context;
	const checks = checksOfRow(picture.state(), layer.subject);
	const isOne = checks.length === 1;
	await Promise.all(
		checks.map(async (check) => {
			const detail = await engine.send('check.detail', { check });
			if (!detail.ok) return;
			picture.fetched((fetched) => ({
				...fetched,
				details: new Map(fetched.details).set(check, detail.value),
			}));
		}),
	);
	const [only] = checks;
	if (!isOne || only === undefined) return;
	const span = spanOf(picture.state());
	const toAt = context.now();
	const asked = { check: checkId(only), sample: null, fromAt: toAt - span, toAt, buckets: BUCKETS };
	const history = await engine.send('check.history', asked);
	if (!history.ok) return;
	const key = `${only} ${span}`;
	picture.fetched((fetched) => ({
		...fetched,
		histories: new Map(fetched.histories).set(key, history.value.points),
	}));
}
