import { readFileSync } from 'node:fs';

/** The number of a group by its name or number, from `/etc/group`; null when there is none of this name. */
export function groupNumber(group: string | null): number | null {
	if (group === null) return null;
	if (/^\d{1,9}$/.test(group)) return Number(group);
	try {
		for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
			const [name, , number] = line.split(':');
			if (name === group && number !== undefined) return Number(number);
		}
	} catch {
		// A system without the file has no groups by name.
	}
	return null;
}
