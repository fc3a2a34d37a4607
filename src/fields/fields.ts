import { z } from 'zod';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { type CommandSource, splitCommand } from './command-line.ts';

const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const SIZE_UNITS = {
	B: 1,
	KB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 1e12,
	KiB: 1024,
	MiB: 1024 ** 2,
	GiB: 1024 ** 3,
	TiB: 1024 ** 4,
} as const;
const DURATION = '^(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+$';
const SIZE = '^\\d+(\\.\\d+)?\\s?(B|[KMGT]B|[KMGT]iB)?$';

interface AsWritten {
	/** What the JSON Schema says: editors see the text an operator writes, not our objects. */
	readonly json: Readonly<Record<string, unknown>>;
	readonly error: string;
}

// A class of its own, because `describe` and `optional` clone a schema from its definition: a patched instance would
// lose its JSON Schema on the way.
const WrittenSchema = z.core.$constructor(
	'WrittenSchema',
	(instance: z.ZodCustom, def: z.core.$ZodCustomDef) => {
		z.ZodCustom.init(instance, def);
		const { json } = def as unknown as AsWritten;
		instance._zod.processJSONSchema = (_context, target) => {
			Object.assign(target, structuredClone(json));
		};
	},
);

/** A field that takes what `accepts` takes and is shown to editors as `json`. */
export function written<Output>(accepts: (value: unknown) => boolean, how: AsWritten): z.ZodType<Output> {
	return z.core._custom(WrittenSchema as never, accepts, how as never) as unknown as z.ZodType<Output>;
}

/** A string that may hold a secret, so it may arrive as a Secret. Not empty. */
export function text(): z.ZodType<Text> {
	return written<Text>((value) => isText(value) && reveal(value) !== '', {
		json: { type: 'string', minLength: 1 },
		error: 'expected text',
	});
}

/** A secret and nothing else: the file names where it is kept, never its value. */
export function secretText(): z.ZodType<Secret> {
	return written<Secret>((value) => value instanceof Secret, {
		json: { type: 'string', pattern: '(^secret:|\\$\\{secret:)' },
		error: 'expected a reference to a secret, such as "secret:api_token", never the value itself',
	});
}

/** An http or https address, possibly with a secret part. */
export function url(): z.ZodType<Text> {
	return text().superRefine((value, context) => {
		const wrong = urlMistake(reveal(value));
		if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
	});
}

function urlMistake(address: string): string | null {
	if (!/^https?:\/\//i.test(address)) return 'expected an address that begins with http:// or https://';
	const parsed = URL.parse(address);
	if (parsed === null || parsed.hostname === '')
		return 'expected an address such as http://localhost:5000/health';
	if (parsed.username !== '' || parsed.password !== '')
		return 'an address may not hold a name and password: write them under "auth"';
	return null;
}

/** Milliseconds, or null: "500ms", "10s", "2m", "1h", "7d", "1h30m". */
export function readDuration(written: string): number | null {
	if (!new RegExp(DURATION).test(written)) return null;
	let total = 0;
	for (const [, number, unit] of written.matchAll(/([\d.]+)(ms|[smhdw])/g))
		total += Number(number) * DURATION_UNITS[unit as keyof typeof DURATION_UNITS];
	return Number.isSafeInteger(Math.ceil(total)) ? Math.round(total) : null;
}

/** "10s", "2m", "1h", "7d" → milliseconds. */
export function duration(): z.ZodType<number, string> {
	return written<string>((value) => typeof value === 'string' && readDuration(value) !== null, {
		json: { type: 'string', pattern: DURATION, examples: ['10s', '5m', '7d'] },
		error: 'expected a duration with its unit, such as 500ms, 10s, 2m, 1h or 7d',
	}).transform((value) => readDuration(value) ?? 0) as unknown as z.ZodType<number, string>;
}

/** Bytes, or null: "64KiB", "1.5MB", "300". */
export function readSize(written: string): number | null {
	const parts = /^(\d+(?:\.\d+)?)\s?([KMGT]i?B|B)?$/.exec(written);
	if (parts === null) return null;
	const bytes = Math.round(Number(parts[1]) * SIZE_UNITS[(parts[2] ?? 'B') as keyof typeof SIZE_UNITS]);
	return Number.isSafeInteger(bytes) ? bytes : null;
}

/** "64KiB", "1.5MB" or a number of bytes → bytes. */
export function size(): z.ZodType<number, string | number> {
	const accepts = (value: unknown) =>
		(typeof value === 'string' && readSize(value) !== null) ||
		(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
	return written<string | number>(accepts, {
		json: {
			anyOf: [
				{ type: 'string', pattern: SIZE },
				{ type: 'integer', minimum: 0 },
			],
		},
		error: 'expected a size such as 64KiB, 1MB or a number of bytes',
	}).transform((value) =>
		typeof value === 'number' ? value : (readSize(value) ?? 0),
	) as unknown as z.ZodType<number, string | number>;
}

/** A path or a glob, as written; the configuration resolves it. */
export function path(): z.ZodType<string> {
	return written<string>((value) => typeof value === 'string' && value !== '' && !value.includes('\0'), {
		json: { type: 'string', minLength: 1 },
		error: 'expected a path',
	});
}

const isHost = (value: unknown): boolean =>
	typeof value === 'string' && /^(\[[0-9a-f:.%\w]+\]|[0-9a-f:]+:[0-9a-f:.%\w]*|[^\s:/?#@[\]]+)$/i.test(value);

/** A name or an address; an IPv6 address with or without its brackets. */
export function hostName(): z.ZodType<string> {
	return written<string>(isHost, {
		json: { type: 'string' },
		error: 'expected a host name or an IP address, without a port',
	});
}

export function port(): z.ZodType<number> {
	return written<number>(
		(value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
		{
			json: { type: 'integer', minimum: 1, maximum: 65_535 },
			error: 'expected a port from 1 to 65535',
		},
	);
}

/** A command as written: a list of arguments, or one string; `argumentsOf` makes the list of it. */
export function commandSource(): z.ZodType<CommandSource> {
	const isPart = (part: unknown) => typeof part === 'string' || typeof part === 'number';
	return written<CommandSource>(
		(value) =>
			(typeof value === 'string' && value.trim() !== '') ||
			(Array.isArray(value) && value.length > 0 && value.every(isPart) && value[0] !== ''),
		{
			json: {
				anyOf: [
					{ type: 'string', minLength: 1 },
					{ type: 'array', minItems: 1, items: { type: ['string', 'number'] } },
				],
			},
			error:
				'expected a command: a list of arguments or one line; a secret goes into "env", since everybody on the machine can read arguments',
		},
	);
}

/** A command as a list, or a string that is split without a shell → its arguments. */
export function commandLine(): z.ZodType<readonly string[], CommandSource> {
	return commandSource().transform((value, context) => {
		const split = splitCommand(value);
		if (split.ok) return split.value;
		context.addIssue({ code: 'custom', message: split.error });
		return z.NEVER;
	}) as unknown as z.ZodType<readonly string[], CommandSource>;
}

/** The source of a regular expression; named groups become samples. */
export function pattern(): z.ZodType<string> {
	return written<string>((value) => typeof value === 'string' && isPattern(value), {
		json: { type: 'string', format: 'regex' },
		error: 'expected a regular expression',
	});
}

function isPattern(source: string): boolean {
	try {
		new RegExp(source, 'mu');
		return true;
	} catch {
		return false;
	}
}

export function isText(value: unknown): value is Text {
	return typeof value === 'string' || value instanceof Secret;
}
