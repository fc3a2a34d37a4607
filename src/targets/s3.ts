import { z } from 'zod';
import type { S3Place } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { secretText, text, written } from '../fields/fields.ts';
import { defineTarget } from './define.ts';
import { partName } from './local-folder.ts';
import { isPlainName, requireName } from './names.ts';

const endpoint = () =>
	written<string>((value) => typeof value === 'string' && isEndpoint(value), {
		json: { type: 'string', format: 'uri' },
		error: 'expected the address of a store such as https://s3.example.com, without a path',
	});

const bucket = () =>
	written<string>((value) => typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value), {
		json: { type: 'string' },
		error: 'expected the name of a bucket, such as company-backups',
	});

const prefix = () =>
	written<string>(
		(value) =>
			typeof value === 'string' &&
			value.length <= 500 &&
			(value === '' || value.replace(/\/$/, '').split('/').every(isPlainName)),
		{
			json: { type: 'string' },
			error: 'expected what the names begin with, such as creditpilot/',
		},
	);

const region = () =>
	written<string>((value) => typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value), {
		json: { type: 'string' },
		error: 'expected a region such as eu-central-1',
	});

const schema = z.strictObject({
	endpoint: endpoint().describe('The address of the store.'),
	bucket: bucket().describe('The bucket; it has to be there.'),
	prefix: prefix()
		.prefault('')
		.describe('What every name in the bucket begins with, as if it were a folder.'),
	region: region().prefault('us-east-1').describe('Its region.'),
	accessKey: text().describe('The name of the key.'),
	secretKey: secretText().describe('The key itself, a reference to a secret.'),
	pathStyle: z
		.boolean({ error: 'expected true or false' })
		.prefault(true)
		.describe('Names the bucket in the path of the address; false: in its host.'),
});

export interface S3Options {
	readonly endpoint: string;
	readonly bucket: string;
	readonly prefix: string;
	readonly region: string;
	readonly accessKey: Text;
	readonly secretKey: Text;
	readonly pathStyle: boolean;
}

/**
 * A bucket of an S3-compatible store, where an object is there whole or not at all. No name is written over: that is asked before,
 * and the store is told to refuse it (`If-None-Match: *`). A store that knows no conditions leaves the moment between the two.
 */
export const s3 = defineTarget<S3Options>({
	name: 's3',
	title: { en: 'S3-compatible store', 'zh-CN': 'S3 兼容存储' },
	schema: schema as unknown as z.ZodType<S3Options>,
	paths: [],
	example: `store:
  kind: s3
  endpoint: https://s3.eu-central-1.amazonaws.com
  region: eu-central-1
  bucket: company-backups
  prefix: creditpilot/
  accessKey: AKIAEXAMPLE
  secretKey: secret:s3_key
`,
	where: (options) =>
		clean(`${options.endpoint.replace(/\/$/, '')}/${options.bucket}/${under(options)}`, { max: 200 }),
	local: () => null,
	async ready(options, ports, run) {
		const name = keyOf(options, partName());
		const wrote = await ports.s3.put(placeOf(options), name, { text: 'x' }, { replace: true }, run);
		if (!wrote.ok) return wrote;
		const removed = await ports.s3.remove(placeOf(options), name, run);
		return removed.ok ? ok({ freeBytes: null }) : removed;
	},
	async list(options, ports, run) {
		const listed = await ports.s3.list(placeOf(options), under(options), run);
		if (!listed.ok) return listed;
		return ok(
			listed.value
				.map((entry) => ({ ...entry, name: entry.name.slice(under(options).length) }))
				// Others may have put keys there that are no names of files.
				.filter(({ name }) => isPlainName(name)),
		);
	},
	async put(options, from, name, ports, run) {
		const named = requireName(name);
		if (!named.ok) return named;
		const size = await ports.folders.look(from);
		if (!size.ok) return size;
		return ports.s3.put(
			placeOf(options),
			keyOf(options, name),
			{ file: from },
			{ replace: false },
			run,
			(done) => run.onProgress({ phase: 'send', done, total: size.value?.bytes ?? null, unit: 'bytes' }),
		);
	},
	async get(options, name, to, ports, run) {
		const listed = await sizeOf(options, name, () =>
			ports.s3.list(placeOf(options), keyOf(options, name), run),
		);
		if (!listed.ok) return listed;
		const total = listed.value;
		const onBytes = (done: number) => run.onProgress({ phase: 'fetch', done, total, unit: 'bytes' });
		return ports.s3.get(placeOf(options), keyOf(options, name), to, run, onBytes, total);
	},
	async readText(options, name, limit, ports, run) {
		const named = requireName(name);
		return named.ok ? ports.s3.readText(placeOf(options), keyOf(options, name), limit, run) : named;
	},
	async writeText(options, name, value, how, ports, run) {
		const named = requireName(name);
		if (!named.ok) return named;
		return ports.s3.put(placeOf(options), keyOf(options, name), { text: value }, how, run);
	},
	async remove(options, name, ports, run) {
		const named = requireName(name);
		return named.ok ? ports.s3.remove(placeOf(options), keyOf(options, name), run) : named;
	},
});

function isEndpoint(value: string): boolean {
	const parsed = /^https?:\/\//.test(value) ? URL.parse(value) : null;
	return (
		parsed !== null &&
		parsed.hostname !== '' &&
		parsed.username === '' &&
		parsed.password === '' &&
		parsed.pathname === '/' &&
		parsed.search === '' &&
		parsed.hash === ''
	);
}

const under = ({ prefix: begin }: S3Options): string =>
	begin === '' || begin.endsWith('/') ? begin : `${begin}/`;
const keyOf = (options: S3Options, name: string): string => `${under(options)}${name}`;

function placeOf({ prefix: _, ...place }: S3Options): S3Place {
	return place;
}

/** How large it is, so that the progress has an end. */
async function sizeOf(
	options: S3Options,
	name: string,
	ask: () => Promise<Result<readonly { readonly name: string; readonly bytes: number }[], Fault>>,
): Promise<Result<number, Fault>> {
	const named = requireName(name);
	if (!named.ok) return named;
	const listed = await ask();
	if (!listed.ok) return listed;
	const found = listed.value.find((entry) => entry.name === keyOf(options, name));
	return found === undefined
		? err(fault('file-missing', { path: clean(`${options.bucket}/${keyOf(options, name)}`, { max: 300 }) }))
		: ok(found.bytes);
}
