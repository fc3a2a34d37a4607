import { type PictureState, worstPlan } from '../../store/index.ts';
import type { Screen } from '../define.ts';
import { backupsPage } from './screen.ts';

export { agreeLayer } from './agree.ts';
export { planLayer } from './plan.ts';
export { pruneLayer } from './prune.ts';
export { restoreLayer } from './restore.ts';

export const backupsScreen: Screen = {
	id: 'backups',
	footer: [
		'plan.open',
		'backup.cancel',
		'backup.run',
		'backup.verify',
		'backup.drill',
		'restore.open',
		'backup.prune',
		'backup.look',
		'filter.open',
	],
	page: backupsPage,
	mark: badlyOff,
};

/** A backup that is overdue or failed must be seen from every screen. */
function badlyOff(state: PictureState) {
	const worst = worstPlan(state);
	return worst === 'ok' || worst === 'pending' ? null : worst;
}
