import type { Fault } from '../domain/fault.ts';
import type { Complaints } from './complaints.ts';
import { folderOf, isGlob, resolveGlob, resolvePath } from './paths.ts';
import { readYaml } from './read-yaml.ts';
import { openSource, positionOf, type Span } from './source.ts';
import type { ConfigSources } from './sources.ts';
import { type Entry, type MapTree, member, type Tree } from './tree.ts';
import type { ConfigWord } from './words.ts';

const MOST_BYTES = 1024 * 1024;
const MOST_FILES = 200;

export interface ReadFiles {
	readonly tree: MapTree | null;
	readonly files: readonly string[];
}

/** Reads a file and all it includes into one tree: maps merge, lists append, a scalar said twice is a problem. */
export async function readFiles(
	path: string,
	sources: ConfigSources,
	complaints: Complaints,
): Promise<ReadFiles> {
	const files: string[] = [];
	let bytes = 0;

	const readOne = async (
		own: string,
		from: Span | null,
		chain: readonly string[],
	): Promise<MapTree | null> => {
		const at = from ?? { file: openSource(own, ''), start: 0, end: 0 };
		if (chain.includes(own)) {
			complaints.error(at, 'include-loop', {
				chain: [...chain.slice(chain.indexOf(own)), own].map(nameOf).join(' → '),
			});
			return null;
		}
		// Reached by a second pattern: it is in already.
		if (files.includes(own)) return null;
		if (files.length >= MOST_FILES) {
			complaints.error(at, 'too-many-files', { limit: MOST_FILES });
			return null;
		}
		files.push(own);
		const found = await sources.read(own);
		if (!found.ok) {
			const isLarge = found.error.code === 'body-too-large';
			if (isLarge) complaints.error(at, 'too-large', { limit: '1 MiB' });
			else complaints.error(at, 'cannot-read', { path: own, reason: reasonOf(found.error, complaints) });
			return null;
		}
		bytes += Buffer.byteLength(found.value);
		if (bytes > MOST_BYTES) {
			complaints.error(at, 'too-large', { limit: '1 MiB' });
			return null;
		}
		// A byte order mark is no part of the text; some editors leave one.
		const file = openSource(own, found.value.replace(/^\ufeff/, ''));
		const tree = readYaml(file, complaints);
		if (tree === null) return null;
		if (tree.kind !== 'map') {
			complaints.error({ ...tree, end: Math.min(tree.end, tree.start + 40) }, 'not-a-map', {
				found: kindWord(tree, complaints),
			});
			return null;
		}
		return includeInto(tree, own, [...chain, own]);
	};

	const includeInto = async (tree: MapTree, own: string, chain: readonly string[]): Promise<MapTree> => {
		const include = member(tree, 'include');
		if (include === undefined) return tree;
		const patterns = include.kind === 'list' ? include.items : [include];
		let whole = tree;
		for (const pattern of patterns) {
			if (pattern.kind !== 'scalar' || typeof pattern.value !== 'string' || pattern.value === '') {
				complaints.error(pattern, 'expected', {
					expected: complaints.word('text-or-list'),
					found: kindWord(pattern, complaints),
				});
				continue;
			}
			for (const path of await matching(pattern.value, own, pattern)) {
				const part = await readOne(path, pattern, chain);
				if (part !== null) whole = mergeMaps(whole, part, complaints, '');
			}
		}
		return whole;
	};

	const matching = async (pattern: string, own: string, at: Span): Promise<readonly string[]> => {
		if (!isGlob(pattern)) return [resolvePath(folderOf(own), pattern)];
		const found = await sources.glob(resolveGlob(folderOf(own), pattern));
		if (!found.ok)
			complaints.error(at, 'cannot-read', { path: pattern, reason: reasonOf(found.error, complaints) });
		else if (found.value.length === 0) complaints.warn(at, 'not-found-include', { pattern });
		return found.ok ? found.value : [];
	};

	return { tree: await readOne(path, null, []), files };
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

/** A fault in few words, for a sentence about a file of ours or a secret. */
export function reasonOf(fault: Fault, complaints: Complaints): string {
	const { reason } = fault.detail;
	const words: Readonly<Record<string, ConfigWord>> = REASONS;
	const word = words[String(reason)] ?? words[fault.code];
	return word === undefined ? String(reason ?? fault.code) : complaints.word(word);
}

const REASONS = {
	'file-missing': 'no-such-file',
	'no-permission': 'no-permission',
	'not-a-file': 'not-a-file',
	'bad-encoding': 'not-utf8',
	'body-too-large': 'too-large-file',
	timeout: 'took-too-long',
	'command-missing': 'no-such-command',
	'io-error': 'io-error',
	'secret-missing': 'secret-not-set',
	'not-set': 'secret-not-set',
	empty: 'secret-empty',
	'readable-by-others': 'secret-open',
	'exit 1': 'secret-command',
} as const satisfies Record<string, ConfigWord>;

export function kindWord(tree: Tree, complaints: Complaints): string {
	if (tree.kind === 'map') return complaints.word('map');
	if (tree.kind === 'list') return complaints.word('list');
	if (tree.value === null) return complaints.word('nothing');
	const shown = typeof tree.value === 'string' ? JSON.stringify(tree.value) : String(tree.value);
	return shown.length > 60 ? complaints.word('text') : shown;
}

function mergeMaps(base: MapTree, part: MapTree, complaints: Complaints, within: string): MapTree {
	const entries = new Map(base.entries);
	for (const [key, entry] of part.entries) {
		if (within === '' && (key === 'include' || key.startsWith('x-'))) continue;
		const before = entries.get(key);
		entries.set(key, before === undefined ? entry : mergeEntries(key, before, entry, complaints, within));
	}
	return { ...base, entries };
}

function mergeEntries(
	key: string,
	before: Entry,
	entry: Entry,
	complaints: Complaints,
	within: string,
): Entry {
	const [one, other] = [before.value, entry.value];
	// `version: 1` may stand in every file, so that each can be opened alone.
	if (
		within === '' &&
		key === 'version' &&
		one.kind === 'scalar' &&
		other.kind === 'scalar' &&
		one.value === other.value
	)
		return before;
	if (one.kind === 'map' && other.kind === 'map')
		return { key: before.key, value: mergeMaps(one, other, complaints, `${within}${key}.`) };
	if (one.kind === 'list' && other.kind === 'list')
		return { key: before.key, value: { ...one, items: [...one.items, ...other.items] } };
	if (one.kind !== other.kind) {
		complaints.error(entry.key, 'list-of-both', {
			one: kindName(other, complaints),
			other: kindName(one, complaints),
			file: before.key.file.path,
		});
	} else
		complaints.error(entry.key, 'twice-elsewhere', {
			key: `${within}${key}`,
			file: before.key.file.path,
			line: positionOf(before.key).line,
		});
	return before;
}

function kindName(tree: Tree, complaints: Complaints): string {
	return complaints.word(tree.kind === 'scalar' ? 'value' : tree.kind);
}
