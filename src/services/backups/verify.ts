import type { Copy } from '../../domain/backup.ts';
import type { Fault } from '../../domain/fault.ts';
import { quantity } from '../../domain/value.ts';
import { factText, factWord } from '../../i18n/backup-facts.ts';
import type { Catalog } from './catalog.ts';
import { findCopy, levelOfTrouble, openCopy, rememberDamage } from './open-copy.ts';
import type { BackupsParts, Found, Work } from './parts.ts';
import { failed, kindOfSource, type Outcome } from './work.ts';

/** Reads a copy back to its end and proves that it is whole: hash, decryption, decompression, then as its source can tell. */
export async function verifyCopy(parts: BackupsParts, catalog: Catalog, work: Work): Promise<Outcome> {
	await catalog.look(work.plan, work.run);
	const found = findCopy(catalog, work.plan, work.args, work.run.now);
	if (!found.ok) return failed(found.error);
	const { copy } = found.value;
	const opened = await openCopy(parts, catalog, work, found.value);
	if (!opened.ok) return failed(opened.error, levelOfTrouble(opened.error));
	work.run.onProgress({ phase: 'check', done: 0, total: null, unit: 'steps' });
	const source = kindOfSource(work.plan);
	const verified = await source.verify(work.plan.options, opened.value, parts.sources, work.run);
	if (!verified.ok) return notWhole(catalog, work, copy, verified.error);
	for (const [name, value] of Object.entries(verified.value))
		work.say('fact', {
			name: factWord(name, parts.locale),
			value: factText(name, value, parts.locale, work.run.zone),
		});
	const marked = await markVerified(parts, catalog, work, found.value);
	work.say('verified', { name: copy.name });
	return {
		level: marked === null ? 'ok' : 'warning',
		samples: { bytes: quantity(copy.bytes, 'bytes') },
		files: [],
		fault: marked,
	};
}

/** Written into the manifest, so that whoever finds the copy knows. The fault when that could not be written. */
async function markVerified(
	parts: BackupsParts,
	catalog: Catalog,
	{ plan, run }: Work,
	{ copy }: Found,
): Promise<Fault | null> {
	const verifiedAt = new Date(parts.clock.now()).toISOString();
	const whole: Copy = { ...copy, state: 'there' };
	const written = await catalog.rewrite(whole, { ...copy.manifest, verifiedAt }, plan, run);
	return written.ok ? null : written.error;
}

/** A copy that its own source finds broken. */
export function notWhole(catalog: Catalog, work: Work, copy: Copy, why: Fault): Outcome {
	rememberDamage(catalog, work, copy, why);
	return failed(why, levelOfTrouble(why));
}
