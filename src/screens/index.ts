import type { LayerView, Screen } from './define.ts';
import { healthScreen } from './health/index.ts';
import { logsScreen } from './logs/index.ts';
import { roundScreen } from './round/index.ts';

/** In the order of their numbers. A screen is one folder and one line here. */
export const SCREENS: readonly Screen[] = [healthScreen, roundScreen, logsScreen];

/** What can lie over a screen, one line each. */
export const LAYERS: readonly LayerView[] = [];

export type { LayerSurroundings, LayerView, Screen } from './define.ts';
export { type DrawnFrame, drawFrame, type FrameOptions, LEAST_COLUMNS, LEAST_ROWS } from './frame/draw.ts';
