import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Progress } from '../../domain/backup.ts';
import type { SqliteCopyRequest } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { createClock } from '../../platform/clock.ts';
import type { DatabaseFile } from './sql-file.ts';
import type { Copying } from './sqlite-copy.ts';
import { isSame } from './sqlite-files.ts';
import { BUSY_MS, distrust, hold } from './sqlite-state.ts';

const clock = createClock();
const BLOCK = 1024 * 1024;
/** What is read under one lock and written after it: writing may be held up by the disk, and a writer with it. */
const ROOM = 32 * BLOCK;
/** Of the bound: the rest is for what the system does beside us. */
const SHARE = 0.8;
const MOST_RESTARTS = 30;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Rollback journal: while we read, a writer cannot commit. All of it under one lock where that fits the bound; else in short
 * locked steps, which are one moment only if nobody commits between them: then from the beginning, so many times. The bytes are
 * those of the file, since under a reader's lock nobody may change them.
 */
export async function copyLocked(
	request: SqliteCopyRequest,
	file: DatabaseFile,
	before: BigIntStats,
	report: (progress: Progress) => void,
): Promise<Result<Copying, Fault>> {
	const opened: (() => void)[] = [];
	try {
		const source = openSync(file.path, constants.O_RDONLY);
		opened.push(() => closeSync(source));
		if (!isSame(fstatSync(source, { bigint: true }), before))
			return err(fault('source-changed', { path: file.path }));
		const target = openSync(request.to, constants.O_WRONLY | constants.O_NOFOLLOW);
		opened.push(() => closeSync(target));
		const db = new Database(file.path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
		opened.push(() => db.close());
		distrust(db);
		const reader = createReader(request, { db, source, target }, report);
		const speed = reader.warm();
		const bytes = Number(fstatSync(source).size);
		const boundMs = request.longestWaitMs * SHARE;
		// Read and written at once costs about twice what reading costs; what fits the room is only read.
		const wholeMs = (bytes <= ROOM ? 1 : 2) * (bytes / speed);
		if (wholeMs <= boundMs) {
			const whole = reader.whole(boundMs);
			if (whole !== 'late') return whole;
			await pause(request.longestWaitMs);
		}
		return await reader.steps(boundMs);
	} finally {
		// Closing any descriptor of a file gives up all locks this process has on it, so the database goes first.
		for (const close of opened.toReversed()) close();
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => void clock.after(ms, resolve));
}

interface Opened {
	readonly db: Database.Database;
	readonly source: number;
	readonly target: number;
}

function createReader(
	{ file: path, longestWaitMs }: SqliteCopyRequest,
	{ db, source, target }: Opened,
	report: (progress: Progress) => void,
) {
	const buffer = Buffer.allocUnsafe(ROOM);
	let longestLockMs = 0;

	/** Reads under the lock that keeps commits out; says how long it was held. */
	const locked = <Value>(work: (stamp: Stamp, heldMs: () => number) => Value): Value => {
		hold(db);
		const began = performance.now();
		const heldMs = () => performance.now() - began;
		try {
			return work(stampOf(), heldMs);
		} finally {
			db.exec('COMMIT');
			longestLockMs = Math.max(longestLockMs, heldMs());
		}
	};
	const stampOf = (): Stamp => {
		const counter = Buffer.alloc(4);
		readSync(source, counter, 0, 4, COUNTER_AT);
		const page = Number(db.pragma('page_size', { simple: true }));
		return {
			counter: counter.readUInt32BE(),
			bytes: page * Number(db.pragma('page_count', { simple: true })),
		};
	};
	const readBlock = (at: number, into: number, most: number): number =>
		readSync(source, buffer, into, Math.min(BLOCK, most), at);
	const writeAll = (bytes: number, at: number): void => {
		for (let done = 0; done < bytes; ) done += writeSync(target, buffer, done, bytes - done, at + done);
	};
	const tell = (done: number, total: number) => report({ phase: 'copy', done, total, unit: 'bytes' });
	const copied = (method: Copying['method'], asOf: number): Result<Copying, Fault> =>
		ok({ method, asOf, longestLockMs, state: null });

	return {
		/** Reads it once without any lock, so that the locked reading finds it in memory; bytes a millisecond. */
		warm(): number {
			const began = performance.now();
			let at = 0;
			for (let got = 1; got > 0; at += got) got = readBlock(at, 0, BLOCK);
			return at / Math.max(0.05, performance.now() - began);
		},
		whole(boundMs: number): Result<Copying, Fault> | 'late' {
			let inRoom = 0;
			const outcome = locked(({ bytes }, heldMs) => {
				const asOf = clock.now();
				const fits = bytes <= ROOM;
				for (let at = 0; at < bytes; ) {
					if (heldMs() > boundMs) return 'late';
					const got = readBlock(at, fits ? at : 0, bytes - at);
					if (got === 0) return 'short';
					if (!fits) writeAll(got, at);
					at += got;
					if (!fits) tell(at, bytes);
				}
				inRoom = fits ? bytes : 0;
				return asOf;
			});
			if (outcome === 'late') return 'late';
			if (outcome === 'short') return err(fault('database-corrupt', { path }));
			if (inRoom > 0) writeAll(inRoom, 0);
			return copied('locked-whole', outcome);
		},
		async steps(boundMs: number): Promise<Result<Copying, Fault>> {
			for (let turn = 0; turn < MOST_RESTARTS; turn++) {
				if (turn > 0) await pause(Math.min(LONGEST_PAUSE_MS, longestWaitMs * turn));
				let first = null as Stamp | null;
				let asOf = 0;
				let at = 0;
				for (let isSound = true; isSound; ) {
					const step = locked((stamp, heldMs) => {
						if (first !== null && !isEqual(first, stamp)) return 'changed';
						if (first === null) asOf = clock.now();
						first = stamp;
						let filled = 0;
						while (filled < ROOM && at + filled < stamp.bytes && (filled === 0 || heldMs() < boundMs)) {
							const got = readBlock(at + filled, filled, Math.min(ROOM - filled, stamp.bytes - at - filled));
							if (got === 0) return 'short';
							filled += got;
						}
						return { filled, bytes: stamp.bytes };
					});
					if (step === 'short') return err(fault('database-corrupt', { path }));
					if (step === 'changed') {
						isSound = false;
						continue;
					}
					writeAll(step.filled, at);
					at += step.filled;
					tell(at, step.bytes);
					if (at >= step.bytes) return copied('locked-steps', asOf);
				}
			}
			return err(fault('database-locked', { path, reason: 'keeps-changing', limitMs: longestWaitMs }));
		},
	};
}

/** Where the header counts the transactions that changed the file. */
const COUNTER_AT = 24;

interface Stamp {
	readonly counter: number;
	readonly bytes: number;
}

function isEqual(one: Stamp, other: Stamp): boolean {
	return one.counter === other.counter && one.bytes === other.bytes;
}
