import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { HttpAnswer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import type { HttpOptions } from './http-options.ts';

const JSON_TYPE = /^[\w.+-]+\/([\w.+-]+\+)?json\s*(;|$)/i;
const NO_BODY = new Set([204, 205, 304]);

/**
 * What path conditions read. No document when the answer is no JSON and does not say that it is: such conditions are then
 * unknown, never true. An answer that says JSON and is none is fault `bad-body`.
 */
export function documentOf(
	options: Pick<HttpOptions, 'read'>,
	method: string,
	answer: HttpAnswer,
): Result<Value | undefined, Fault> {
	if (method === 'HEAD' || NO_BODY.has(answer.status)) return ok(undefined);
	if (options.read === 'text') return ok(answer.body);
	const type = answer.headers['content-type'] ?? '';
	const mustParse = options.read === 'json' || JSON_TYPE.test(type);
	if (!mustParse && !/^\s*[{[]/.test(answer.body)) return ok(undefined);
	if (mustParse && answer.body.trim() === '')
		return err(fault('bad-body', { format: 'JSON', reason: 'empty' }));
	if (mustParse && /^\s*</.test(answer.body))
		return err(fault('bad-body', { format: 'JSON', reason: 'html' }));
	const parsed = parseJson(answer.body);
	if (parsed.ok) return ok(parsed.value);
	if (!mustParse) return ok(undefined);
	const { code, offset, key } = parsed.why;
	const detail: Record<string, string | number> = { format: 'JSON', reason: code };
	if (offset !== undefined) detail['offset'] = offset;
	if (key !== undefined) detail['key'] = clean(key, { max: 60 });
	return err(fault('bad-body', detail));
}
