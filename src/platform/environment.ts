import type { EnvironmentPort } from '../domain/ports.ts';

export function createEnvironment(variables: NodeJS.ProcessEnv = process.env): EnvironmentPort {
	return { get: (name) => variables[name] };
}

const ALLOWED = /^(PATH|HOME|LANG|LC_[A-Z]+|TZ|USER|LOGNAME|SHELL|TMPDIR)$/;

/** What a command we start may see of our own environment: nothing that could hold a secret. */
export function allowedEnvironment(variables: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const allowed: Record<string, string> = {};
	for (const [name, value] of Object.entries(variables))
		if (value !== undefined && ALLOWED.test(name)) allowed[name] = value;
	return allowed;
}
