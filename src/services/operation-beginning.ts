import { planActionIds, RESTORE_LAST_MS } from '../domain/backup.ts';
import { type ActionId, actionId, type OperationId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';
import type { ActionDefinition, SystemDefinition } from '../domain/system.ts';

const LAST_MS = 1_500;

/** Lines of output that are told while it runs. */
export const TAIL_LINES = 12;

/** What a beginning operation is told besides its action. */
export interface Beginning {
	readonly step: Operation['step'];
	readonly parent: OperationId | null;
	readonly agreed: boolean;
	readonly args: Readonly<Record<string, string>>;
}

/** Actions that may not run beside it: one thing at a time happens to a plan. */
export function rivalsOf({ id, body }: ActionDefinition): readonly ActionId[] {
	return body.kind === 'backup' ? [...planActionIds(body.plan).keys()].map(actionId) : [id];
}

export function lastLines(text: string): readonly string[] {
	return text
		.split('\n')
		.filter((line) => line.trim() !== '')
		.slice(-TAIL_LINES);
}

type Running = readonly { readonly operation: Operation }[];

function isRestore(operation: Operation | undefined, system: SystemDefinition): boolean {
	const body = system.actions.find((action) => action.id === operation?.action)?.body;
	return body?.kind === 'backup' && body.verb === 'restore';
}

/** Whether it may be ended with the program: what stops and starts services around a restore is not pulled away from under it. */
export function mayEnd({ parent }: Operation, running: Running, system: SystemDefinition): boolean {
	const around = running.find(({ operation }) => operation.id === parent)?.operation;
	return around === undefined || (!isRestore(around, system) && mayEnd(around, running, system));
}

/** How long an orderly end waits for what runs, ms. */
export function lastMsOf(running: Running, system: SystemDefinition): number {
	return running.some(({ operation }) => isRestore(operation, system)) ? RESTORE_LAST_MS : LAST_MS;
}
