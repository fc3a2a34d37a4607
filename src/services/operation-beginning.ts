import { planActionIds } from '../domain/backup.ts';
import { type ActionId, actionId, type OperationId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';
import type { ActionDefinition } from '../domain/system.ts';

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
