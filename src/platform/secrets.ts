import { isAbsolute, resolve as resolvePath } from 'node:path';
import { fault } from '../domain/fault.ts';
import type {
	Clock,
	EnvironmentPort,
	FilesPort,
	Limits,
	ProcessesPort,
	SecretsPort,
} from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { Secret } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';

const LIMIT = 64 * 1024;
const TIMEOUT_MS = 10_000;

export interface SecretsOptions {
	readonly clock: Clock;
	readonly environment: EnvironmentPort;
	readonly files: FilesPort;
	readonly processes: ProcessesPort;
	/** Relative paths and commands start here: the configuration's folder. */
	readonly folder: string;
	/** Splits a command line without a shell. */
	readonly split: (line: string) => readonly string[] | null;
}

/**
 * `env:NAME`, `file:path` (others may not read it; one line end at its end is not part of it), `cmd:program arguments`.
 * Faults: `secret-missing` {reference, reason}.
 */
export function createSecrets({
	clock,
	environment,
	files,
	processes,
	folder,
	split,
}: SecretsOptions): SecretsPort {
	const missing = (reference: string, reason: string) =>
		err(fault('secret-missing', { reference: clean(reference, { max: 200 }), reason }));
	const limits = (): Limits => ({
		deadline: clock.monotonic() + TIMEOUT_MS,
		signal: new AbortController().signal,
	});
	const finish = (reference: string, text: string) => {
		const value = text.replace(/\r?\n$/, '');
		return value === '' ? missing(reference, 'empty') : ok(new Secret(value, reference));
	};

	const fromFile = async (reference: string, written: string) => {
		const path = isAbsolute(written) ? written : resolvePath(folder, written);
		const facts = await files.facts(path);
		if (!facts.ok) return missing(reference, facts.error.code);
		if (facts.value.kind !== 'file') return missing(reference, 'not-a-file');
		if ((facts.value.mode & 0o007) !== 0) return missing(reference, 'readable-by-others');
		const text = await files.readText(path, LIMIT, limits());
		return text.ok ? finish(reference, text.value) : missing(reference, text.error.code);
	};

	const fromCommand = async (reference: string, line: string) => {
		const argv = split(line);
		if (argv === null || argv.length === 0) return missing(reference, 'command');
		const ran = await processes.run({ argv, cwd: folder, env: {}, outputLimit: LIMIT }, limits());
		if (!ran.ok) return missing(reference, ran.error.code);
		if (ran.value.exit !== 0)
			return missing(reference, ran.value.exit === null ? 'signal' : `exit ${ran.value.exit}`);
		if (ran.value.truncated) return missing(reference, 'body-too-large');
		return finish(reference, ran.value.stdout);
	};

	return {
		async resolve(reference) {
			const [, scheme, rest = ''] = /^(env|file|cmd):(.+)$/s.exec(reference) ?? [];
			if (scheme === 'file') return fromFile(reference, rest);
			if (scheme === 'cmd') return fromCommand(reference, rest);
			// Whoever wrote the value itself here must not find it in a log.
			if (scheme !== 'env') return missing('…', 'scheme');
			const value = environment.get(rest);
			return value === undefined ? missing(reference, 'not-set') : finish(reference, value);
		},
	};
}
