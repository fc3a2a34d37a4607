import { z } from 'zod';
import { Secret, type Text } from '../domain/secret.ts';
import { isText, secretText, size, url } from '../fields/fields.ts';
import { httpHeaders } from '../fields/http-headers.ts';

export { httpHeaders };

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const trueOrFalse = () => z.boolean({ error: 'expected true or false' });

export const httpMethod = () => z.enum(METHODS, { error: `expected one of ${METHODS.join(', ')}` });

export const httpAuth = () =>
	z.union(
		[
			z.strictObject({ bearer: secretText().describe('Sent as "Authorization: Bearer …".') }),
			z.strictObject({
				user: z.string({ error: 'expected text' }).describe('Name for basic authentication.'),
				password: secretText().describe('Password for basic authentication.'),
			}),
		],
		{
			error:
				'expected {bearer: "secret:name"} or {user: name, password: "secret:name"}; never the value itself',
		},
	);

export const httpSchema = z.strictObject({
	url: url().describe('Address to ask, http or https.'),
	method: httpMethod()
		.optional()
		.describe(
			'GET, or POST when there is a body. In an environment with a guard PUT, PATCH and DELETE are refused, and a POST without `reads`: a flow writes.',
		),
	headers: httpHeaders()
		.optional()
		.describe('Headers to send. Those that hold a secret never follow a redirect elsewhere.'),
	auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
	body: z.unknown().optional().describe('Text sent as it is, or a YAML value sent as JSON.'),
	reads: trueOrFalse()
		.optional()
		.describe(
			'true says that this POST is a question and changes nothing, as a search or a GraphQL query; needed where the environment has a guard.',
		),
	redirects: z
		.int({ error: 'expected a number from 0 to 5' })
		.min(0, 'expected a number from 0 to 5')
		.max(5, 'expected a number from 0 to 5')
		.prefault(5)
		.describe('How many redirects to follow; with 0 the redirect itself is the answer.'),
	bodyLimit: size().prefault('1MiB').describe('The largest answer, after decompression; more is a fault.'),
	connection: z
		.enum(['kept', 'fresh'], { error: 'expected kept or fresh' })
		.prefault('kept')
		.describe(
			'"kept" reuses a connection and is cheap; "fresh" opens one each time and finds DNS, TCP and TLS faults.',
		),
	verifyTls: trueOrFalse().prefault(true).describe('Whether a certificate must be valid.'),
	read: z
		.enum(['auto', 'json', 'text'], { error: 'expected auto, json or text' })
		.prefault('auto')
		.describe(
			'"json": anything else is a fault. "text": conditions read the text as `$`. "auto": JSON when it is said or looks so.',
		),
});

export type HttpOptions = z.output<typeof httpSchema>;

export function methodOf(options: HttpOptions): string {
	return options.method ?? (options.body === undefined ? 'GET' : 'POST');
}

/** The body to send; a Secret as soon as any part of it is one. */
export function bodyOf(options: HttpOptions): Text | null {
	const { body } = options;
	if (body === undefined) return null;
	if (isText(body)) return body;
	const written = JSON.stringify(uncover(body, (secret) => secret.reveal()));
	const template = JSON.stringify(uncover(body, (secret) => `\${${secret.reference}}`));
	return written === template ? written : new Secret(written, template);
}

// JSON.stringify alone would ask a Secret for its JSON and send three stars.
function uncover(value: unknown, say: (secret: Secret) => string): unknown {
	if (value instanceof Secret) return say(value);
	if (Array.isArray(value)) return value.map((part) => uncover(part, say));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, uncover(part, say)]));
}

/** Everything sent, including what `auth` and a structured body imply; a header written by the operator wins. */
export function headersOf(
	options: Partial<Pick<HttpOptions, 'auth' | 'headers' | 'body'>>,
): Readonly<Record<string, Text>> {
	const sent: Record<string, Text> = {};
	const { auth: credentials } = options;
	if (options.body !== undefined && !isText(options.body)) sent['content-type'] = 'application/json';
	if (credentials !== undefined) sent['authorization'] = credentialsOf(credentials);
	for (const [name, value] of Object.entries(options.headers ?? {})) sent[name.toLowerCase()] = value;
	return sent;
}

export type HttpAuth = NonNullable<HttpOptions['auth']>;

/** What the header says. */
export function credentialsOf(credentials: HttpAuth): Secret {
	if ('bearer' in credentials) {
		const { bearer } = credentials;
		return new Secret(`Bearer ${bearer.reveal()}`, `Bearer \${${bearer.reference}}`);
	}
	const pair = Buffer.from(`${credentials.user}:${credentials.password.reveal()}`).toString('base64');
	return new Secret(`Basic ${pair}`, credentials.password.reference);
}
