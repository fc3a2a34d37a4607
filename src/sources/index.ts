import { command } from './command.ts';
import type { SourceKind } from './define.ts';
import { env } from './env.ts';
import { files } from './files.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import { postgresBase } from './postgres-base.ts';
import { postgresWal } from './postgres-wal.ts';
import { sqlite } from './sqlite.ts';

/** In the order people see them. */
export const SOURCES = [sqlite, postgres, postgresBase, postgresWal, mysql, files, env, command] as const;

export function findSource(name: string): SourceKind | undefined {
	return (SOURCES as readonly unknown[] as readonly SourceKind[]).find((source) => source.name === name);
}
