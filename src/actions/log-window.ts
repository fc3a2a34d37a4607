import type { CommandInput } from '../domain/engine.ts';
import type { LogPage } from '../domain/log-line.ts';
import { refusalText } from '../i18n/refusal.ts';
import type { LogWindow } from '../store/index.ts';
import type { ActionContext } from './define.ts';
import { isFollowing, isWanted, linesHeld, wantedLogs } from './log-view.ts';

/** Lines read at once, and held at most: whole pages are let go at the far end. */
export const PAGE_LINES = 250;
export const MOST_LINES = 1000;

/** A cursor that has read nothing of any file yet. */
const BEGINNING = 'c0:0';

type From = CommandInput<'logs.read'>['from'];

async function read(context: ActionContext, from: From, untilError = false): Promise<LogPage | null> {
	const { picture, engine, locale } = context;
	const wanted = wantedLogs(picture.state());
	const page = await engine.send('logs.read', {
		...wanted,
		from,
		limit: PAGE_LINES,
		...(untilError ? { untilError } : {}),
	});
	// What was wanted may have changed while the engine read.
	if (!isWanted(wanted, picture.state())) return null;
	if (page.ok) return page.value;
	const trouble = refusalText(page.error, locale, picture.state().face?.timezone);
	picture.fetched((fetched) => ({
		...fetched,
		logs:
			fetched.logs && isWanted(fetched.logs, picture.state())
				? { ...fetched.logs, trouble }
				: { ...empty(context), trouble },
	}));
	return null;
}

function empty(context: ActionContext): LogWindow {
	const state = context.picture.state();
	return {
		...wantedLogs(state),
		pages: [],
		sources: [],
		isCut: false,
		errors: null,
		seen: state.logs,
		trouble: null,
	};
}

function put(context: ActionContext, change: (window: LogWindow) => LogWindow): void {
	context.picture.fetched((fetched) => {
		const held =
			fetched.logs && isWanted(fetched.logs, context.picture.state()) ? fetched.logs : empty(context);
		return { ...fetched, logs: change(held) };
	});
}

/** The window begins anew with one page. `isCut`: there is more behind it than is shown. */
function replace(context: ActionContext, page: LogPage, seen: LogWindow['seen'], isCut: boolean): void {
	put(context, (window) => ({ ...window, pages: [page], sources: page.sources, isCut, seen, trouble: null }));
}

export async function readEnd(context: ActionContext): Promise<void> {
	const seen = context.picture.state().logs;
	const page = await read(context, { at: 'end' });
	if (page) replace(context, page, seen, false);
}

export async function readBeginning(context: ActionContext): Promise<void> {
	const seen = context.picture.state().logs;
	const page = await read(context, { after: BEGINNING });
	if (page) replace(context, page, seen, page.lines.length >= PAGE_LINES);
}

/** Older lines before the first held one. Returns how many came. */
export async function readOlder(context: ActionContext): Promise<number> {
	const before = context.picture.state().fetched.logs?.pages[0]?.before;
	if (!before) return 0;
	const page = await read(context, { before });
	if (!page || context.picture.state().fetched.logs?.pages[0]?.before !== before) return 0;
	put(context, (window) => {
		const pages = [page, ...window.pages];
		let held = pages.reduce((sum, each) => sum + each.lines.length, 0);
		let { isCut } = window;
		while (pages.length > 2 && held > MOST_LINES) {
			held -= pages.pop()?.lines.length ?? 0;
			isCut = true;
		}
		return { ...window, pages, isCut, trouble: null };
	});
	return page.lines.length;
}

/** Newer lines behind the last held one. Returns how many came. */
export async function readNewer(context: ActionContext): Promise<number> {
	const state = context.picture.state();
	const last = state.fetched.logs?.pages.at(-1);
	if (!last?.after) {
		await readEnd(context);
		return 0;
	}
	const { after } = last;
	const page = await read(context, { after });
	if (!page || context.picture.state().fetched.logs?.pages.at(-1)?.after !== after) return 0;
	put(context, (window) => {
		const pages = joined(window.pages, page);
		let held = pages.reduce((sum, each) => sum + each.lines.length, 0);
		while (pages.length > 2 && held > MOST_LINES) held -= pages.shift()?.lines.length ?? 0;
		return {
			...window,
			pages,
			sources: page.sources,
			isCut: page.lines.length >= PAGE_LINES,
			seen: state.logs,
			trouble: null,
		};
	});
	return page.lines.length;
}

/** A few new lines join the last page, so that following does not make thousands of small ones. */
function joined(pages: LogWindow['pages'], page: LogPage): LogWindow['pages'][number][] {
	const last = pages.at(-1);
	const next = { lines: page.lines, before: page.before, after: page.after ?? last?.after ?? null };
	if (!last || last.lines.length + page.lines.length > PAGE_LINES) return [...pages, next];
	return [
		...pages.slice(0, -1),
		{ lines: [...last.lines, ...page.lines], before: last.before, after: next.after },
	];
}

/** Looks for an error beyond what is held. Returns its line's key; the window then begins anew round it. */
export async function readToError(context: ActionContext, direction: 1 | -1): Promise<string | null> {
	const state = context.picture.state();
	const { logs } = state.fetched;
	const cursor = direction === 1 ? logs?.pages.at(-1)?.after : logs?.pages[0]?.before;
	if (!cursor) return null;
	const page = await read(context, direction === 1 ? { after: cursor } : { before: cursor }, true);
	if (!page) return null;
	const found =
		direction === 1
			? page.lines.findLast((line) => line.level === 'error')
			: page.lines.find((line) => line.level === 'error');
	if (!found) return null;
	replace(context, page, state.logs, true);
	return found.key;
}

/** What the screen needs now: the first page, or the lines that are new; and how many errors there were. */
export async function loadLogs(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const { logs } = state.fetched;
	if (!state.face) return;
	if (!logs || !isWanted(logs, state)) await readEnd(context);
	else if (logs.trouble !== null && linesHeld(logs).length === 0) await readEnd(context);
	else if (logs.seen === state.logs) return;
	else if (isFollowing(state)) await follow(context);
	await countErrors(context);
}

async function follow(context: ActionContext): Promise<void> {
	if (context.picture.state().fetched.logs?.isCut) return readEnd(context);
	const came = await readNewer(context);
	// More came at once than one page holds: the newest are wanted, not the next.
	if (came >= PAGE_LINES) await readEnd(context);
}

async function countErrors(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const { source } = wantedLogs(state);
	const sinceAt = state.signed.signedAt;
	if (sinceAt === null) return;
	const counted = await context.engine.send('logs.read', {
		source,
		filter: { level: 'error', text: null, sinceAt },
		from: { at: 'end' },
		limit: 1,
	});
	if (!counted.ok || wantedLogs(context.picture.state()).source !== source) return;
	put(context, (window) => ({ ...window, errors: counted.value.errors ?? window.errors }));
}
