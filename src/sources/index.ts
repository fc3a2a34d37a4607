import { command } from './command.ts';
import type { SourceKind } from './define.ts';
import { env } from './env.ts';
import { files } from './files.ts';
import { sqlite } from './sqlite.ts';

/** In the order people see them. */
export const SOURCES = [sqlite, files, env, command] as const;

export function findSource(name: string): SourceKind | undefined {
	return (SOURCES as readonly unknown[] as readonly SourceKind[]).find((source) => source.name === name);
}
