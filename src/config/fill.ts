import { nearest } from '../domain/condition/index.ts';
import { Secret, type Text } from '../domain/secret.ts';
import type { Complaints } from './complaints.ts';
import type { Environments } from './environments.ts';
import { joinTexts, type Piece, piecesOf } from './interpolate.ts';
import type { SecretStore } from './secrets.ts';
import type { ConfigSources } from './sources.ts';
import { placeIn, type ScalarTree } from './tree.ts';

/** Fills references of one environment into strings. */
export interface Filler {
	/** A string becomes text or a Secret; a lone `${name}` keeps the type its value has (a port stays a number). */
	fill(scalar: ScalarTree): Text | number | boolean | null;
	/** The same, but references such as `${word.name}` stay as they are when the word is one of `later`. */
	fillExcept(scalar: ScalarTree, later: readonly string[]): Text | number | boolean | null;
}

type Found = Text | number | boolean;

export function createFiller(
	environments: Environments,
	secrets: SecretStore,
	sources: Pick<ConfigSources, 'env'>,
	complaints: Complaints,
): Filler {
	const made = new Map<string, Found>();
	const making = new Set<string>();
	const warned = new Set<string>();

	const fillExcept = (scalar: ScalarTree, later: readonly string[]): Text | number | boolean | null => {
		if (typeof scalar.value !== 'string') return scalar.value;
		const pieces = piecesOf(scalar.value);
		const [only] = pieces;
		const parts = pieces.map((piece) => fillPiece(piece, scalar, later));
		if (pieces.length === 1 && only?.kind === 'name') return parts[0] ?? '';
		const text = joinTexts(parts.map((part) => (part instanceof Secret ? part : String(part))));
		if (text instanceof Secret) secrets.inherit(text, parts);
		return text;
	};

	const fillPiece = (piece: Piece, scalar: ScalarTree, later: readonly string[]): Found => {
		if (piece.kind === 'plain') return piece.text;
		const at = placeIn(scalar, piece.offset, piece.length);
		switch (piece.kind) {
			case 'open':
				complaints.error(at, 'open-reference');
				return '';
			case 'bad': {
				const written = String(scalar.value).slice(piece.offset, piece.offset + piece.length);
				const word = /^\$\{([a-z]+)\.[\p{L}_][\p{L}\p{N}_-]*\}$/u.exec(written)?.[1];
				if (word !== undefined && later.includes(word)) return written;
				complaints.error(at, 'bad-reference');
				return '';
			}
			case 'env': {
				const value = sources.env(piece.name);
				if (value === undefined) complaints.error(at, 'unknown-process-variable', { name: piece.name });
				return value ?? '';
			}
			case 'secret': {
				const secret = secrets.find(piece.name);
				if (secret !== undefined) return secret;
				const meant = nearest(piece.name, secrets.names);
				complaints.error(
					at,
					'unknown-secret',
					{ name: piece.name },
					meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
				);
				return '';
			}
			case 'name':
				return variable(piece.name, piece, scalar);
		}
	};

	const variable = (
		name: string,
		piece: { readonly offset: number; readonly length: number },
		scalar: ScalarTree,
	): Found => {
		const at = placeIn(scalar, piece.offset, piece.length);
		const { active } = environments;
		const own = active.vars.get(name);
		if (own === undefined) {
			const other = environments.all.find((environment) => environment.vars.has(name));
			const meant = nearest(name, [...active.vars.keys()]);
			const hint =
				meant === null ? null : ({ key: 'did-you-mean', values: { word: `\${${meant}}` } } as const);
			if (other)
				complaints.error(at, 'name-elsewhere', { name, environment: active.name, other: other.name });
			else complaints.error(at, 'unknown-name', { name, environment: active.name }, hint);
			return '';
		}
		for (const other of environments.all) {
			// Once a name is enough: the base address of fifty checks is one mistake.
			if (other.vars.has(name) || warned.has(`${name} ${other.name}`)) continue;
			warned.add(`${name} ${other.name}`);
			complaints.warn(at, 'name-missing-elsewhere', { name, other: other.name });
		}
		const before = made.get(name);
		if (before !== undefined) return before;
		if (making.has(name)) {
			complaints.error(own, 'vars-loop', { name });
			return '';
		}
		making.add(name);
		const value = fillExcept(own, []) ?? '';
		making.delete(name);
		made.set(name, value);
		return value;
	};

	return { fill: (scalar) => fillExcept(scalar, []), fillExcept };
}
