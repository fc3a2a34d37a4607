import type { TargetKind } from './define.ts';
import { directory } from './directory.ts';

/** In the order people see them. */
export const TARGETS = [directory] as const;

export function findTarget(name: string): TargetKind | undefined {
	return (TARGETS as readonly unknown[] as readonly TargetKind[]).find((target) => target.name === name);
}
