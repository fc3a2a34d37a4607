import { reveal, type Text } from '../domain/secret.ts';
import { isText, written } from './fields.ts';

/** Names of environment variables. */
export const variableNames = () =>
	written<readonly string[]>(
		(value) =>
			Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)),
		{
			json: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z_]\\w*$' } },
			error: 'expected names of variables, such as [DATABASE_URL, SECRET_KEY]',
		},
	);

/** Variables with what they are set to; the place for secrets. */
export const variableTexts = () =>
	written<Readonly<Record<string, Text>>>(
		(value) =>
			typeof value === 'object' &&
			value !== null &&
			!Array.isArray(value) &&
			Object.entries(value).every(
				([name, held]) => /^[A-Za-z_]\w*$/.test(name) && isText(held) && !reveal(held).includes('\0'),
			),
		{
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error: 'expected variable names with their text',
		},
	);
