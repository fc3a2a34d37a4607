import { findCheckKind } from '../checks/index.ts';
import type { CheckDefinition } from '../domain/check.ts';
import { type Condition, type Proof, type ProofNames, proveCondition } from '../domain/condition/index.ts';
import type { Severity } from '../domain/observation.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { SystemDefinition } from '../domain/system.ts';
import type { Unit } from '../domain/value.ts';

/** The conditions of one check or action, each with what was found of it. */
export interface ProvedGroup {
	readonly kind: 'check' | 'action';
	readonly id: string;
	readonly title: OwnText | null;
	readonly proofs: readonly { readonly severity: Severity; readonly proof: Proof }[];
}

const SEVERITIES = ['must', 'should'] as const;

/** Every condition of a system, tried on made-up readings; nothing is asked of anybody. What has no condition is left out. */
export function proveSystem(system: SystemDefinition): readonly ProvedGroup[] {
	const units = new Map(system.checks.map((check) => [check.id as string, unitsOf(check)]));
	const checks = system.checks.map((check): ProvedGroup => {
		const own = units.get(check.id) ?? {};
		const shown = check.show.map((value) => value.name);
		const texts = findCheckKind(check.kind)?.texts?.(check.options) ?? [];
		return {
			kind: 'check',
			id: check.id,
			title: check.title,
			proofs: prove(check, {
				show: check.show,
				isText: (name) => texts.includes(name) && !shown.includes(name),
				isOwn: (name) => Object.hasOwn(own, name) || shown.includes(name),
				unitOf: (name) => {
					if (Object.hasOwn(own, name)) return own[name];
					const dot = name.indexOf('.');
					const other = dot < 0 || shown.includes(name) ? undefined : units.get(name.slice(0, dot));
					const sample = name.slice(dot + 1);
					return other !== undefined && Object.hasOwn(other, sample) ? other[sample] : undefined;
				},
			}),
		};
	});
	const actions = system.actions.map(
		(action): ProvedGroup => ({
			kind: 'action',
			id: action.id,
			title: action.title,
			// What a command printed has no unit; an action reads nothing of any check.
			proofs: prove(action, {
				show: [],
				isOwn: () => true,
				unitOf: (name) => (name === 'took' ? 'ms' : name === 'exit' ? 'none' : undefined),
			}),
		}),
	);
	return [...checks, ...actions].filter((group) => group.proofs.length > 0);
}

function prove(
	from: Readonly<Record<Severity, readonly Condition[]>>,
	names: ProofNames,
): ProvedGroup['proofs'] {
	return SEVERITIES.flatMap((severity) =>
		from[severity].map((condition) => ({ severity, proof: proveCondition(condition, names) })),
	);
}

function unitsOf(check: CheckDefinition): Readonly<Record<string, Unit>> {
	return findCheckKind(check.kind)?.samples(check.options) ?? {};
}
