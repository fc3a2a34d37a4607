import type { Screen } from '../define.ts';
import { healthPage } from './screen.ts';

export const healthScreen: Screen = {
	id: 'health',
	footer: ['row.open', 'check.ask', 'check.ask-all', 'action.choose', 'filter.open'],
	page: healthPage,
};
