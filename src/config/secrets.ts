import type { Fault } from '../domain/fault.ts';
import { fault } from '../domain/fault.ts';
import { Secret } from '../domain/secret.ts';
import type { Complaints } from './complaints.ts';
import { reasonOf } from './include.ts';
import { piecesOf } from './interpolate.ts';
import { secretParts } from './secret-parts.ts';
import type { ConfigSources } from './sources.ts';
import { type MapTree, member, scalarsOf } from './tree.ts';

export interface SecretStore {
	/** Names that were declared. */
	readonly names: readonly string[];
	find(name: string): Secret | undefined;
	/** The fault of a secret that could not be read, or of a text made with one; what uses it carries the fault. */
	faultOf(secret: Secret): Fault | null;
	/** Says that a text was made of these parts. */
	inherit(made: Secret, parts: readonly unknown[]): void;
	/** Values that were read and what is secret in them by itself, for redaction. */
	readonly values: readonly string[];
}

// Stands for a value that could not be read, so that the rest of a check can be understood all the same. Never sent: a
// check that holds it is broken. It passes as an address and as text.
const UNREAD = 'http://secret.invalid/';

const REFERENCE = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+|cmd:.+)$/s;

/**
 * Resolves the secrets that are used anywhere. One that cannot be read is a warning: only what needs it stops working.
 */
export async function resolveSecrets(
	root: MapTree,
	folder: string,
	sources: ConfigSources,
	complaints: Complaints,
): Promise<SecretStore> {
	const section = member(root, 'secrets');
	const found = new Map<string, Secret>();
	const faults = new WeakMap<Secret, Fault>();
	const values: string[] = [];
	const used = namesUsed(root);
	const entries = section?.kind === 'map' ? [...section.entries] : [];
	await Promise.all(
		entries.map(async ([name, { value }]) => {
			const reference = value.kind === 'scalar' ? value.value : null;
			// The text is never repeated: somebody may have pasted the secret itself. It may not reach the excerpt either.
			if (typeof reference !== 'string' || !REFERENCE.test(reference)) {
				complaints.hidden(value, 'secret-literal');
				found.set(name, new Secret(UNREAD, name));
				return;
			}
			const unread = new Secret(UNREAD, reference);
			found.set(name, unread);
			if (!used.has(name)) return;
			const resolved = await sources.resolveSecret(reference, folder);
			if (resolved.ok && resolved.value.reveal() !== '') {
				found.set(name, resolved.value);
				values.push(...secretParts(resolved.value.reveal()));
				return;
			}
			const why = resolved.ok ? fault('secret-missing', { reason: 'empty' }) : resolved.error;
			faults.set(unread, fault('secret-missing', { ...why.detail, name, reference }));
			complaints.warn(value, 'secret-unresolved', { name, reference, reason: reasonOf(why, complaints) });
		}),
	);
	return {
		names: entries.map(([name]) => name),
		find: (name) => found.get(name),
		faultOf: (secret) => faults.get(secret) ?? null,
		inherit(made, parts) {
			for (const part of parts) {
				const known = part instanceof Secret ? faults.get(part) : undefined;
				if (known !== undefined) faults.set(made, known);
			}
		},
		values,
	};
}

function namesUsed(root: MapTree): Set<string> {
	const used = new Set<string>();
	for (const scalar of scalarsOf(root)) {
		if (typeof scalar.value !== 'string' || !scalar.value.includes('secret:')) continue;
		for (const piece of piecesOf(scalar.value)) if (piece.kind === 'secret') used.add(piece.name);
	}
	return used;
}
