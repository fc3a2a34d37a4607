import type { ProbeContext } from '../domain/check.ts';
import type { Fault } from '../domain/fault.ts';
import type { HttpRequest, Limits, ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { type FlowOptions, type FlowStep, methodOfStep } from './flow-options.ts';
import { bodyOf, type HttpOptions, headersOf } from './http-options.ts';

const BODY_LIMIT = 1024 * 1024;
const UPLOAD_LIMIT = 64 * 1024 * 1024;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
	csv: 'text/csv',
	json: 'application/json',
	pdf: 'application/pdf',
	png: 'image/png',
	jpg: 'image/jpeg',
	txt: 'text/plain; charset=utf-8',
	xls: 'application/vnd.ms-excel',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export type FlowLimits = Limits & Pick<ProbeContext, 'now'>;

/** What a step sends, its references filled in already. Faults: those of a file that is to be uploaded. */
export async function requestOf(
	{ files = {}, verifyTls }: FlowOptions,
	step: FlowStep,
	ports: Pick<ProbePorts, 'files'>,
	limits: Limits,
): Promise<Result<HttpRequest, Fault>> {
	const sent = headersOf(asHttp(step));
	const whole = {
		url: step.url,
		method: methodOfStep(step),
		redirects: step.redirects,
		bodyLimit: BODY_LIMIT,
		connection: 'kept' as const,
		verifyTls,
	};
	if (step.upload !== undefined) {
		const parts: Part[] = fieldsOf(step).map(([name, text]) => ({ name, bytes: Buffer.from(reveal(text)) }));
		for (const [name, file] of Object.entries(step.upload)) {
			const path = files[file] ?? '';
			const read = await ports.files.readBytes(path, UPLOAD_LIMIT, limits);
			if (!read.ok) return err(read.error);
			parts.push({ name, bytes: read.value, file: path.split('/').at(-1) ?? file });
		}
		const { boundary, bytes } = multipart(parts);
		const headers = { ...sent, 'content-type': `multipart/form-data; boundary=${boundary}` };
		return ok({ ...whole, headers, body: bytes });
	}
	if (step.form !== undefined) {
		const headers = { 'content-type': 'application/x-www-form-urlencoded', ...sent };
		return ok({ ...whole, headers, body: formText(fieldsOf(step)) });
	}
	return ok({ ...whole, headers: sent, body: bodyOf(asHttp(step)) });
}

/** A step asks as the `http` kind does; what it says besides is the flow's own. */
function asHttp({ url, headers, auth, body }: FlowStep): HttpOptions {
	const asked = { url, headers, auth, body };
	return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as HttpOptions;
}

function fieldsOf({ form = {} }: FlowStep): [string, Text][] {
	return Object.entries(form).map(([name, value]) => [
		name,
		typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
	]);
}

function formText(fields: readonly [string, Text][]): Text {
	const pair = (name: string, value: string) => new URLSearchParams([[name, value]]).toString();
	const written = fields.map(([name, value]) => pair(name, reveal(value))).join('&');
	if (!fields.some(([, value]) => value instanceof Secret)) return written;
	const shape = fields.map(([name, value]) =>
		value instanceof Secret ? `${pair(name, '')}\${${value.reference}}` : pair(name, value),
	);
	return new Secret(written, shape.join('&'));
}

interface Part {
	readonly name: string;
	readonly bytes: Uint8Array;
	readonly file?: string;
}

/** RFC 7578. The boundary is one that no part holds. */
export function multipart(parts: readonly Part[]): { readonly boundary: string; readonly bytes: Uint8Array } {
	let boundary = 'rounds-boundary';
	for (let n = 0; parts.some(({ bytes }) => Buffer.from(bytes).includes(boundary)); n++)
		boundary = `rounds-boundary-${n}`;
	const quoted = (text: string) => `"${text.replace(/["\r\n]/g, (one) => encodeURIComponent(one))}"`;
	const written = parts.flatMap(({ name, bytes, file }) => {
		const head = [`--${boundary}`, `Content-Disposition: form-data; name=${quoted(name)}`];
		if (file !== undefined) {
			const ending = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';
			head[1] += `; filename=${quoted(file)}`;
			head.push(`Content-Type: ${MEDIA_TYPES[ending] ?? 'application/octet-stream'}`);
		}
		return [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes, Buffer.from('\r\n')];
	});
	return { boundary, bytes: Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]) };
}
