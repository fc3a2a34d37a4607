import { z } from 'zod';
import type { OwnText } from '../domain/own-text.ts';
import { written } from '../fields/fields.ts';

/** Text that is not empty. */
export const plain = () => z.string().min(1);
/** Words of the operator's own: one text, or one a language. */
export const ownText = (): z.ZodType<OwnText> =>
	z.union([
		plain(),
		z.strictObject({ en: plain().optional(), 'zh-CN': plain().optional() }),
	]) as unknown as z.ZodType<OwnText>;
/** One or several; always a list afterwards. */
export const oneOrMore = () =>
	z
		.union([plain(), z.array(plain()).min(1)])
		.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

/** Conditions are read from the tree itself, where their places are known: here any list passes. */
export const conditions = () =>
	written<unknown>(() => true, { json: { type: 'array', items: { type: 'string' } }, error: '' }).optional();
