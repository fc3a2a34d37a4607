import type { HeavyPort } from '../domain/backup-ports.ts';
import type { Fault } from '../domain/fault.ts';
import { err, type Result } from '../domain/result.ts';
import type { Pool } from './pool.ts';
import { type Reservation, reserveFile, reserveFolder } from './reserve.ts';
import type { Reserved } from './reserved.ts';

type ArchiveHeavy = Pick<HeavyPort, 'pack' | 'unpack' | 'swap' | 'unswap' | 'seal' | 'open'>;

/** Packing, sealing and the ways back, in workers. What a job was to fill is made here first, and taken away when it fails. */
export function createArchiveHeavy(pool: Pool): ArchiveHeavy {
	return {
		pack: (request, limits, onProgress) =>
			filling(request.to, reserveFile, (to) =>
				pool.run('archive.pack', { ...request, to }, limits, onProgress),
			),
		unpack: (request, limits, onProgress) =>
			filling(request.to, reserveFolder, (to) =>
				pool.run('archive.unpack', { ...request, to }, limits, onProgress),
			),
		seal: (request, limits, onProgress) =>
			filling(request.to, reserveFile, (to) => pool.run('copy.seal', { ...request, to }, limits, onProgress)),
		open: (request, limits, onProgress) =>
			filling(request.to, reserveFile, (to) => pool.run('copy.open', { ...request, to }, limits, onProgress)),
		swap: (request, limits, onProgress) => pool.run('files.swap', request, limits, onProgress),
		unswap: (request, limits, onProgress) => pool.run('files.unswap', request, limits, onProgress),
	};
}

async function filling<Answer>(
	to: string | null,
	reserve: (path: string) => Promise<Result<Reservation, Fault>>,
	work: (to: Reserved | null) => Promise<Result<Answer, Fault>>,
): Promise<Result<Answer, Fault>> {
	if (to === null) return work(null);
	const reservation = await reserve(to);
	if (!reservation.ok) return err(reservation.error);
	let done = false;
	try {
		const answer = await work(reservation.value.reserved);
		done = answer.ok;
		return answer;
	} finally {
		if (!done) await reservation.value.drop();
	}
}
