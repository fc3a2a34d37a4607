const HOUR_MS = 3_600_000;
const KEPT = 512;

/**
 * Wall-clock fields written as if they were UTC → epoch ms, in an IANA zone. Offsets are remembered by the hour, since
 * asking the platform for each line would cost more than reading it. A skipped hour reads as the hour after it.
 */
export function createLocalTime(zone: string): (asUtc: number) => number {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	});
	if (format.resolvedOptions().timeZone === 'UTC') return (asUtc) => asUtc;
	const offsets = new Map<number, number>();
	const offsetAt = (at: number): number => {
		const hour = Math.floor(at / HOUR_MS);
		const known = offsets.get(hour);
		if (known !== undefined) return known;
		const parts = format.formatToParts(hour * HOUR_MS);
		const part = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
		const local = Date.UTC(
			part('year'),
			part('month') - 1,
			part('day'),
			part('hour'),
			part('minute'),
			part('second'),
		);
		if (offsets.size >= KEPT) offsets.clear();
		offsets.set(hour, local - hour * HOUR_MS);
		return local - hour * HOUR_MS;
	};
	return (asUtc) => {
		const guess = asUtc - offsetAt(asUtc);
		return asUtc - offsetAt(guess);
	};
}
