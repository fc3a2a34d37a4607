import { type ActionContext, defineAction, linesOf, selectedRow, type Words, words } from './define.ts';

/** Beyond any line: whoever draws takes the last one. */
const END = Number.MAX_SAFE_INTEGER;

type Step = (index: number, count: number, pageRows: number) => number;

/** A list without rows to select is text: then the same keys scroll. */
function move(context: ActionContext, step: Step): void {
	const list = context.list();
	if (!list) return;
	const { view } = context.picture;
	if (list.rows.length === 0) {
		const last = Math.max(0, list.total - list.height);
		const next = clamp(step(list.top, last + 1, list.height), last);
		// Who goes to the end wants to stay there when more comes.
		view.scrollTo(list.name, next === last ? END : next);
		return;
	}
	const row = selectedRow(context);
	if (!row) return;
	const inView = list.rows.filter((r) => r.start < list.height).length;
	const next = list.rows[clamp(step(row.index, list.rows.length, Math.max(1, inView)), list.rows.length - 1)];
	if (next) view.select(list.name, next.id, linesOf(list, next));
}

const clamp = (index: number, last: number): number => Math.max(0, Math.min(last, index));

function moving(id: string, keys: readonly string[], label: Words, step: Step) {
	return defineAction({
		id,
		keys,
		label,
		help: label,
		where: 'anywhere',
		always: true,
		silent: true,
		run: (context) => move(context, step),
	});
}

export const movingActions = [
	moving('row.next', ['j', 'down'], words('down', '下移'), (index) => index + 1),
	moving('row.previous', ['k', 'up'], words('up', '上移'), (index) => index - 1),
	moving('row.first', ['g', 'home'], words('first', '第一行'), () => 0),
	moving('row.last', ['G', 'end'], words('last', '最后一行'), (_, count) => count - 1),
	moving(
		'row.half-down',
		['ctrl-d'],
		words('half a page down', '下翻半页'),
		(index, _, page) => index + Math.ceil(page / 2),
	),
	moving(
		'row.half-up',
		['ctrl-u'],
		words('half a page up', '上翻半页'),
		(index, _, page) => index - Math.ceil(page / 2),
	),
	moving('row.page-down', ['pgdn'], words('a page down', '下翻一页'), (index, _, page) => index + page),
	moving('row.page-up', ['pgup'], words('a page up', '上翻一页'), (index, _, page) => index - page),
];
