import type { Action, ActionContext } from './define.ts';

export function applySearch(_context: ActionContext, _text: string): void {}

export const logActions: readonly Action[] = [];
