import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { readInstant } from '../domain/condition/instant.ts';
import { hostZone } from '../domain/cron.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { instantOf } from '../domain/schedule.ts';
import { clean } from '../domain/text.ts';
import { quantity, toSample, type Value } from '../domain/value.ts';
import { path } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { globs, zone } from './log-options.ts';
import { bytesSample, countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const MOST_FILES = 10_000;
const MOST_MANIFESTS = 200;
const MANIFEST_LIMIT = 1024 * 1024;
const AHEAD_MS = 5 * 60_000;
const SHOWN = 20;
const DAY_STAMP = /(?<!\d)(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)/;
const TIME_STAMP =
	/(?<!\d)(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])[_T-]?([01]\d|2[0-3])[-:]?([0-5]\d)(?:[-:]?([0-5]\d))?(?!\d)/;
/** Names under which a manifest may say when a restore was last proven. */
const PROVEN = ['provenAt', 'proven_at', 'verifiedAt', 'verified_at', 'drilledAt', 'restoredAt'];

const schema = z.strictObject({
	files: globs().describe('The backups: a path, a glob, or several.'),
	exclude: path().optional().describe('A glob of files among them that are none.'),
	stamp: z
		.enum(['any', 'date', 'time'], { error: 'expected any, date or time' })
		.prefault('any')
		.describe(
			'Which names count: "date" only those that end in a day (YYYYMMDD), "time" only those with day and time (YYYYMMDD_HHMMSS), so that nightly ones and those before a deployment are kept apart.',
		),
	dated: z
		.enum(['modified', 'name'], { error: 'expected modified or name' })
		.prefault('modified')
		.describe('What says how old one is: when the file was last written, or the stamp in its name.'),
	zone: zone().optional().describe('Time zone of the stamps; that of this machine if not said.'),
});

export type BackupOptions = z.output<typeof schema>;

interface Kept {
	readonly path: string;
	readonly name: string;
	readonly at: number;
	readonly bytes: number;
}

/**
 * Samples: `count`, and of the newest `age`, `size`, `before` (size of the one before it), `growth` (ratio, negative when it
 * shrank), `shrunk` (ratio, 0 when not), `name`; `oldest` (age), `total` (bytes), `gap` (longest time between two), `empty` (how
 * many hold nothing), `others` (names that do not count); from manifests `proven` (age of the newest proof), `intact` (size as
 * the manifest says). Faults: `file-missing`, `no-permission`, `no-time`, `file-malformed` (a manifest).
 */
export const backup = defineCheckKind<BackupOptions>({
	name: 'backup',
	title: { en: 'Backup', 'zh-CN': '备份' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<BackupOptions>,
	paths: ['files', 'exclude'],
	example: `nightly-backup:
  kind: backup
  files: database.db.backup.*
  stamp: date
  every: 10m
  must:
    - age < 26h
    - size > 1MB
    - shrunk < 20%
  should:
    - count >= 7
    - oldest < 8d
`,
	headline: null,
	origin: () => null,
	target: ({ files, stamp }) =>
		clean(`${files.join(' ')}${stamp === 'any' ? '' : ` · ${stamp}`}`, { max: 200 }),
	texts: () => ['name'],
	samples: () => ({
		count: 'none',
		name: 'none',
		age: 'ms',
		size: 'bytes',
		before: 'bytes',
		growth: 'ratio',
		shrunk: 'ratio',
		oldest: 'ms',
		total: 'bytes',
		gap: 'ms',
		empty: 'none',
		others: 'none',
		proven: 'ms',
		intact: 'none',
	}),
	values: () => ['age', 'size'],
	impliedMust: () => ['size > 0B'],
	copyAs: ({ files }) =>
		files.some((one) => /[*?[{(]/.test(one)) ? null : `ls -l ${files.map((one) => shellWord(one)).join(' ')}`,
	async probe(options, ports, context) {
		const found = await findKept(options, ports, context);
		if (!found.ok) return found;
		const { kept, others } = found.value;
		const [newest, before] = kept;
		const oldest = kept.at(-1);
		if (newest === undefined || oldest === undefined)
			return err(fault('file-missing', { path: clean(options.files.join(' '), { max: 300 }) }));
		if (newest.at > context.now + AHEAD_MS)
			return err(
				fault('no-time', {
					reason: 'future',
					time: new Date(newest.at).toISOString(),
					path: clean(newest.path, { max: 300 }),
				}),
			);
		const gaps = kept.slice(1).map((one, at) => (kept[at] as Kept).at - one.at);
		const samples: Record<string, Samples[string]> = {
			count: countSample(kept.length),
			name: clean(newest.name, { max: 255 }),
			age: msSample(context.now - newest.at),
			size: bytesSample(newest.bytes),
			oldest: msSample(context.now - oldest.at),
			total: bytesSample(kept.reduce((sum, one) => sum + one.bytes, 0)),
			empty: countSample(kept.filter((one) => one.bytes === 0).length),
			others: countSample(others),
		};
		if (gaps.length > 0) samples['gap'] = msSample(Math.max(...gaps));
		if (before !== undefined) {
			samples['before'] = bytesSample(before.bytes);
			if (before.bytes > 0) {
				const growth = Math.round((newest.bytes / before.bytes - 1) * 1e6) / 1e6;
				samples['growth'] = quantity(growth, 'ratio');
				samples['shrunk'] = quantity(growth < 0 ? -growth : 0, 'ratio');
			}
		}
		const manifests = await readManifests(kept, ports, context);
		if (!manifests.ok) return manifests;
		const { provenAt, bytes } = manifests.value;
		if (provenAt !== null && provenAt <= context.now + AHEAD_MS)
			samples['proven'] = msSample(context.now - provenAt);
		if (bytes !== null) samples['intact'] = bytes === newest.bytes;
		const response = kept
			.slice(0, SHOWN)
			.map((one) => clean(`${new Date(one.at).toISOString()} ${one.bytes} ${one.name}`, { max: 300 }));
		const request = [clean(options.files.join(' '), { max: 400 })];
		return ok({ samples, transcript: { request, response, body: '', bytes: 0, timings: [] } });
	},
});

/** Newest first. */
async function findKept(
	options: BackupOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<{ readonly kept: readonly Kept[]; readonly others: number }, Fault>> {
	const paths = new Set<string>();
	for (const pattern of options.files) {
		const found = await ports.files.glob(pattern, MOST_FILES);
		if (!found.ok) return found;
		for (const at of found.value) paths.add(at);
	}
	if (options.exclude !== undefined) {
		const found = await ports.files.glob(options.exclude, MOST_FILES);
		if (!found.ok) return found;
		for (const at of found.value) paths.delete(at);
	}
	// A manifest lies beside its backup and is none.
	for (const at of [...paths]) if (at.endsWith('.json') && paths.has(at.slice(0, -5))) paths.delete(at);
	const kept: Kept[] = [];
	let others = 0;
	for (const at of paths) {
		if (context.signal.aborted) return err(fault('cancelled'));
		const name = at.split('/').at(-1) ?? at;
		if (!counts(name, options.stamp)) {
			others++;
			continue;
		}
		const facts = await ports.files.facts(at);
		if (!facts.ok) {
			// Purged while they are counted.
			if (facts.error.code === 'file-missing') continue;
			return facts;
		}
		if (facts.value.kind === 'other') return err(fault('not-a-file', { path: clean(at, { max: 300 }) }));
		const stamped =
			options.dated === 'name' ? stampOf(name, options.zone ?? hostZone()) : facts.value.modifiedAt;
		if (stamped === null) return err(fault('no-time', { path: clean(at, { max: 300 }) }));
		kept.push({ path: at, name, at: stamped, bytes: facts.value.bytes });
	}
	kept.sort((left, right) => right.at - left.at || (left.name < right.name ? 1 : -1));
	return ok({ kept, others });
}

function counts(name: string, stamp: BackupOptions['stamp']): boolean {
	if (stamp === 'any') return true;
	const isTimed = TIME_STAMP.test(name);
	return stamp === 'time' ? isTimed : !isTimed && DAY_STAMP.test(name);
}

/** Epoch ms of the stamp in a name; a day alone is its beginning. */
export function stampOf(name: string, zone: string): number | null {
	const parts = TIME_STAMP.exec(name) ?? DAY_STAMP.exec(name);
	if (parts === null) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
		.slice(1)
		.map((part) => Number(part ?? 0));
	return instantOf({ year, month, day }, hour * 60 + minute, zone) + second * 1000;
}

async function readManifests(
	kept: readonly Kept[],
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<{ readonly provenAt: number | null; readonly bytes: number | null }, Fault>> {
	let provenAt: number | null = null;
	let bytes: number | null = null;
	for (const one of kept.slice(0, MOST_MANIFESTS)) {
		const at = `${one.path}.json`;
		const text = await ports.files.readText(at, MANIFEST_LIMIT, context);
		if (!text.ok) {
			if (text.error.code === 'file-missing') continue;
			return text;
		}
		const parsed = parseJson(text.value);
		if (!parsed.ok)
			return err(
				fault('file-malformed', { format: 'JSON', reason: parsed.why.code, path: clean(at, { max: 300 }) }),
			);
		const said = provenIn(parsed.value);
		if (said !== null) provenAt = Math.max(provenAt ?? said, said);
		if (one === kept[0]) bytes = bytesIn(parsed.value);
	}
	return ok({ provenAt, bytes });
}

function provenIn(manifest: Value): number | null {
	const proof = member(manifest, 'proof') ?? member(manifest, 'proven');
	for (const value of [
		...PROVEN.map((name) => member(manifest, name)),
		...['at', ...PROVEN].map((name) => member(proof, name)),
	]) {
		const sample = value === undefined ? undefined : toSample(value);
		const at =
			sample === undefined || sample === null || sample === true || sample === false
				? null
				: readInstant(sample);
		if (at !== null) return at;
	}
	return null;
}

function bytesIn(manifest: Value): number | null {
	const said = member(manifest, 'bytes') ?? member(manifest, 'size');
	return typeof said === 'number' ? said : null;
}

function member(value: Value | undefined, name: string): Value | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	return Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
}
