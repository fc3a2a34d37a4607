import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineEvent } from '../domain/engine.ts';
import { apply } from './apply.ts';
import type { Fetched, PictureState } from './state.ts';
import { EMPTY_VIEW } from './view.ts';
import { createViewCommands, type ViewCommands } from './view-commands.ts';

export const EMPTY_PICTURE: PictureState = {
	now: 0,
	face: null,
	checks: new Map(),
	trends: new Map(),
	values: new Map(),
	uptime: new Map(),
	signed: { baseline: {}, signedAt: null, signedBy: null, title: null },
	plan: [],
	rounds: new Map(),
	operations: new Map(),
	backups: null,
	polling: null,
	storage: { unsaved: 0, since: null, fault: null },
	config: { problems: [], at: 0 },
	logs: [],
	notices: [],
	crashed: null,
	fetched: {
		details: new Map(),
		histories: new Map(),
		activity: null,
		rounds: null,
		looks: new Map(),
		logs: null,
		copies: new Map(),
		prune: null,
		restore: null,
		record: null,
	},
	view: EMPTY_VIEW,
};

/** The picture and the only ways to change it. No timers, no input or output. */
export interface Picture {
	readonly store: StoreApi<PictureState>;
	state(): PictureState;
	/** All events as one change, so that they cost one repaint. */
	apply(events: readonly EngineEvent[]): void;
	/** The screen's clock moved; older times are ignored. */
	tick(now: number): void;
	readonly view: ViewCommands;
	fetched(change: (fetched: Fetched) => Fetched): void;
}

export function createPicture(initial: PictureState = EMPTY_PICTURE): Picture {
	const store = createStore<PictureState>(() => initial);
	const set = (next: PictureState) => {
		if (next !== store.getState()) store.setState(next, true);
	};
	return {
		store,
		state: () => store.getState(),
		apply: (events) => set(events.reduce(apply, store.getState())),
		tick: (now) => {
			const state = store.getState();
			if (now > state.now) set({ ...state, now });
		},
		view: createViewCommands((change) => {
			const state = store.getState();
			const view = change(state.view);
			if (view !== state.view) set({ ...state, view });
		}),
		fetched: (change) => {
			const state = store.getState();
			const fetched = change(state.fetched);
			if (fetched !== state.fetched) set({ ...state, fetched });
		},
	};
}
