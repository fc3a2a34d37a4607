import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Place } from '../domain/backup-ports.ts';

type Library = typeof import('@aws-sdk/client-s3');
type Storage = typeof import('@aws-sdk/lib-storage');

/** Parts of a large file; four are in memory at once, and a file has 10,000 at most. */
const PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;
/** Time to take back what was cut off. */
const CLEAN_MS = 10_000;

/** One client for one exchange. */
export interface Session {
	readonly client: S3Client;
	readonly library: Library;
	readonly storage: Storage;
	readonly signal: AbortSignal;
}

/** null: they are not installed. */
export async function load(): Promise<{ library: Library; storage: Storage } | null> {
	try {
		return { library: await import('@aws-sdk/client-s3'), storage: await import('@aws-sdk/lib-storage') };
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
		throw error;
	}
}

/** Who may write and not look is told nothing: then the condition of the sending decides. */
export async function isThere(
	{ client, library, signal }: Session,
	place: S3Place,
	key: string,
): Promise<boolean> {
	try {
		await client.send(new library.HeadObjectCommand({ Bucket: place.bucket, Key: key }), {
			abortSignal: signal,
		});
		return true;
	} catch (error) {
		const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
		if (status === 404 || status === 403) return false;
		throw error;
	}
}

const statusOf = (error: unknown): number | undefined =>
	(error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** The store has said something, so what it did is known. */
export const isAnswer = (error: unknown): boolean => statusOf(error) !== undefined;
export const isTaken = (error: unknown): boolean => statusOf(error) === 412 || statusOf(error) === 409;

export function knowsNoCondition(error: unknown): boolean {
	const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
	return $metadata?.httpStatusCode === 501 || name === 'NotImplemented';
}

export async function send(
	{ client, library, storage, signal }: Session,
	place: S3Place,
	key: string,
	how: {
		readonly body: Buffer | Readable;
		readonly bytes: number;
		readonly isConditional: boolean;
		/** Stands beside the object, so that it is known again. */
		readonly mark: string;
		readonly onBytes: (done: number) => void;
	},
): Promise<void> {
	const upload = new storage.Upload({
		// Every request of it ends with the run, also those it makes by itself.
		client: {
			config: client.config,
			send: (command: Parameters<S3Client['send']>[0]) => client.send(command, { abortSignal: signal }),
		} as unknown as S3Client,
		params: {
			Bucket: place.bucket,
			Key: key,
			Body: how.body,
			ContentLength: how.bytes,
			Metadata: { rounds: how.mark },
			...(how.isConditional ? { IfNoneMatch: '*' } : {}),
		},
		partSize: Math.max(PART_BYTES, Math.ceil(how.bytes / (MOST_PARTS - 1))),
	});
	upload.on('httpUploadProgress', ({ loaded }) => how.onBytes(loaded ?? 0));
	try {
		await upload.done();
	} catch (error) {
		const { uploadId } = upload as unknown as { readonly uploadId?: string };
		if (uploadId !== undefined)
			await client
				.send(
					new library.AbortMultipartUploadCommand({ Bucket: place.bucket, Key: key, UploadId: uploadId }),
					{ abortSignal: AbortSignal.timeout(CLEAN_MS) },
				)
				.catch(() => {});
		throw error;
	} finally {
		if ('destroy' in how.body) how.body.destroy();
	}
}

/** Whether what lies there is what was sent with this mark. */
export async function isMarked(
	{ client, library, signal }: Session,
	place: S3Place,
	key: string,
	mark: string,
): Promise<boolean> {
	const head = new library.HeadObjectCommand({ Bucket: place.bucket, Key: key });
	return (await client.send(head, { abortSignal: signal })).Metadata?.['rounds'] === mark;
}

/**
 * The answer may have been lost after the store had taken all of it. What was not confirmed is not there: an object with our
 * mark is taken back, and nobody else's.
 */
export async function takeBack(session: Session, place: S3Place, key: string, mark: string): Promise<void> {
	const signal = AbortSignal.timeout(CLEAN_MS);
	const { client, library } = session;
	try {
		if (!(await isMarked({ ...session, signal }, place, key, mark))) return;
		const gone = new library.DeleteObjectCommand({ Bucket: place.bucket, Key: key });
		await client.send(gone, { abortSignal: signal });
	} catch {
		// It is not there, or nobody answers.
	}
}
