import type { Screen } from '../define.ts';
import { healthPage } from './screen.ts';

export const healthScreen: Screen = {
	id: 'health',
	footer: ['row.open', 'check.ask', 'filter.open', 'action.choose', 'check.ask-all'],
	page: healthPage,
};
