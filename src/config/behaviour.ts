import type { CheckDefinition } from '../domain/check.ts';
import { nearest } from '../domain/condition/index.ts';
import { type Hours, parseHours } from '../domain/hours.ts';
import { type CheckId, checkId } from '../domain/ids.ts';
import type { MaintenanceWindow } from '../domain/maintenance.ts';
import type { OwnText } from '../domain/own-text.ts';
import { instantOf } from '../domain/schedule.ts';
import type { Surroundings } from './checks.ts';
import type { Complaints } from './complaints.ts';
import { maintenanceSchema } from './sections.ts';
import { type MapTree, member, type Tree } from './tree.ts';
import { validate } from './validate.ts';

/** Hours of the week as written, or null with the complaint made. */
export function readHours(written: string | undefined, at: Tree, complaints: Complaints): Hours | null {
	if (written === undefined) return null;
	const hours = parseHours(written);
	if (hours.ok) return hours.value;
	complaints.error(at, 'bad-hours', { found: JSON.stringify(hours.error) });
	return null;
}

/** Names of checks and services under a key, each with the piece of text it stands in. */
function namesUnder(
	tree: Tree | undefined,
	key: string,
): readonly { readonly name: string; readonly at: Tree }[] {
	const node = tree === undefined ? undefined : member(tree, key);
	const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
	return items.flatMap((item) =>
		item.kind === 'scalar' && typeof item.value === 'string' ? [{ name: item.value, at: item }] : [],
	);
}

interface Named {
	readonly checks: readonly CheckDefinition[];
	readonly services: readonly string[];
	readonly complaints: Complaints;
}

/** The checks a name stands for: itself, or all of a service. */
function checksOf(
	{ name, at }: { readonly name: string; readonly at: Tree },
	{ checks, services, complaints }: Named,
): readonly CheckId[] {
	if (checks.some((check) => check.id === name)) return [checkId(name)];
	if (services.includes(name))
		return checks.filter((check) => check.service === name).map((check) => check.id);
	const meant = nearest(name, [...checks.map((check) => check.id), ...services]);
	complaints.error(
		at,
		'unknown-need',
		{ name },
		meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
	);
	return [];
}

/** Puts every check's needs in: its own and those of its service. What needs itself, or is needed by its need, is refused. */
export function withNeeds(
	checkTree: MapTree,
	serviceTree: MapTree,
	named: Named,
): readonly CheckDefinition[] {
	const needsOf = (check: CheckDefinition) => {
		const own = namesUnder(checkTree.entries.get(check.id)?.value, 'needs');
		const shared =
			check.service === null ? [] : namesUnder(serviceTree.entries.get(check.service)?.value, 'needs');
		return [...new Set([...own, ...shared].flatMap((one) => checksOf(one, named)))].filter(
			(id) => id !== check.id,
		);
	};
	const checks = named.checks.map((check) => ({ ...check, needs: needsOf(check) }));
	const needs = new Map(checks.map((check) => [check.id, check.needs]));
	for (const check of checks) {
		if (!reaches(check.id, check.id, needs)) continue;
		const entry = checkTree.entries.get(check.id);
		if (entry) named.complaints.error(entry.key, 'needs-itself', { name: check.id });
	}
	return checks;
}

function reaches(from: CheckId, wanted: CheckId, needs: ReadonlyMap<CheckId, readonly CheckId[]>): boolean {
	const seen = new Set<CheckId>();
	const open = [...(needs.get(from) ?? [])];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		if (next === wanted) return true;
		if (seen.has(next)) continue;
		seen.add(next);
		open.push(...(needs.get(next) ?? []));
	}
	return false;
}

interface WindowKeys {
	readonly title: OwnText;
	readonly from?: string;
	readonly to?: string;
	readonly every?: string;
}

/** Planned work, once or every week. */
export function readMaintenance(
	tree: Tree | undefined,
	zone: string,
	named: Named,
	around: Surroundings,
): readonly MaintenanceWindow[] {
	const items = tree?.kind === 'list' ? tree.items : [];
	return items.flatMap((item, index): MaintenanceWindow[] => {
		const where = `maintenance.${index + 1}`;
		const keys = validate<WindowKeys>(
			{ schema: maintenanceSchema, tree: item, where, fill: around.filler.fill },
			around.complaints,
		);
		if (keys === undefined) return [];
		const only = namesUnder(item, 'only');
		const checks = only.length === 0 ? null : [...new Set(only.flatMap((one) => checksOf(one, named)))];
		const isOnce = keys.from !== undefined && keys.to !== undefined && keys.every === undefined;
		const isWeekly = keys.from === undefined && keys.to === undefined && keys.every !== undefined;
		if (isWeekly) {
			const hours = readHours(keys.every, member(item, 'every') ?? item, around.complaints);
			return hours === null ? [] : [{ title: keys.title, checks, when: { kind: 'weekly', hours } }];
		}
		if (!isOnce) {
			around.complaints.error({ ...item, end: Math.min(item.end, item.start + 1) }, 'window-when');
			return [];
		}
		const fromAt = momentOf(keys.from ?? '', member(item, 'from') ?? item, zone, around.complaints);
		const toAt = momentOf(keys.to ?? '', member(item, 'to') ?? item, zone, around.complaints);
		if (fromAt === null || toAt === null) return [];
		if (toAt <= fromAt) around.complaints.error(member(item, 'to') ?? item, 'window-ends-first');
		return [{ title: keys.title, checks, when: { kind: 'once', fromAt, toAt } }];
	});
}

function momentOf(written: string, at: Tree, zone: string, complaints: Complaints): number | null {
	const match = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/.exec(written);
	const [year, month, day, hour, minute] = (match?.slice(1) ?? []).map(Number);
	const isDay =
		month !== undefined && day !== undefined && month >= 1 && month <= 12 && day >= 1 && day <= 31;
	if (
		year === undefined ||
		!isDay ||
		hour === undefined ||
		hour > 23 ||
		minute === undefined ||
		minute > 59
	) {
		complaints.error(at, 'bad-moment', { found: JSON.stringify(written) });
		return null;
	}
	return instantOf({ year, month, day }, hour * 60 + minute, zone);
}
