import type { Screen } from '../define.ts';
import { endpointsPage } from './screen.ts';

export const endpointsScreen: Screen = {
	id: 'endpoints',
	footer: ['row.open', 'check.ask', 'filter.open', 'filter.next', 'text.copy'],
	page: endpointsPage,
};
