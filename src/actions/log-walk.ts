import type { LogLine } from '../domain/log-line.ts';
import { type ActionContext, linesOf, words } from './define.ts';
import { FOLLOW_CHOICE, isFollowing, linesHeld, logInHand } from './log-view.ts';
import { readNewer, readOlder, readToError } from './log-window.ts';

export function held(context: ActionContext): readonly LogLine[] {
	return linesHeld(context.picture.state().fetched.logs);
}

/** Selects a held line; the list's own rows say where it stands, because days are marked between them. */
export function select(context: ActionContext, key: string | undefined): void {
	const list = context.list();
	const row = list?.rows.find((one) => one.id === key);
	if (!list || !row) return;
	const { view } = context.picture;
	const top = context.picture.state().view.places['logs']?.top ?? 0;
	view.select('logs', row.id, linesOf(list, row));
	// Lists with headings jump to their beginning when it is near; here lines would be passed over unseen.
	if (row.start < top) view.scrollTo('logs', Math.max(0, Math.min(row.start, top - (list.height >> 1))));
}

export function stopFollowing(context: ActionContext): void {
	const state = context.picture.state();
	if (!isFollowing(state)) return;
	const key = logInHand(state);
	const list = context.list();
	// Where the newest lines stand now is where the person begins to walk.
	context.picture.view.choose(FOLLOW_CHOICE, 'off');
	if (list) context.picture.view.scrollTo('logs', Math.max(0, list.total - list.height));
	select(context, key ?? undefined);
}

/** Walks by lines; at the edge of what is held more is read, and the far end is let go. */
/** Walks by lines; at the edge of what is held more is read, and the far end is let go. */
export async function walk(context: ActionContext, step: (height: number) => number): Promise<void> {
	const list = context.list();
	if (!list) return;
	const by = step(list.height);
	if (by > 0 && isFollowing(context.picture.state())) return;
	stopFollowing(context);
	const key = logInHand(context.picture.state());
	if (key === null) return;
	const indexOf = () => held(context).findIndex((line) => line.key === key);
	const target = indexOf() + by;
	if (target < 0) await keepPlace(context, key, readOlder);
	else if (target >= held(context).length) await keepPlace(context, key, readNewer);
	const lines = held(context);
	select(context, lines[Math.max(0, Math.min(lines.length - 1, indexOf() + by))]?.key);
}

/** Pages come and go at both ends: the line in hand stays where it stands on the screen. */
async function keepPlace(
	context: ActionContext,
	key: string,
	read: (context: ActionContext) => Promise<number>,
): Promise<void> {
	const startOf = () => context.list()?.rows.find((row) => row.id === key)?.start ?? 0;
	const before = startOf();
	await read(context);
	const top = context.picture.state().view.places['logs']?.top ?? 0;
	context.picture.view.scrollTo('logs', Math.max(0, top + startOf() - before));
}

/** The next error in a direction: among those held, else wherever the engine finds it. */
export async function toError(context: ActionContext, direction: 1 | -1): Promise<void> {
	const state = context.picture.state();
	const key = logInHand(state);
	const lines = held(context);
	const index = lines.findIndex((line) => line.key === key);
	const isError = (line: LogLine, at: number) =>
		line.level === 'error' && (direction === 1 ? at > index : at < index);
	const near = direction === 1 ? lines.find(isError) : lines.findLast(isError);
	if (near) {
		stopFollowing(context);
		return select(context, near.key);
	}
	const found = await readToError(context, direction);
	if (found) {
		context.picture.view.choose(FOLLOW_CHOICE, 'off');
		return select(context, found);
	}
	const none =
		direction === 1 ? words('no later error', '之后没有错误') : words('no earlier error', '之前没有错误');
	context.picture.view.tell('plain', none[context.locale]);
}
