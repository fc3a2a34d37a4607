import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';

/**
 * A small S3-compatible store over HTTP on loopback: what the API's reference says of signatures (version 4), conditions, multipart
 * uploads, checksums and lists in pages, and no more. It refuses what it does not know.
 */
export interface S3Server {
	readonly url: string;
	readonly bucket: string;
	readonly accessKey: string;
	readonly secretKey: string;
	readonly objects: Map<string, Buffer>;
	/** Uploads in parts that nobody has completed or taken back. */
	readonly pending: Map<
		string,
		{ readonly key: string; readonly mark: string; readonly parts: Map<number, Buffer> }
	>;
	readonly requests: string[];
	/** What it does from now on. */
	readonly mood: {
		conditions: 'kept' | 'unknown' | 'ignored';
		writes: 'taken' | 'denied' | 'full' | 'broken';
		/** Object bodies end here, whatever their length says. */
		cutAt: number | null;
		/** Every page of a list names itself as the next one. */
		circles: boolean;
		/** Flips a bit of what is fetched. */
		flips: boolean;
		/** Never answers requests that say this. */
		stalls: RegExp | null;
		/** Does what such a request asks for and hangs up instead of answering, once. */
		loses: RegExp | null;
	};
	stop(): Promise<void>;
}

class Refusal extends Error {
	readonly status: number;
	readonly code: string;
	constructor(status: number, code: string) {
		super(code);
		this.status = status;
		this.code = code;
	}
}

const PAGE = 3;
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const escapeXml = (text: string) => text.replace(/[<>&"']/g, (one) => `&#${one.charCodeAt(0)};`);
const crcOf = (bytes: Buffer): string => {
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(bytes));
	return sum.toString('base64');
};
const etagOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

export async function serveS3(): Promise<S3Server> {
	const accessKey = 'AKIATEST';
	const secretKey = 'hidden+secret/key';
	const objects = new Map<string, Buffer>();
	const pending: S3Server['pending'] = new Map();
	const marks = new Map<string, string>();
	const requests: string[] = [];
	const mood: S3Server['mood'] = {
		conditions: 'kept',
		writes: 'taken',
		cutAt: null,
		circles: false,
		flips: false,
		stalls: null,
		loses: null,
	};

	const verify = (request: IncomingMessage, url: URL, body: Buffer) => {
		const header = (name: string) => String(request.headers[name] ?? '');
		const given =
			/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
				header('authorization'),
			);
		if (given === null) throw new Refusal(403, 'AccessDenied');
		const [, key, day = '', region = '', names = '', signature = ''] = given;
		if (key !== accessKey) throw new Refusal(403, 'InvalidAccessKeyId');
		const signed = names.split(';');
		for (const needed of ['host', 'x-amz-date', 'x-amz-content-sha256'])
			if (!signed.includes(needed)) throw new Refusal(403, 'SignatureDoesNotMatch');
		for (const name of Object.keys(request.headers))
			if (name.startsWith('x-amz-') && !signed.includes(name))
				throw new Refusal(403, 'SignatureDoesNotMatch');
		const at = header('x-amz-date').replace(
			/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
			'$1-$2-$3T$4:$5:$6Z',
		);
		if (!(Math.abs(Date.parse(at) - Date.now()) < 15 * 60_000))
			throw new Refusal(403, 'RequestTimeTooSkewed');
		const hash = header('x-amz-content-sha256');
		if (!/^[0-9a-f]{64}$/.test(hash)) throw new Refusal(501, 'NotImplemented');
		if (hash !== sha256(body)) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
		const query = url.search
			.slice(1)
			.split('&')
			.filter((part) => part !== '')
			.map((part) => (part.includes('=') ? part : `${part}=`))
			.sort()
			.join('&');
		const canonical = [
			request.method,
			url.pathname,
			query,
			...signed.map((name) => `${name}:${header(name).trim().replace(/ +/g, ' ')}`),
			'',
			names,
			hash,
		].join('\n');
		const scope = `${day}/${region}/s3/aws4_request`;
		const text = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, sha256(canonical)].join('\n');
		const signing = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, day), region), 's3'), 'aws4_request');
		if (!timingSafeEqual(hmac(signing, text), Buffer.from(signature, 'hex')))
			throw new Refusal(403, 'SignatureDoesNotMatch');
		const sum = header('x-amz-checksum-crc32');
		if (sum !== '' && sum !== crcOf(body)) throw new Refusal(400, 'BadDigest');
	};

	const mayWrite = (request: IncomingMessage, key: string) => {
		if (mood.writes === 'denied') throw new Refusal(403, 'AccessDenied');
		if (mood.writes === 'full') throw new Refusal(507, 'XMinioStorageFull');
		if (mood.writes === 'broken') throw new Refusal(400, 'MalformedXML');
		const condition = request.headers['if-none-match'];
		if (condition === undefined || mood.conditions === 'ignored') return;
		if (condition !== '*' || mood.conditions === 'unknown') throw new Refusal(501, 'NotImplemented');
		if (objects.has(key)) throw new Refusal(412, 'PreconditionFailed');
	};

	const list = (url: URL): string => {
		const prefix = url.searchParams.get('prefix') ?? '';
		const delimiter = url.searchParams.get('delimiter') ?? '';
		const after = Buffer.from(url.searchParams.get('continuation-token') ?? '', 'base64').toString();
		const all = [...objects.keys()]
			.filter((key) => key.startsWith(prefix) && key > after)
			.filter((key) => delimiter === '' || !key.slice(prefix.length).includes(delimiter))
			.sort();
		const page = all.slice(0, PAGE);
		const rows = page.map((key) => {
			const bytes = objects.get(key) as Buffer;
			return `<Contents><Key>${escapeXml(key)}</Key><LastModified>${new Date().toISOString()}</LastModified><ETag>${escapeXml(etagOf(bytes))}</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
		});
		const isMore = all.length > PAGE || mood.circles;
		const next = mood.circles
			? '<NextContinuationToken>same</NextContinuationToken>'
			: isMore
				? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('base64')}</NextContinuationToken>`
				: '';
		return `<ListBucketResult><Name>rounds</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${isMore}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`;
	};

	const answer = (request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer) => {
		const [, bucket, ...rest] = url.pathname.split('/');
		const key = rest.map(decodeURIComponent).join('/');
		const asked = url.searchParams;
		const xml = (text: string) => {
			response.setHeader('content-type', 'application/xml');
			response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
		};
		if (bucket !== 'rounds') throw new Refusal(404, 'NoSuchBucket');
		const verb = `${request.method} ${['uploads', 'uploadId', 'list-type'].find((name) => asked.has(name)) ?? ''}`;
		const upload = () => {
			const found = pending.get(asked.get('uploadId') ?? '');
			if (found === undefined || found.key !== key) throw new Refusal(404, 'NoSuchUpload');
			return found;
		};
		const mark = String(request.headers['x-amz-meta-rounds'] ?? '');
		const store = (bytes: Buffer) => {
			objects.set(key, bytes);
			marks.set(key, mark);
			response.setHeader('etag', etagOf(bytes));
			response.setHeader('x-amz-checksum-crc32', crcOf(bytes));
		};
		switch (verb) {
			case 'GET list-type':
				return xml(list(url));
			case 'PUT ':
				mayWrite(request, key);
				store(body);
				return response.end();
			case 'POST uploads': {
				mayWrite(request, key);
				const id = randomBytes(8).toString('hex');
				pending.set(id, { key, mark, parts: new Map() });
				return xml(
					`<InitiateMultipartUploadResult><Bucket>rounds</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
				);
			}
			case 'PUT uploadId':
				if (mood.writes === 'full') throw new Refusal(507, 'XMinioStorageFull');
				upload().parts.set(Number(asked.get('partNumber')), body);
				response.setHeader('etag', etagOf(body));
				response.setHeader('x-amz-checksum-crc32', crcOf(body));
				return response.end();
			case 'POST uploadId': {
				mayWrite(request, key);
				const { parts, mark: sent } = upload();
				const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => {
					const number = Number(/<PartNumber>(\d+)</.exec(part)?.[1]);
					const tag = /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll('&quot;', '"');
					const bytes = parts.get(number);
					if (bytes === undefined || tag !== etagOf(bytes)) throw new Refusal(400, 'InvalidPart');
					return { number, bytes };
				});
				if (named.some(({ number }, at) => at > 0 && number <= (named[at - 1]?.number ?? 0)))
					throw new Refusal(400, 'InvalidPartOrder');
				if (named.slice(0, -1).some(({ bytes }) => bytes.length < 5 * 1024 * 1024))
					throw new Refusal(400, 'EntityTooSmall');
				objects.set(key, Buffer.concat(named.map(({ bytes }) => bytes)));
				marks.set(key, sent);
				pending.delete(asked.get('uploadId') ?? '');
				return xml(
					`<CompleteMultipartUploadResult><Bucket>rounds</Bucket><Key>${escapeXml(key)}</Key><ETag>"x-${named.length}"</ETag></CompleteMultipartUploadResult>`,
				);
			}
			case 'DELETE uploadId':
				upload();
				pending.delete(asked.get('uploadId') ?? '');
				response.statusCode = 204;
				return response.end();
			case 'DELETE ':
				if (mood.writes === 'denied') throw new Refusal(403, 'AccessDenied');
				objects.delete(key);
				response.statusCode = 204;
				return response.end();
			case 'HEAD ':
			case 'GET ': {
				const bytes = objects.get(key);
				if (bytes === undefined) throw new Refusal(404, 'NoSuchKey');
				response.setHeader('content-length', bytes.length);
				response.setHeader('etag', etagOf(bytes));
				response.setHeader('x-amz-meta-rounds', marks.get(key) ?? '');
				response.setHeader('last-modified', new Date().toUTCString());
				if (request.headers['x-amz-checksum-mode'] === 'ENABLED')
					response.setHeader('x-amz-checksum-crc32', crcOf(bytes));
				if (request.method === 'HEAD') return response.end();
				const sent = Buffer.from(bytes);
				if (mood.flips) sent[sent.length >> 1] = (sent[sent.length >> 1] ?? 0) ^ 1;
				if (mood.cutAt === null) return response.end(sent);
				return response.write(sent.subarray(0, mood.cutAt), () => response.destroy());
			}
			default:
				throw new Refusal(501, 'NotImplemented');
		}
	};

	const server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('error', () => {});
		request.on('end', () => {
			const url = new URL(request.url ?? '/', 'http://127.0.0.1');
			const said = `${request.method} ${request.url}`;
			requests.push(said);
			if (mood.stalls?.test(said)) return;
			const body = Buffer.concat(chunks);
			try {
				verify(request, url, body);
				if (mood.loses?.test(said)) {
					mood.loses = null;
					response.end = (() => request.socket.destroy()) as never;
				}
				answer(request, response, url, body);
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				response.statusCode = error.status;
				response.setHeader('content-type', 'application/xml');
				// Stores like to repeat what was sent to them.
				const text = `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${secretKey} ${accessKey}</Message></Error>`;
				response.end(request.method === 'HEAD' ? undefined : text);
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		bucket: 'rounds',
		accessKey,
		secretKey,
		objects,
		pending,
		requests,
		mood,
		async stop() {
			if (!server.listening) return;
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
