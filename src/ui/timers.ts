import type { Clock } from '../domain/ports.ts';

/** The only timers parts of the screen may use; the root hands them in. */
export type Timers = Pick<Clock, 'after'>;
