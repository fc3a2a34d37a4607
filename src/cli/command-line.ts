/** What stands on the command line: options every command knows, the command's name, and what is left for it. */
export interface CommandLine {
	readonly config: string | undefined;
	readonly env: string | undefined;
	readonly lang: string | undefined;
	readonly theme: string | undefined;
	readonly operator: string | undefined;
	readonly ascii: boolean;
	readonly help: boolean;
	readonly version: boolean;
	/** undefined: the console on the configured system. */
	readonly name: string | undefined;
	readonly args: readonly string[];
	/** What is wrong with it, or null; said in the language of the line. */
	readonly problem: { readonly key: 'needs-value' | 'unknown-option'; readonly option: string } | null;
}

const WITH_VALUE = ['config', 'env', 'lang', 'theme', 'operator'] as const;
const ALONE = ['ascii', 'help', 'version'] as const;
const SHORT: Readonly<Record<string, string>> = { '-h': '--help', '-V': '--version' };

/** Reads `--name value` and `--name=value` wherever they stand; everything after `--` is left alone. */
export function readCommandLine(argv: readonly string[]): CommandLine {
	const values: Partial<Record<(typeof WITH_VALUE)[number], string>> = {};
	const alone = new Set<string>();
	const rest: string[] = [];
	let problem: CommandLine['problem'] = null;
	for (let i = 0; i < argv.length; i += 1) {
		const arg = SHORT[argv[i] ?? ''] ?? argv[i] ?? '';
		if (arg === '--') {
			rest.push(...argv.slice(i + 1));
			break;
		}
		const [name = '', ...after] = arg.startsWith('--') ? arg.slice(2).split('=') : [''];
		const inline = after.length > 0 ? after.join('=') : undefined;
		const valued = WITH_VALUE.find((known) => known === name);
		if (valued) {
			const value = inline ?? argv[i + 1];
			if (inline === undefined) i += 1;
			if (value === undefined || value === '') problem ??= { key: 'needs-value', option: `--${name}` };
			else values[valued] = value;
		} else if (ALONE.some((known) => known === name) && inline === undefined) {
			alone.add(name);
		} else {
			rest.push(arg);
		}
	}
	const [name, ...args] = rest;
	// An option before any command is one of ours, mistyped: a command's own options stand behind it.
	if (name?.startsWith('-')) problem ??= { key: 'unknown-option', option: name };
	return {
		config: values.config,
		env: values.env,
		lang: values.lang,
		theme: values.theme,
		operator: values.operator,
		ascii: alone.has('ascii'),
		help: alone.has('help'),
		version: alone.has('version'),
		name,
		args,
		problem,
	};
}
