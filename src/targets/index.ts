import type { TargetKind } from './define.ts';
import { directory } from './directory.ts';
import { mount } from './mount.ts';
import { rsync } from './rsync.ts';
import { s3 } from './s3.ts';
import { sftp } from './sftp.ts';

/** In the order people see them. */
export const TARGETS = [directory, mount, sftp, rsync, s3] as const;

export function findTarget(name: string): TargetKind | undefined {
	return (TARGETS as readonly unknown[] as readonly TargetKind[]).find((target) => target.name === name);
}
