import { loadLogs } from '../../actions/index.ts';
import type { Screen } from '../define.ts';
import { logsPage } from './screen.ts';

export { recordLayer } from './record.ts';

export const logsScreen: Screen = {
	id: 'logs',
	footer: [
		'log.open',
		'log.next-error',
		'log.search',
		'log.level',
		'log.source',
		'log.follow',
		'log.pin',
		'log.page',
	],
	page: logsPage,
	load: loadLogs,
};
