import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { FileFacts, ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import { path, size } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { restoredGlob } from './restored.ts';
import { bytesSample, countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const MOST_MATCHES = 10_000;

const schema = z.strictObject({
	path: path().describe('A file, or a glob of which the newest file is looked at.'),
	hash: z
		.enum(['sha256'], { error: 'expected sha256' })
		.optional()
		.describe('Reads the file whole and gives its sum as the sample `sha256`.'),
	parse: z
		.enum(['json', 'yaml'], { error: 'expected json or yaml' })
		.optional()
		.describe('Reads the file as a document for conditions such as `count($.banks) == 13`.'),
	limit: size().prefault('4MiB').describe('The largest file that is parsed.'),
	missing: z
		.enum(['fault', 'ok'], { error: 'expected fault or ok' })
		.prefault('fault')
		.describe('"fault": no such file is critical. "ok": it gives `present` = false and conditions decide.'),
});

export type FileOptions = z.output<typeof schema>;

/**
 * Samples: `present`, `matches`, and of the file `size`, `age` (since it was modified), `modified` (UTC), `name`, `sha256`.
 * Faults: `file-missing`, `file-malformed`, `no-permission`, `not-a-file`, `body-too-large`.
 */
export const file = defineCheckKind<FileOptions>({
	name: 'file',
	title: { en: 'File', 'zh-CN': '文件' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<FileOptions>,
	paths: ['path'],
	example: `templates:
  kind: file
  path: config/bank_parser_templates.json
  every: 1h
  parse: json
  must:
    - size > 10KB
    - count($.*) == 13
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(options.path, { max: 200 }),
	texts: () => ['name', 'modified', 'sha256'],
	samples: () => ({
		present: 'none',
		matches: 'none',
		name: 'none',
		size: 'bytes',
		age: 'ms',
		modified: 'none',
		sha256: 'none',
	}),
	impliedMust: () => ['present == true'],
	copyAs: (options) => (/[*?[{(]/.test(options.path) ? null : `ls -l ${shellWord(options.path)}`),
	onRestored(options, restored) {
		const path = restoredGlob(options.path, restored);
		return path === null ? null : { ...options, path };
	},
	async probe(options, ports, context) {
		const found = await newest(options.path, ports, context);
		if (!found.ok) return found;
		const { newestFile, matches } = found.value;
		if (newestFile === null) {
			if (options.missing === 'ok') return ok({ samples: { present: false, matches: countSample(0) } });
			return err(fault('file-missing', { path: clean(options.path, { max: 300 }) }));
		}
		const { at, facts } = newestFile;
		const samples: Record<string, Samples[string]> = {
			present: true,
			matches: countSample(matches),
			name: clean(at.split('/').at(-1) ?? at, { max: 255 }),
			size: bytesSample(facts.bytes),
			age: msSample(context.now - facts.modifiedAt),
			modified: momentOf(facts.modifiedAt),
		};
		if (options.hash !== undefined) {
			const sum = await ports.files.hash(at, context);
			if (!sum.ok) return sum;
			samples['sha256'] = sum.value;
		}
		if (options.parse === undefined) return ok({ samples });
		const document = await parse(options, at, ports, context);
		return document.ok ? ok({ samples, document: document.value }) : document;
	},
});

interface Found {
	readonly matches: number;
	readonly newestFile: { readonly at: string; readonly facts: FileFacts } | null;
}

async function newest(
	pattern: string,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Found, Fault>> {
	const paths = await ports.files.glob(pattern, MOST_MATCHES);
	if (!paths.ok) return paths;
	let best: Found['newestFile'] = null;
	let matches = 0;
	for (const at of paths.value) {
		if (context.signal.aborted) return err(fault('cancelled'));
		const facts = await ports.files.facts(at);
		if (!facts.ok) {
			// A file of many may vanish while they are counted; one that was named may not be skipped.
			if (paths.value.length > 1 || facts.error.code === 'file-missing') continue;
			return facts;
		}
		if (facts.value.kind === 'other') return err(fault('not-a-file', { path: clean(at, { max: 300 }) }));
		matches++;
		if (best === null || facts.value.modifiedAt > best.facts.modifiedAt) best = { at, facts: facts.value };
	}
	return ok({ matches, newestFile: best });
}

async function parse(
	options: FileOptions,
	at: string,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Value, Fault>> {
	const text = await ports.files.readText(at, options.limit, context);
	if (!text.ok) return text;
	const shown = clean(at, { max: 300 });
	if (options.parse === 'yaml') {
		const parsed = ports.files.parseYaml(text.value);
		return parsed.ok ? parsed : err(fault(parsed.error.code, { ...parsed.error.detail, path: shown }));
	}
	const parsed = parseJson(text.value);
	if (parsed.ok) return ok(parsed.value);
	return err(fault('file-malformed', { format: 'JSON', reason: parsed.why.code, path: shown }));
}

function momentOf(at: number): string {
	const date = new Date(at);
	return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
