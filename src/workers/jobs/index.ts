import type { JobDefinition } from '../protocol.ts';
import { openCopy } from './open.ts';
import { pack } from './pack.ts';
import { seal } from './seal.ts';
import { sqlRead } from './sql.ts';
import { sqliteChange } from './sqlite-change.ts';
import { sqliteCopy } from './sqlite-copy.ts';
import { sqliteLook } from './sqlite-look.ts';
import { swapFiles, unswapFiles } from './swap.ts';
import { unpack } from './unpack.ts';

/** Everything a worker can be asked to do. */
export const JOBS = [
	sqlRead,
	sqliteCopy,
	sqliteLook,
	sqliteChange,
	pack,
	unpack,
	swapFiles,
	unswapFiles,
	seal,
	openCopy,
] as const;

type Each = (typeof JOBS)[number];
export type JobName = Each['name'];
type Named<Name extends JobName> = Extract<Each, { readonly name: Name }>;
export type JobInput<Name extends JobName> =
	Named<Name> extends JobDefinition<Name, infer Input, infer _, infer _> ? Input : never;
export type JobOutput<Name extends JobName> =
	Named<Name> extends JobDefinition<Name, infer _, infer Output, infer _> ? Output : never;
export type JobProgress<Name extends JobName> =
	Named<Name> extends JobDefinition<Name, infer _, infer _, infer Progress> ? Progress : never;
