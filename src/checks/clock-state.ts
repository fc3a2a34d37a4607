/** How well the host's clock goes; `offsetMs` is how far it is from right, either way, null when nobody compares it. */
export interface ClockState {
	readonly synchronised: boolean;
	readonly offsetMs: number | null;
}

/** With `local` in its configuration chrony calls the host's own clock a reference, 0 ms from itself. */
const OWN_CLOCK = '7F7F0101';

/**
 * `chronyc -c tracking`: reference, its name, stratum, time of reference, offset in seconds … and the leap state, which is
 * last. Null for anything else.
 */
export function readChrony(stdout: string): ClockState | null {
	const fields = stdout.trim().split('\n')[0]?.split(',') ?? [];
	const leap = fields.at(-1) ?? '';
	const offset = Number(fields[4]);
	if (fields.length < 14 || !Number.isFinite(offset)) return null;
	const synchronised = leap !== 'Not synchronised' && Number(fields[2]) > 0 && fields[0] !== OWN_CLOCK;
	return { synchronised, offsetMs: synchronised ? Math.abs(offset) * 1000 : null };
}

/** `timedatectl show`: whether the kernel holds the clock for right. Null when it does not say. */
export function readTimedate(stdout: string): boolean | null {
	const said = /^NTPSynchronized=(yes|no)$/m.exec(stdout)?.[1];
	return said === undefined ? null : said === 'yes';
}
