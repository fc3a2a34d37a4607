import type { Screen } from '../define.ts';
import { listPage } from '../page.ts';

export const roundScreen: Screen = {
	id: 'round',
	footer: [],
	page: (state, canvas) => listPage(canvas, state.view, 'round', { rows: [] }),
};
