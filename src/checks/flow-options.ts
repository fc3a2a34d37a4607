import { z } from 'zod';
import { parseExpression } from '../domain/condition/index.ts';
import { reveal, type Text } from '../domain/secret.ts';
import { isText, url, written } from '../fields/fields.ts';
import { httpAuth, httpHeaders, httpMethod } from './http-options.ts';

export const STEP_NAME = /^[\p{L}_][\p{L}\p{N}_]*(-[\p{L}\p{N}_]+)*$/u;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

const trueOrFalse = () => z.boolean({ error: 'expected true or false' });
const isMap = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
const mapOf =
	(accepts: (value: unknown) => boolean, least = 0) =>
	(value: unknown) =>
		isMap(value) &&
		Object.keys(value).length >= least &&
		Object.entries(value).every(([name, held]) => STEP_NAME.test(name) && name.length <= 40 && accepts(held));
const isStatus = (value: unknown) => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;
const isField = (value: unknown) => isText(value) || typeof value === 'number' || typeof value === 'boolean';

/** Where in an answer a value stands. */
export interface Capture {
	readonly json?: string;
	readonly header?: string;
	readonly cookie?: string;
	/** Whether it is hidden wherever it turns up; it is, unless this is false. */
	readonly secret?: boolean;
}

function isCapture(value: unknown): boolean {
	if (typeof value === 'string') return isPath(value);
	if (!isMap(value)) return false;
	const { json, header, cookie, secret, ...more } = value;
	const places = [json, header, cookie].filter((place) => place !== undefined);
	const [place] = places;
	return (
		Object.keys(more).length === 0 &&
		places.length === 1 &&
		typeof place === 'string' &&
		(json === undefined ? /^[\w-]+$/.test(place) : isPath(place)) &&
		(secret === undefined || typeof secret === 'boolean')
	);
}

function isPath(value: unknown): boolean {
	return typeof value === 'string' && value.startsWith('$') && parseExpression(value).ok;
}

const step = z.strictObject({
	name: z
		.string({ error: 'expected the name of a step, such as log-in' })
		.max(40, 'expected the name of a step, such as log-in')
		.regex(STEP_NAME, 'expected the name of a step, such as log-in')
		.describe('Name of the step; its samples begin with it.'),
	url: url().describe('Address to ask, http or https.'),
	method: httpMethod().optional().describe('GET, or POST when something is sent.'),
	headers: httpHeaders().optional().describe('Headers to send.'),
	auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
	body: z.unknown().optional().describe('Text sent as it is, or a YAML value sent as JSON.'),
	form: written<Record<string, Text | number | boolean>>(
		(value) => isMap(value) && Object.values(value).every(isField),
		{
			json: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
			error: 'expected fields of a form, such as {user: probe}',
		},
	)
		.optional()
		.describe('Fields of a form.'),
	upload: written<Record<string, string>>(
		(value) =>
			isMap(value) &&
			Object.keys(value).length > 0 &&
			Object.values(value).every((one) => typeof one === 'string'),
		{
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error: 'expected fields with the name of one of "files" each, such as {file: bill}',
		},
	)
		.optional()
		.describe('Files to send as a multipart form, each named in "files".'),
	expect: written<number | readonly number[]>(
		(value) => isStatus(value) || (Array.isArray(value) && value.length > 0 && value.every(isStatus)),
		{
			json: { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' } }] },
			error: 'expected a status such as 200, or a list of them',
		},
	)
		.optional()
		.describe('The status that is right; any below 400 if not said. A refusal is said here: 401, 403.'),
	capture: written<Record<string, string | Capture>>(mapOf(isCapture, 1), {
		json: { type: 'object', additionalProperties: { type: ['string', 'object'] } },
		error:
			'expected names with where each stands, such as {token: $.access_token} or {id: {header: X-Id, secret: false}}',
	})
		.optional()
		.describe(
			'Values kept for later steps as `${captured.NAME}`: a path into the JSON answer, a header or a cookie. Secret unless said otherwise.',
		),
	changes: trueOrFalse()
		.optional()
		.describe(
			'false: nothing is changed although the method could: a log-in, a token refresh, a search, what must be refused.',
		),
	redirects: z
		.int({ error: 'expected a number from 0 to 5' })
		.min(0, 'expected a number from 0 to 5')
		.max(5, 'expected a number from 0 to 5')
		.prefault(0)
		.describe('How many redirects to follow; with 0 the redirect itself is the answer.'),
});

export type FlowStep = z.output<typeof step>;

const steps = () => z.array(step, { error: 'expected a list of steps' }).min(1, 'expected a list of steps');

export const flowShape = z.strictObject({
	steps: steps().describe('What is asked, one after the other.'),
	cleanup: steps()
		.optional()
		.describe('What takes away what the steps left behind; asked at the end, however the steps went.'),
	writes: trueOrFalse()
		.prefault(false)
		.describe('Whether steps may change something. Needs "testData" and "cleanup".'),
	allowIn: z
		.array(z.string({ error: 'expected text' }), { error: 'expected a list of environments' })
		.optional()
		.describe(
			'Environments whose guard does not keep this flow from writing. Without a guard none need be named.',
		),
	testData: written<Record<string, string | number>>(
		mapOf((value) => typeof value === 'string' || typeof value === 'number', 1),
		{
			json: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
			error: 'expected names with their text, such as {customer: rounds-probe}',
		},
	)
		.optional()
		.describe(
			'What is written, by name; steps say `${test.NAME}`. It must tell what is ours from what is real.',
		),
	files: written<Record<string, string>>(
		mapOf((value) => typeof value === 'string' && value !== '' && !value.includes('\0'), 1),
		{
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error: 'expected names with a path each, such as {bill: fixtures/bill.pdf}',
		},
	)
		.optional()
		.describe('Files that steps may upload, by name.'),
	verifyTls: trueOrFalse().prefault(true).describe('Whether a certificate must be valid.'),
});

export type FlowOptions = z.output<typeof flowShape>;

/** What a step sends, as its method: a body or form makes it a POST. */
export function methodOfStep({ method, body, form, upload }: FlowStep): string {
	return method ?? (body === undefined && form === undefined && upload === undefined ? 'GET' : 'POST');
}

/** Whether the step may leave something behind. */
export function isWriting(one: FlowStep): boolean {
	return !SAFE.has(methodOfStep(one)) && one.changes !== false;
}

export function captureOf(written: string | Capture): Capture {
	return typeof written === 'string' ? { json: written } : written;
}

export function expectedOf({ expect }: FlowStep): readonly number[] | null {
	return expect === undefined ? null : typeof expect === 'number' ? [expect] : expect;
}

/** The address as far as the host, in which nothing captured may stand: an answer must not choose who is asked next. */
export function hostIsFixed(address: Text): boolean {
	return !/^https?:\/\/[^/?#]*\$\{/i.test(reveal(address));
}
