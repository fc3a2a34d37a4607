import type { BackupPlan, Copy, Manifest, TargetDefinition } from '../../domain/backup.ts';
import type { FolderEntry } from '../../domain/backup-ports.ts';
import { type Fault, type FaultCode, fault } from '../../domain/fault.ts';
import type { PlanId } from '../../domain/ids.ts';
import { MANIFEST_END, MANIFEST_LIMIT, manifestText, parseManifest } from '../../domain/manifest.ts';
import type { Limits } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { TargetKind } from '../../targets/define.ts';
import { isPart } from '../../targets/define.ts';
import { findTarget } from '../../targets/index.ts';
import type { BackupsParts } from './parts.ts';

/** What was last seen in one target of a plan. */
interface Seen {
	readonly fault: Fault | null;
	readonly parts: readonly FolderEntry[];
	/** Names of copies beside which a manifest of this plan lies. */
	readonly owned: ReadonlySet<string>;
}

/** These say that what lies there is no manifest, or not any more; everything else, that it could not be read now. */
const UNREADABLE: readonly FaultCode[] = ['file-missing', 'not-a-file', 'bad-encoding', 'body-too-large'];

/** The copies of every plan as they lie in their targets, remembered so that the screen need not wait for a far place. */
export interface Catalog {
	/** Newest first, whatever became of them. */
	copies(plan: PlanId): readonly Copy[];
	/** Why a target could not be looked into; absent when it could. */
	faults(plan: PlanId): readonly { readonly target: string; readonly fault: Fault }[];
	/** What is not finished in a target, whoever left it. */
	parts(plan: PlanId): readonly { readonly target: TargetDefinition; readonly entry: FolderEntry }[];
	/** Whether a manifest of the plan lay beside the copy when its target was last looked into: only then it is ours to remove. */
	owns(copy: Copy): boolean;
	/** Looks into every target of the plan. */
	look(plan: BackupPlan, limits: Limits): Promise<void>;
	/** Takes over what was just made, verified, proven, removed. */
	put(copies: readonly Copy[]): void;
	/** Writes the manifest again, in place of the one there, and remembers it. */
	rewrite(copy: Copy, manifest: Manifest, plan: BackupPlan, limits: Limits): Promise<Result<Copy, Fault>>;
	/** Reads what another console wrote. */
	reread(plan: PlanId): void;
}

export function kindOfTarget(target: TargetDefinition): TargetKind {
	const kind = findTarget(target.kind);
	if (kind === undefined) throw new Error(`no target kind "${target.kind}"`);
	return kind;
}

export function createCatalog(parts: BackupsParts): Catalog {
	const { store } = parts;
	const known = new Map<PlanId, readonly Copy[]>();
	const seen = new Map<PlanId, Map<TargetDefinition, Seen>>();

	const copies = (plan: PlanId): readonly Copy[] => {
		const there = known.get(plan);
		if (there !== undefined) return there;
		const stored = store.copies(plan);
		const read = stored.ok ? stored.value : [];
		if (stored.ok) known.set(plan, read);
		return read;
	};
	const put = (fresh: readonly Copy[]) => {
		for (const [plan, changed] of Map.groupBy(fresh, (copy) => copy.plan)) {
			const placeOf = ({ target, name }: Copy) => `${target}\0${name}`;
			const places = new Set(changed.map(placeOf));
			const rest = copies(plan).filter((copy) => !places.has(placeOf(copy)));
			known.set(
				plan,
				[...rest, ...changed].sort((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1)),
			);
		}
		if (fresh.length > 0) parts.keep(() => store.keepCopies(fresh));
	};

	/** One target as it is now, held against what is remembered of it. */
	const lookInto = async (plan: BackupPlan, target: TargetDefinition, limits: Limits): Promise<Seen> => {
		const kind = kindOfTarget(target);
		// Taken before anything is asked: what comes or goes meanwhile is known better than an older list says.
		const before = new Map(
			copies(plan.id).flatMap((copy) => (copy.target === target.name ? [[copy.name, copy] as const] : [])),
		);
		const notSeen = (why: Fault): Seen => ({ fault: why, parts: [], owned: new Set() });
		const listed = await kind.list(target.options, parts.targets, limits);
		if (!listed.ok) return notSeen(listed.error);
		const files = new Map(listed.value.map((entry) => [entry.name, entry]));
		const now = new Map<string, Copy>();
		const foreign = new Set<string>();
		for (const entry of listed.value) {
			const name = nameOfManifest(entry, files);
			if (name === null) continue;
			const remembered = before.get(name);
			if (remembered !== undefined && isUnchanged(remembered, entry, files.get(name))) {
				now.set(name, remembered);
				continue;
			}
			const text = await kind.readText(target.options, entry.name, MANIFEST_LIMIT, parts.targets, limits);
			// What could not be looked at says nothing about what is there; what never was ours keeps nobody from looking at the rest.
			const isUnread = !text.ok && !UNREADABLE.includes(text.error.code);
			if (isUnread && (remembered !== undefined || limits.signal.aborted)) return notSeen(text.error);
			const manifest = text.ok ? parseManifest(text.value, name) : text;
			if (!manifest.ok) continue;
			if (!isOf(manifest.value, plan)) foreign.add(name);
			else if (remembered === undefined || !isExchanged(remembered, manifest.value))
				now.set(name, copyOf(plan, target, manifest.value, files.get(name), remembered));
		}
		const changed = [...now.values()];
		for (const [name, copy] of before) {
			if (now.has(name) || copy.state === 'removed' || copy.state === 'gone') continue;
			// Without its manifest nobody knows what it should hold; without its file, or where that is somebody else's, it is gone.
			changed.push({ ...copy, state: files.has(name) && !foreign.has(name) ? 'damaged' : 'gone' });
		}
		const present = new Map(
			copies(plan.id).flatMap((copy) => (copy.target === target.name ? [[copy.name, copy] as const] : [])),
		);
		put(
			changed.filter((copy) => {
				const [old, there] = [before.get(copy.name), present.get(copy.name)].map((one) =>
					JSON.stringify(one),
				);
				return old === there && old !== JSON.stringify(copy);
			}),
		);
		return {
			fault: null,
			parts: listed.value.filter(({ name }) => isPart(name)),
			owned: new Set(now.keys()),
		};
	};
	const isOf = (manifest: Manifest, plan: BackupPlan): boolean => {
		const { system, environment } = parts.system();
		return (
			manifest.plan === plan.id && manifest.system === system && manifest.environment === environment.name
		);
	};

	return {
		copies,
		faults: (plan) =>
			[...(seen.get(plan) ?? [])].flatMap(([target, { fault: why }]) =>
				why === null ? [] : [{ target: target.name, fault: why }],
			),
		parts: (plan) =>
			[...(seen.get(plan) ?? [])].flatMap(([target, { parts: entries }]) =>
				entries.map((entry) => ({ target, entry })),
			),
		owns: ({ plan, target, name }) =>
			[...(seen.get(plan) ?? [])].some(([one, { owned }]) => one.name === target && owned.has(name)),
		async look(plan, limits) {
			const found = await Promise.all(
				plan.targets.map(async (target) => [target, await lookInto(plan, target, limits)] as const),
			);
			seen.set(plan.id, new Map(found));
		},
		put,
		async rewrite(copy, manifest, plan, limits) {
			const target = plan.targets.find(({ name }) => name === copy.target);
			if (target === undefined) return err(fault('file-missing', { path: copy.target }));
			const name = `${copy.name}${MANIFEST_END}`;
			const how = { replace: true };
			const text = manifestText(manifest);
			const written = await kindOfTarget(target).writeText(
				target.options,
				name,
				text,
				how,
				parts.targets,
				limits,
			);
			if (!written.ok) return written;
			const next = { ...copy, ...standingOf(manifest), manifest };
			put([next]);
			return ok(next);
		},
		reread: (plan) => void known.delete(plan),
	};
}

/** The copy that this file is the manifest of; null when it is none. An orphan manifest speaks of a copy that is gone. */
function nameOfManifest(
	{ name, bytes }: FolderEntry,
	files: ReadonlyMap<string, FolderEntry>,
): string | null {
	if (!name.endsWith(MANIFEST_END) || isPart(name) || bytes > MANIFEST_LIMIT) return null;
	// A copy may itself end like this (`env_backup….json`): it is one when it has a manifest of its own.
	if (files.has(`${name}${MANIFEST_END}`)) return null;
	return name.slice(0, -MANIFEST_END.length);
}

/**
 * Thousands of increments in a far place must not be read anew at every look: a manifest as long as the one remembered, beside a
 * file as long as it says, is that one. Whoever writes it anew (verified, proven) makes it longer.
 */
function isUnchanged(copy: Copy, manifest: FolderEntry, file: FolderEntry | undefined): boolean {
	return (
		copy.state === 'there' &&
		file?.bytes === copy.bytes &&
		manifest.bytes === Buffer.byteLength(manifestText(copy.manifest))
	);
}

/** What a manifest says of the copy itself: it never changes. */
const LASTING = ['sha256', 'plainSha256', 'asOf', 'rows', 'sums'] as const;

/**
 * Whoever may write to a target may put another copy there with a manifest that fits it. Of a copy that is remembered we know
 * better: it is no longer there, whatever stands in its place.
 */
function isExchanged({ state, manifest }: Copy, found: Manifest): boolean {
	if (state !== 'there' && state !== 'damaged') return false;
	return LASTING.some((key) => JSON.stringify(manifest[key]) !== JSON.stringify(found[key]));
}

function standingOf(manifest: Manifest): Pick<Copy, 'verifiedAt' | 'provenAt' | 'pinned'> {
	return {
		verifiedAt: manifest.verifiedAt === undefined ? null : Date.parse(manifest.verifiedAt),
		provenAt: manifest.proof === undefined ? null : Date.parse(manifest.proof.at),
		pinned: manifest.pinned,
	};
}

/** A copy as its manifest and its file say. `file` undefined: it is gone. */
export function copyOf(
	plan: BackupPlan,
	target: TargetDefinition,
	manifest: Manifest,
	file: Pick<FolderEntry, 'bytes'> | undefined,
	before?: Copy,
): Copy {
	const isLarge = file !== undefined && file.bytes === manifest.bytes;
	// Found broken once, it stays so as long as it is the same copy; its size alone proves nothing.
	const wasDamaged =
		before?.state === 'damaged' &&
		before.manifest.sha256 === manifest.sha256 &&
		before.manifest.verifiedAt === manifest.verifiedAt;
	return {
		plan: plan.id,
		target: target.name,
		name: manifest.name,
		manifest,
		at: Date.parse(manifest.asOf),
		bytes: file?.bytes ?? manifest.bytes,
		state: file === undefined ? 'gone' : isLarge && !wasDamaged ? 'there' : 'damaged',
		...standingOf(manifest),
	};
}
