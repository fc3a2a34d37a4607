import { COMPRESSIONS, type Manifest } from './backup.ts';
import { type Fault, fault } from './fault.ts';
import { parseJson } from './json.ts';
import { err, ok, type Result } from './result.ts';
import { clean } from './text.ts';

/** A manifest lies beside its copy under the copy's name and this. */
export const MANIFEST_END = '.json';
export const MANIFEST_LIMIT = 1024 * 1024;

export function manifestText(manifest: Manifest): string {
	return `${JSON.stringify(manifest, null, '\t')}\n`;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length <= 4_096;
const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(value as string));
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isName: Check = (value) =>
	isText(value) &&
	/^[^/]{1,255}$/.test(value as string) &&
	// Shown and typed as it is: what a reader could not see is in no name of ours.
	clean(value as string) === value &&
	value !== '.' &&
	value !== '..';
const orNull =
	(check: Check): Check =>
	(value) =>
		value === null || check(value);
const mapOf =
	(check: Check): Check =>
	(value) =>
		typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);
const isPlain: Check = (value) => ['string', 'number', 'boolean'].includes(typeof value);

const SHAPE: Readonly<Record<keyof Manifest, Check>> = {
	format: (value) => value === 1,
	program: isText,
	system: isText,
	environment: isText,
	host: isText,
	plan: isText,
	source: isText,
	subject: isText,
	name: isName,
	by: isText,
	startedAt: isTime,
	asOf: isTime,
	durationMs: isCount,
	bytes: isCount,
	sha256: isHash,
	plainBytes: isCount,
	plainSha256: isHash,
	compress: (value) => (COMPRESSIONS as readonly unknown[]).includes(value),
	encrypted: (value) => value === 'no' || value === 'recipients' || value === 'passphrase',
	method: isText,
	versions: mapOf(isText),
	rows: orNull(mapOf(isCount)),
	sums: orNull(mapOf(isText)),
	facts: mapOf(isPlain),
	pinned: orNull(isText),
	base: orNull(isName),
	verifiedAt: (value) => value === undefined || isTime(value),
	proof: (value) => value === undefined || isProof(value),
};

function isProof(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const { at, by, rtoMs, rpoMs, checks } = value as Record<string, unknown>;
	return (
		isTime(at) &&
		isText(by) &&
		isCount(rtoMs) &&
		isCount(rpoMs) &&
		Array.isArray(checks) &&
		checks.every(isText)
	);
}

/**
 * Reads a manifest as somebody may have left it there. Fault `manifest-malformed` {name, reason}: the key that is wrong, or why
 * it is no JSON. Keys we do not know are kept out, so that a newer program's manifest still reads.
 */
export function parseManifest(text: string, name: string): Result<Manifest, Fault> {
	const malformed = (reason: string) =>
		err(fault('manifest-malformed', { name: clean(name, { max: 255 }), reason: clean(reason, { max: 80 }) }));
	const parsed = parseJson(text);
	if (!parsed.ok) return malformed(parsed.why.code);
	const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return malformed('object');
	const found = value as Record<string, unknown>;
	for (const [key, check] of Object.entries(SHAPE)) if (!check(found[key])) return malformed(key);
	if (found['name'] !== name) return malformed('name');
	const known = Object.keys(SHAPE).filter((key) => found[key] !== undefined);
	return ok(Object.fromEntries(known.map((key) => [key, found[key]])) as unknown as Manifest);
}
