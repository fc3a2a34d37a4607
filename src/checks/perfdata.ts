import { multiply } from '../domain/decimal.ts';
import { type Quantity, readQuantity, type Unit } from '../domain/value.ts';

const UNITS: Readonly<Record<string, readonly [Unit, string]>> = {
	'': ['none', '1'],
	c: ['none', '1'],
	s: ['ms', '1000'],
	ms: ['ms', '1'],
	us: ['ms', '0.001'],
	ns: ['ms', '0.000001'],
	'%': ['ratio', '0.01'],
	B: ['bytes', '1'],
	KB: ['bytes', '1024'],
	MB: ['bytes', '1048576'],
	GB: ['bytes', '1073741824'],
	TB: ['bytes', '1099511627776'],
	KiB: ['bytes', '1024'],
	MiB: ['bytes', '1048576'],
	GiB: ['bytes', '1073741824'],
	TiB: ['bytes', '1099511627776'],
};
const MOST = 256;
/** `'label with '' quote'=12.5ms;warn;crit;min;max` of the Nagios plugin guidelines. */
const PART = /(?:'((?:[^']|'')*)'|([^\s='|]+))=(-?[\d.]+)([a-zA-Z%]*)(?:;[^\s]*)?/g;

/**
 * Performance values of a Nagios plugin: everything behind `|` on the first line, and behind the `|` of the long text.
 * Sizes are binary there (1 KB is 1024). A value of an unknown unit, or `U` for undetermined, is left out.
 */
export function readPerfdata(output: string): ReadonlyMap<string, Quantity> {
	const found = new Map<string, Quantity>();
	const lines = output.split('\n');
	const rest = lines.slice(1).join('\n');
	const behind = (text: string) => (text.includes('|') ? text.slice(text.indexOf('|') + 1) : '');
	for (const match of `${behind(lines[0] ?? '')} ${behind(rest)}`.matchAll(PART)) {
		const label = match[1]?.replaceAll("''", "'") ?? match[2] ?? '';
		const [unit, factor] = UNITS[match[4] ?? ''] ?? [];
		const number = readQuantity(match[3] ?? '')?.number;
		if (unit === undefined || factor === undefined || number === undefined || found.has(label)) continue;
		found.set(label, { number: multiply(number, factor), unit });
		if (found.size >= MOST) break;
	}
	return found;
}
