import { activityLayer } from './activity/index.ts';
import { agreeLayer, backupsScreen, planLayer, pruneLayer, restoreLayer } from './backups/index.ts';
import { confirmLayer, quitLayer } from './confirm/index.ts';
import type { LayerView, Screen } from './define.ts';
import { endpointsScreen } from './endpoints/index.ts';
import { healthScreen } from './health/index.ts';
import { helpLayer } from './help/index.ts';
import { logsScreen, recordLayer } from './logs/index.ts';
import { actionsLayer, operationLayer, operationsLayer } from './operation/index.ts';
import { paletteLayer } from './palette/index.ts';
import { roundScreen, signLayer } from './round/index.ts';
import { serviceLayer } from './service/index.ts';

/** In the order of their numbers. A screen is one folder and one line here. */
export const SCREENS: readonly Screen[] = [
	healthScreen,
	endpointsScreen,
	roundScreen,
	backupsScreen,
	logsScreen,
];

/** What can lie over a screen, one line each. */
export const LAYERS: readonly LayerView[] = [
	serviceLayer,
	signLayer,
	recordLayer,
	planLayer,
	pruneLayer,
	restoreLayer,
	agreeLayer,
	operationLayer,
	operationsLayer,
	activityLayer,
	actionsLayer,
	paletteLayer,
	helpLayer,
	confirmLayer,
	quitLayer,
];

export type { LayerSurroundings, LayerView, Screen } from './define.ts';
export { type DrawnFrame, drawFrame, type FrameOptions, LEAST_COLUMNS, LEAST_ROWS } from './frame/draw.ts';
