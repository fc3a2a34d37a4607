import type { Screen } from '../define.ts';
import { loadRound, roundPage } from './screen.ts';

export { signLayer } from './sign.ts';

export const roundScreen: Screen = {
	id: 'round',
	footer: ['round.open'],
	page: roundPage,
	load: loadRound,
};
