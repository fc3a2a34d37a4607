import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { randomWord } from './random-word.ts';

const NAME = /^rounds_drill_([0-9a-z]{1,9})_[0-9a-f]{10}$/;
/** As SQL's LIKE takes it. */
export const DRILLS_LIKE = 'rounds\\_drill\\_%';
/** How wrong a clock may be before it takes away what another one still uses. */
const MARGIN_MS = 86_400_000;

/** A name for a scratch database of this run; the moment by which the run has ended stands in it. */
export function drillName(run: Run, ports: Pick<SourcePorts, 'clock'>): string {
	const endsAt = run.now + Math.max(0, run.deadline - ports.clock.monotonic());
	const seconds = Math.min(Math.ceil(endsAt / 1000), 36 ** 9 - 1);
	return `rounds_drill_${seconds.toString(36)}_${randomWord()}`;
}

/** Whether a database of this name was left by a drill that was killed: its run has ended long ago, whoever's it was. */
export function isForgottenDrill(name: string, now: number): boolean {
	const [, seconds] = NAME.exec(name) ?? [];
	return seconds !== undefined && Number.parseInt(seconds, 36) * 1000 + MARGIN_MS < now;
}
