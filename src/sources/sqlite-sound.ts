import type { Manifest } from '../domain/backup.ts';
import type { SourcePorts, SqliteState } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';

type Sums = Readonly<Record<string, string>> | undefined;

/** Reads a copy to its end: sound, and with the rows, sums and tables that its manifest says. Fault `copy-damaged`. */
export async function proveSound(
	file: string,
	manifest: Manifest,
	sums: Sums,
	ports: SourcePorts,
	limits: Limits,
): Promise<Result<SqliteState, Fault>> {
	const found = await ports.heavy.lookSqlite({ file, sums: asked(sums, manifest.sums), full: true }, limits);
	if (!found.ok) return damagedBy(found.error, manifest.name);
	const wrong = mismatch(found.value, manifest);
	return wrong === null ? ok(found.value) : err(wrong);
}

/** Of the plan's sums those that the manifest has: the plan may have learnt others since. */
function asked(sums: Sums = {}, kept: Manifest['sums']): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(sums).filter(([name]) => Object.hasOwn(kept ?? {}, name)));
}

/** What a copy holds that is not what its manifest says, or null. */
function mismatch(found: SqliteState, manifest: Manifest): Fault | null {
	const { name, rows, facts } = manifest;
	if (found.integrity !== 'ok')
		return fault('copy-damaged', { what: 'integrity', name, reason: found.integrity });
	if (rows !== null && !isEqual(rows, found.rows)) return fault('copy-damaged', { what: 'rows', name });
	for (const [sum, value] of Object.entries(found.sums))
		if (manifest.sums?.[sum] !== value) return fault('copy-damaged', { what: 'rows', name, sum });
	const schema = facts['schema'];
	if (schema !== undefined && schema !== found.schema)
		return fault('copy-damaged', { what: 'rows', name, reason: 'schema' });
	return null;
}

function isEqual(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
	const names = Object.keys(one);
	return (
		names.length === Object.keys(other).length &&
		names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
	);
}

/** A copy that SQLite cannot read is damaged; what kept us from reading it is said as it is. */
function damagedBy(cause: Fault, name: string): Result<never, Fault> {
	const isDamage = ['database-corrupt', 'not-a-database', 'bad-query'].includes(cause.code);
	return err(isDamage ? fault('copy-damaged', { what: 'integrity', name, reason: cause.code }) : cause);
}
