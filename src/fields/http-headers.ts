import { reveal, type Text } from '../domain/secret.ts';
import { isText, written } from './fields.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const httpHeaders = () =>
	written<Record<string, Text>>(
		(value) =>
			typeof value === 'object' &&
			value !== null &&
			!Array.isArray(value) &&
			Object.entries(value).every(
				([name, held]) => TOKEN.test(name) && isText(held) && !/[\r\n\0]/.test(reveal(held)),
			),
		{
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error: 'expected header names with their text, such as {Accept: "application/json"}',
		},
	);
