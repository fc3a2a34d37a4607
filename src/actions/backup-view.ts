import type { CopyPicture, PlanPicture, RestorePreview } from '../domain/backup-picture.ts';
import { type PlanId, planId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { Layer, PictureState } from '../store/index.ts';

/** Which copy or drill of an opened plan shows its details: its row id. */
export const OPENED_CHOICE = 'plan-opened';
/** A restore that waits for another operator: what `writeAsked` makes of it. */
export const ASKED_CHOICE = 'restore-asked';

export const planRow = (plan: PlanId): string => `plan:${plan}`;
export const RUN_ROW = 'run';
export const copyRow = (copy: Pick<CopyPicture, 'target' | 'name'>): string =>
	`copy:${JSON.stringify([copy.target, copy.name])}`;
export const drillRow = (drill: { readonly id: number }): string => `drill:${drill.id}`;
/** The list of an opened plan. */
export const planList = (plan: PlanId): string => `plan ${plan}`;

export function planOf(state: PictureState, id: string): PlanPicture | null {
	return state.backups?.find((plan) => plan.id === id) ?? null;
}

/** The plans that the filter leaves, in the configuration's order. It matches in both languages. */
export function shownPlans(state: PictureState): readonly PlanPicture[] {
	const wanted = (state.view.filters['backups'] ?? '').trim().toLowerCase();
	const plans = state.backups ?? [];
	if (wanted === '') return plans;
	return plans.filter((plan) =>
		[plan.id, plan.source, plan.subject, plan.level, ...textsOf(plan.title)].some((text) =>
			text.toLowerCase().includes(wanted),
		),
	);
}

const textsOf = (text: OwnText): readonly string[] =>
	typeof text === 'string' ? [text] : Object.values(text).filter((one) => one !== undefined);

/** The plan that keys mean: of the page that is open, else the selected one. */
export function planInHand(state: PictureState): PlanPicture | null {
	const page = planLayer(state);
	if (page) return planOf(state, page.subject);
	if (state.view.screen !== 'backups') return null;
	const shown = shownPlans(state);
	const selected = state.view.places['backups']?.selected;
	return shown.find((plan) => planRow(plan.id) === selected) ?? shown[0] ?? null;
}

export function planLayer(state: PictureState): Layer | null {
	return state.view.layers.findLast((layer) => layer.kind === 'plan') ?? null;
}

export function copiesOf(state: PictureState, plan: PlanId) {
	return state.fetched.copies.get(plan) ?? null;
}

/** What can be selected in an opened plan, in the order it stands there. */
export function planRows(state: PictureState, plan: PlanPicture): readonly string[] {
	const { copies = [], drills = [] } = copiesOf(state, plan.id) ?? {};
	return [...(plan.running ? [RUN_ROW] : []), ...copies.map(copyRow), ...drills.map(drillRow)];
}

export function rowInHand(state: PictureState, plan: PlanPicture): string | null {
	const rows = planRows(state, plan);
	const selected = state.view.places[planList(plan.id)]?.selected;
	return rows.find((row) => row === selected) ?? rows[0] ?? null;
}

/** The copy that is selected in an opened plan; null on the list, where the newest is meant. */
export function copyInHand(state: PictureState): CopyPicture | null {
	const page = planLayer(state);
	const plan = page && planOf(state, page.subject);
	if (!plan) return null;
	const row = rowInHand(state, plan);
	return copiesOf(state, plan.id)?.copies.find((copy) => copyRow(copy) === row) ?? null;
}

/** Which copy a restore is about. */
export interface Restored {
	readonly plan: PlanId;
	readonly target: string;
	readonly copy: string;
}

export function writeRestored({ plan, target, copy }: Restored): string {
	return JSON.stringify([plan, target, copy]);
}

export function readRestored(subject: string): Restored {
	const [plan = '', target = '', copy = ''] = JSON.parse(subject) as readonly string[];
	return { plan: planId(plan), target, copy };
}

/** Asked by this operator, and waiting for another one. */
export interface Asked {
	readonly subject: string;
	/** Epoch ms. */
	readonly at: number;
	/** How long another one has to agree; 0: not known here. */
	readonly minutes: number;
}

/** Whether this operator's own asking for this restore waits for another one. */
export function askedOf(state: PictureState, subject: string): Asked | null {
	const { restore } = state.fetched;
	const own = state.face?.operator;
	const text = state.view.choices[ASKED_CHOICE];
	const asked = text ? (JSON.parse(text) as Asked) : null;
	const isOver = asked !== null && asked.minutes > 0 && state.now > asked.at + asked.minutes * 60_000;
	if (asked?.subject === subject && !isOver) return asked;
	const second = restore && isAbout(restore, subject) ? restore.second : null;
	if (!second?.needed || second.askedAt === null || second.askedBy !== own) return null;
	return { subject, at: second.askedAt, minutes: 0 };
}

function isAbout({ plan, copy }: RestorePreview, subject: string): boolean {
	const restored = readRestored(subject);
	return restored.plan === plan && restored.copy === copy.name && restored.target === copy.target;
}
