import { z } from 'zod';
import { reveal } from '../domain/secret.ts';
import { type CommandSource, splitCommand } from '../fields/command-line.ts';
import { commandSource, path, size, url, written } from '../fields/fields.ts';
import { httpHeaders } from '../fields/http-headers.ts';
import { variableTexts } from '../fields/variables.ts';

export const FILE = '{file}';
export const PLACE = '{place}';

const suffix = () =>
	written<string>((value) => typeof value === 'string' && /^(\.[A-Za-z0-9_-]{1,16}){1,3}$/.test(value), {
		json: { type: 'string', pattern: '^(\\.[A-Za-z0-9_-]{1,16}){1,3}$' },
		error: 'expected an ending such as .json or .tar',
	});

export const commandSchema = z
	.strictObject({
		run: commandSource()
			.optional()
			.describe(
				'The command: a list of arguments, or one line that is split without a shell. `{file}` in an argument is the file it has to make; without, what it prints is what is kept.',
			),
		url: url()
			.optional()
			.describe('Instead of a command: an address whose answer is kept, as text in UTF-8.'),
		headers: httpHeaders().optional().describe('Headers to send to the address.'),
		limit: size().prefault('64MiB').describe('The largest answer that is kept.'),
		cwd: path().prefault('.').describe('Folder to run in.'),
		env: variableTexts().optional().describe('Variables to set; the place for secrets.'),
		check: commandSource()
			.optional()
			.describe('A command that looks at a copy, `{file}`, and exits with 0 when it is whole.'),
		putBack: commandSource()
			.optional()
			.describe(
				'A command that puts what is in `{file}` into the empty folder `{place}`. Without it copies cannot be restored.',
			),
		place: path()
			.optional()
			.describe(
				'The folder that a restore for real is meant for: files of it that `putBack` makes are replaced, all others stay.',
			),
		suffix: suffix().optional().describe('The ending of the name, such as .json or .tar.'),
	})
	.superRefine((options, context) => {
		const wrong = (key: string, message: string) =>
			context.addIssue({ code: 'custom', message, path: [key] });
		const { run, url: address, headers, check, putBack, place } = options;
		if ((run === undefined) === (address === undefined)) wrong('run', 'expected either "run" or "url"');
		if (headers !== undefined && address === undefined) wrong('headers', 'expected "url" beside "headers"');
		for (const [key, source, ...wanted] of [
			['run', run],
			['check', check, FILE],
			['putBack', putBack, FILE, PLACE],
		] as const) {
			if (source === undefined) continue;
			const split = splitCommand(source);
			if (!split.ok) wrong(key, split.error);
			else
				for (const word of wanted)
					if (!split.value.some((part) => part.includes(word))) wrong(key, `expected ${word} in an argument`);
		}
		if ((putBack === undefined) !== (place === undefined))
			wrong('putBack', 'expected "putBack" and "place" together');
	});

export type CommandSourceOptions = z.output<typeof commandSchema>;

export function argumentsOfCommand(
	source: CommandSource,
	words: Readonly<Record<string, string>>,
): readonly string[] {
	const split = splitCommand(source);
	if (!split.ok) throw new Error(split.error);
	const names = Object.keys(words);
	// In one pass: a path that looks like a word of ours is not replaced again.
	return split.value.map((part) =>
		part
			.split(/(\{file\}|\{place\})/)
			.map((piece) => (names.includes(piece) ? (words[piece] as string) : piece))
			.join(''),
	);
}

export function makesFile({ run }: CommandSourceOptions): boolean {
	return run !== undefined && argumentsOfCommand(run, {}).some((part) => part.includes(FILE));
}

/** Secrets that its tools may print. */
export function secretsOf({ env = {}, headers = {} }: CommandSourceOptions): readonly string[] {
	return [...Object.values(env), ...Object.values(headers)]
		.filter((text) => typeof text !== 'string')
		.map(reveal);
}
