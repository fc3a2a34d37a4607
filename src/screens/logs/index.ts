import type { Screen } from '../define.ts';
import { listPage } from '../page.ts';

export const logsScreen: Screen = {
	id: 'logs',
	footer: [],
	page: (state, canvas) => listPage(canvas, state.view, 'logs', { rows: [] }),
};
