import { dirname } from 'node:path';
import { type Fault, fault } from '../../domain/fault.ts';
import { clean } from '../../domain/text.ts';
import { leadsOut, MOST_ENTRIES, objectionToName, plainName } from './archive-names.ts';
import { Refused } from './file-bytes.ts';
import type { TarEntry } from './tar-read.ts';

export type EntryKind = 'file' | 'folder' | 'link' | 'hard';

const KINDS: Readonly<Record<string, EntryKind>> = {
	file: 'file',
	'contiguous-file': 'file',
	directory: 'folder',
	symlink: 'link',
	link: 'hard',
};

type Reason = 'absolute' | 'parent' | 'link' | 'link-outside' | 'special' | 'twice' | 'bomb' | 'name';

/** What an archive holds, header by header; throws `Refused` with `archive-unsafe` at the first thing that may not be in it. */
export interface ArchiveCheck {
	/** The entry's kind and its name below the folder; null for the folder itself. */
	admit(entry: TarEntry): { readonly kind: EntryKind; readonly name: string } | null;
	/** What only the whole can tell: where links lead, what lies behind them. */
	end(): void;
}

export function createArchiveCheck(maxBytes: number): ArchiveCheck {
	const kinds = new Map<string, EntryKind>();
	const links = new Map<string, string>();
	let bytes = 0;
	return {
		admit(entry) {
			const kind = Object.hasOwn(KINDS, entry.type) ? KINDS[entry.type] : undefined;
			if (kind === undefined) throw unsafe(entry.name, 'special');
			const name = plainName(entry.name);
			if (name === '') {
				if (kind === 'folder' && entry.name !== '') return null;
				throw unsafe(entry.name, 'name');
			}
			const objection = objectionToName(name);
			if (objection !== null) throw unsafe(entry.name, objection);
			if (kinds.has(name)) throw unsafe(entry.name, 'twice');
			bytes += kind === 'file' ? entry.size : 0;
			if (bytes > maxBytes || kinds.size >= MOST_ENTRIES) throw unsafe(entry.name, 'bomb');
			if (kind !== 'file' && entry.size !== 0) throw unsafe(entry.name, 'special');
			kinds.set(name, kind);
			if (kind === 'link') {
				if (entry.target === '' || entry.target.includes('\0')) throw unsafe(entry.name, 'name');
				links.set(name, entry.target);
			}
			if (kind === 'hard') {
				const target = plainName(entry.target);
				if (objectionToName(target) !== null) throw unsafe(entry.name, 'link-outside');
				const before = kinds.get(target);
				// A second name for something that is no file of this archive, or is this name itself.
				if (target === name || (before !== 'file' && before !== 'hard')) throw unsafe(entry.name, 'link');
			}
			return { kind, name };
		},
		end() {
			for (const name of kinds.keys()) {
				for (let at = dirname(name); at !== '.'; at = dirname(at)) {
					const above = kinds.get(at);
					if (above === 'link' || above === 'hard') throw unsafe(name, 'link');
					if (above === 'file') throw unsafe(name, 'twice');
					// What lies above that one has been looked at with it.
					if (above === 'folder') break;
				}
			}
			for (const name of links.keys()) if (leadsOut(name, links)) throw unsafe(name, 'link-outside');
		},
	};
}

function unsafe(entry: string, reason: Reason): Refused {
	const because: Fault = fault('archive-unsafe', { entry: clean(entry, { max: 200 }), reason });
	return new Refused(because);
}
