import { command } from './command.ts';
import { cors } from './cors.ts';
import type { RegisteredKind } from './define.ts';
import { env } from './env.ts';
import { file } from './file.ts';
import { http } from './http.ts';
import { processKind } from './process.ts';
import { sqlite } from './sqlite.ts';
import { tcp } from './tcp.ts';

/** In the order people see them. */
export const CHECK_KINDS = [http, tcp, sqlite, file, processKind, command, cors, env] as const;

/** The kind of this name. Options are the kind's own: only its schema and its probe know their shape. */
export function findCheckKind(name: string): RegisteredKind | undefined {
	return (CHECK_KINDS as readonly unknown[] as readonly RegisteredKind[]).find((kind) => kind.name === name);
}
