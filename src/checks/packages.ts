import { parseJson } from '../domain/json.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import { listOf, memberOf, textOf } from './members.ts';
import { compareVersions, type Requirement } from './versions.ts';

export type Installer = 'pip' | 'npm';

/** Package → version, under the name that requirements are compared by. */
export type Installed = ReadonlyMap<string, string>;

/** The question that lists what is installed; `program` is the interpreter whose packages are meant. */
export function packageQuestion(installer: Installer, program: string): readonly string[] {
	return installer === 'pip'
		? [program, '-m', 'pip', '--disable-pip-version-check', 'list', '--format=json']
		: [program, 'ls', '--depth=0', '--json', '--logs-max=0'];
}

/** Answer of `pip list --format=json` or `npm ls --json`; null when it is none. */
export function readPackages(installer: Installer, stdout: string): Installed | null {
	const parsed = parseJson(stdout.trim());
	if (!parsed.ok) return null;
	return installer === 'pip' ? readPip(parsed.value) : readNpm(parsed.value);
}

function readPip(value: Value): Installed | null {
	if (!Array.isArray(value)) return null;
	return new Map(
		listOf(value).map((one) => [plain(textOf(memberOf(one, 'name'))), textOf(memberOf(one, 'version'), 60)]),
	);
}

/** A package that is asked for and not there stands in the list too, marked `missing`, without a version. */
function readNpm(value: Value): Installed | null {
	const dependencies = memberOf(value, 'dependencies');
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
	if (dependencies === undefined && memberOf(value, 'error') !== undefined) return null;
	return new Map(
		Object.entries((dependencies ?? {}) as Readonly<Record<string, Value>>).flatMap(([name, one]) => {
			const version = textOf(memberOf(one, 'version'), 60);
			return version === '' ? [] : [[plain(name), version] as const];
		}),
	);
}

/** pip takes `python_dotenv`, `python-dotenv` and `Python.Dotenv` for one; npm has no names that this would confuse. */
function plain(name: string): string {
	return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** What is not there, and what is older than it has to be; a version that cannot be read is not new enough. */
export function lackingPackages(
	wanted: readonly Requirement[],
	installed: Installed,
): { readonly missing: string; readonly outdated: string } {
	const missing: string[] = [];
	const outdated: string[] = [];
	for (const { name, minimum } of wanted) {
		const version = installed.get(plain(name));
		if (version === undefined) missing.push(name);
		else if (minimum !== null && (compareVersions(version, minimum) ?? -1) < 0)
			outdated.push(`${name} ${version}`);
	}
	const list = (some: readonly string[]) => clean(some.join(', '), { max: 400 });
	return { missing: list(missing), outdated: list(outdated) };
}
