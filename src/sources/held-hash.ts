import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { OpenedCopy } from './define.ts';

/** For what has no form of its own that could be looked at: an opened copy is, byte for byte, what was sealed. */
export async function provesHash(
	{ file, manifest }: OpenedCopy,
	ports: SourcePorts,
	run: Run,
): Promise<Result<number, Fault>> {
	const facts = await ports.files.facts(file);
	if (!facts.ok) return facts;
	const { bytes } = facts.value;
	const expected = manifest.plainBytes;
	if (bytes < expected) return err(fault('copy-incomplete', { found: bytes, expected }));
	if (bytes > expected) return err(fault('copy-damaged', { what: 'size', found: bytes, expected }));
	const sum = await ports.files.hash(file, run);
	if (!sum.ok) return sum;
	return sum.value === manifest.plainSha256 ? ok(bytes) : err(fault('copy-damaged', { what: 'hash' }));
}
