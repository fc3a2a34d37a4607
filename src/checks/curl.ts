import { reveal, type Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { bodyOf, type HttpOptions, headersOf, methodOf } from './http-options.ts';

/** One line for a shell that asks the same by hand. Secrets stand as the variable or file they come from. */
export function curlLine(options: HttpOptions): string {
	const method = methodOf(options);
	const parts = ['curl', '-sS', '-i'];
	if (method === 'HEAD') parts.push('-I');
	else if (method !== 'GET') parts.push('-X', method);
	if (options.redirects > 0) parts.push('-L', '--max-redirs', String(options.redirects));
	if (!options.verifyTls) parts.push('-k');
	for (const [name, value] of Object.entries(headersOf(options))) {
		if (name === 'authorization' && options.auth !== undefined && 'user' in options.auth) {
			parts.push('-u', shellText(options.auth.password, `${options.auth.user}:`));
		} else parts.push('-H', shellText(value, `${name}: `));
	}
	const body = bodyOf(options);
	if (body !== null) parts.push('--data-raw', shellText(body));
	parts.push(shellText(options.url));
	return parts.join(' ');
}

/** A text as one shell word. A hostile configuration string cannot leave its quotes. */
export function shellText(text: Text, before = ''): string {
	if (typeof text === 'string') return quote(before + text);
	return (before === '' ? '' : quote(before)) + secretText(text);
}

function quote(text: string): string {
	return `'${clean(text).replaceAll("'", "'\\''")}'`;
}

/**
 * A secret's reference is either plain (`env:TOKEN`) or a text with parts in braces (`Bearer ${env:TOKEN}`), as it was
 * composed; its value is looked at only to know that there is one.
 */
function secretText(secret: Secret): string {
	if (reveal(secret) === '') return "''";
	const parts = secret.reference.split(/\$\{([^}]*)\}/);
	if (parts.length === 1) return expansion(secret.reference);
	return parts.map((part, at) => (at % 2 === 1 ? expansion(part) : part === '' ? '' : quote(part))).join('');
}

function expansion(reference: string): string {
	const [, scheme, rest = ''] = /^(env|file):(.*)$/s.exec(reference) ?? [];
	if (scheme === 'env' && /^[A-Za-z_]\w*$/.test(rest)) return `"$${rest}"`;
	if (scheme === 'file') return `"$(cat ${quote(rest)})"`;
	return '"$SECRET"';
}
