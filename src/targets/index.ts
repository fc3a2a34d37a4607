import type { TargetKind } from './define.ts';

/** In the order people see them. */
export const TARGETS = [] as const;

export function findTarget(name: string): TargetKind | undefined {
	return (TARGETS as readonly unknown[] as readonly TargetKind[]).find((target) => target.name === name);
}
