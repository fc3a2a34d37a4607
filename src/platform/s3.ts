import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FolderEntry, S3Place, S3Port } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';
import { createLeash } from './leash.ts';
import { createOwnMaking, syncFolder } from './own-making.ts';
import { s3Fault } from './s3-fault.ts';
import {
	isAnswer,
	isMarked,
	isTaken,
	isThere,
	knowsNoCondition,
	load,
	type Session,
	send,
	takeBack,
} from './s3-session.ts';

const TELL_EVERY_MS = 100;
const CONNECT_MS = 10_000;
const BLOCK = 256 * 1024;
/** Names of one folder that are kept in memory. */
const MOST_ENTRIES = 250_000;

/** S3-compatible stores by the AWS SDK, optional dependencies that are loaded when they are first asked for. */
export function createS3(clock: Clock): S3Port {
	const making = createOwnMaking(null);

	/** One client an exchange: nothing of it stays open afterwards, and its end is the leash's. */
	const visit = async <T>(
		place: S3Place,
		key: string,
		run: Limits,
		act: (session: Session) => Promise<Result<T, Fault>>,
	): Promise<Result<T, Fault>> => {
		const loaded = await load();
		if (loaded === null)
			return err(fault('not-supported', { install: '@aws-sdk/client-s3 @aws-sdk/lib-storage' }));
		const leash = createLeash(clock, run);
		if (leash.ended !== null) return err(leash.ended);
		const ended = new AbortController();
		leash.onEnd = () => ended.abort();
		const { library, storage } = loaded;
		const client = new library.S3Client({
			endpoint: place.endpoint,
			region: place.region,
			forcePathStyle: place.pathStyle,
			credentials: { accessKeyId: reveal(place.accessKey), secretAccessKey: reveal(place.secretKey) },
			maxAttempts: 3,
			requestHandler: { connectionTimeout: CONNECT_MS },
		});
		try {
			return await act({ client, library, storage, signal: ended.signal });
		} catch (error) {
			if (leash.ended !== null) return err(leash.ended);
			return err(s3Fault(error, { address: hostOf(place), path: `${place.bucket}/${key}` }));
		} finally {
			leash.release();
			client.destroy();
		}
	};

	return {
		list: (place, prefix, run) =>
			visit(place, prefix, run, async ({ client, library, signal }) => {
				const entries: FolderEntry[] = [];
				let token: string | undefined;
				do {
					const page = await client.send(
						new library.ListObjectsV2Command({
							Bucket: place.bucket,
							Prefix: prefix,
							Delimiter: '/',
							...(token === undefined ? {} : { ContinuationToken: token }),
						}),
						{ abortSignal: signal },
					);
					for (const { Key, Size, LastModified } of page.Contents ?? [])
						if (Key !== undefined)
							entries.push({
								name: Key,
								kind: 'file',
								bytes: Size ?? 0,
								modifiedAt: LastModified?.getTime() ?? 0,
							});
					// A list without an end, or one that goes round in circles, must not fill our memory.
					if (entries.length > MOST_ENTRIES)
						return err(fault('own-limit', { path: clean(`${place.bucket}/${prefix}`, { max: 300 }) }));
					const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
					if (next !== undefined && next === token)
						return err(fault('bad-protocol', { address: hostOf(place), reason: 'http' }));
					token = next;
				} while (token !== undefined);
				return ok(entries.sort((one, other) => (one.name < other.name ? -1 : 1)));
			}),
		put: async (place, key, body, { replace }, run, onBytes) => {
			let file: FileHandle | null = null;
			let bytes: number;
			if ('text' in body) bytes = Buffer.byteLength(body.text);
			else {
				try {
					file = await open(body.file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
					const found = await file.stat();
					bytes = found.size;
					if (!found.isFile()) throw Object.assign(new Error('no file'), { code: 'EISDIR' });
				} catch (error) {
					await file?.close();
					return err(fileFault(error, body.file));
				}
			}
			try {
				return await visit(place, key, run, async (session) => {
					// Looked at first, so that no gigabyte is sent for nothing, and for stores that know no conditions.
					if (!replace && (await isThere(session, place, key)))
						return err(fault('name-taken', { path: clean(`${place.bucket}/${key}`, { max: 300 }) }));
					const mark = randomBytes(12).toString('hex');
					const sendOnce = (isConditional: boolean) =>
						send(session, place, key, {
							body: 'text' in body ? Buffer.from(body.text) : readerOf(file as FileHandle),
							bytes,
							isConditional,
							mark,
							onBytes: throttled(clock, onBytes),
						});
					try {
						await sendOnce(!replace).catch((error) => {
							if (replace || !knowsNoCondition(error)) throw error;
							return sendOnce(false);
						});
					} catch (error) {
						if (replace) throw error;
						// An answer that was lost is asked for again, and what is taken then is by ourselves.
						if (!isTaken(error) || !(await isMarked(session, place, key, mark))) {
							if (!isAnswer(error)) await takeBack(session, place, key, mark);
							throw error;
						}
					}
					onBytes?.(bytes);
					return ok(undefined);
				});
			} finally {
				await file?.close().catch(() => {});
			}
		},
		get: (place, key, to, run, onBytes, limit = Number.POSITIVE_INFINITY) =>
			visit(place, key, run, async ({ client, library, signal }) => {
				const answer = await client.send(new library.GetObjectCommand({ Bucket: place.bucket, Key: key }), {
					abortSignal: signal,
				});
				const body = answer.Body as Readable;
				let made: FileHandle | null = null;
				let whole = false;
				try {
					made = await making.openNew(to).catch((error: { code?: string }) => {
						body.destroy();
						throw new LocalTrouble(
							error.code === 'EEXIST'
								? fault('name-taken', { path: clean(to, { max: 300 }) })
								: fileFault(error, to),
						);
					});
					const tell = throttled(clock, onBytes);
					let done = 0;
					for await (const chunk of body as AsyncIterable<Buffer>) {
						await writeWhole(made, chunk).catch((error) => {
							throw new LocalTrouble(fileFault(error, to));
						});
						done += chunk.length;
						// It became larger since it was listed, or never ends: it is not what was asked for.
						if (done > limit)
							return err(
								fault('body-too-large', {
									limitBytes: limit,
									path: clean(`${place.bucket}/${key}`, { max: 300 }),
								}),
							);
						tell(done);
					}
					const expected = answer.ContentLength ?? done;
					if (done !== expected)
						return err(fault('copy-incomplete', { name: clean(key, { max: 200 }), found: done, expected }));
					await made.sync();
					await syncFolder(to.slice(0, to.lastIndexOf('/')) || '/');
					whole = true;
					onBytes?.(done);
					return ok(undefined);
				} catch (error) {
					if (error instanceof LocalTrouble) return err(error.why);
					throw error;
				} finally {
					body.destroy();
					await made?.close().catch(() => {});
					if (made !== null && !whole) await unlink(to).catch(() => {});
				}
			}),
		readText: (place, key, limit, run) =>
			visit(place, key, run, async ({ client, library, signal }) => {
				const answer = await client.send(new library.GetObjectCommand({ Bucket: place.bucket, Key: key }), {
					abortSignal: signal,
				});
				const body = answer.Body as Readable;
				const path = clean(`${place.bucket}/${key}`, { max: 300 });
				const chunks: Buffer[] = [];
				let done = 0;
				try {
					for await (const chunk of body as AsyncIterable<Buffer>) {
						done += chunk.length;
						if (done > limit) return err(fault('body-too-large', { limitBytes: limit, path }));
						chunks.push(chunk);
					}
				} finally {
					body.destroy();
				}
				try {
					return ok(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
				} catch {
					return err(fault('bad-encoding', { charset: 'utf-8', path }));
				}
			}),
		remove: (place, key, run) =>
			visit(place, key, run, async ({ client, library, signal }) => {
				await client
					.send(new library.DeleteObjectCommand({ Bucket: place.bucket, Key: key }), { abortSignal: signal })
					.catch((error: { name?: string }) => {
						if (error.name !== 'NoSuchKey') throw error;
					});
				return ok(undefined);
			}),
	};
}

/** Trouble with our own file on the way, told apart from what the store says. */
class LocalTrouble extends Error {
	readonly why: Fault;
	constructor(why: Fault) {
		super(why.code);
		this.why = why;
	}
}

const hostOf = ({ endpoint }: S3Place): string => URL.parse(endpoint)?.host ?? '';

/** A disk that is nearly full takes a part of a block, and says so only at the next one. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}

// Not the handle's own stream, which closes it: it may have to be read twice.
const readerOf = (file: FileHandle): Readable => Readable.from(blocksOf(file), { objectMode: false });

async function* blocksOf(file: FileHandle): AsyncGenerator<Buffer> {
	for (let at = 0; ; ) {
		const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, at);
		if (bytesRead === 0) return;
		at += bytesRead;
		yield buffer.subarray(0, bytesRead);
	}
}

function throttled(clock: Clock, onBytes: ((done: number) => void) | undefined): (done: number) => void {
	let last = clock.monotonic();
	return (done) => {
		const now = clock.monotonic();
		if (onBytes === undefined || now - last < TELL_EVERY_MS) return;
		last = now;
		onBytes(done);
	};
}
