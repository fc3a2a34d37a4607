import { bodyOf, type HttpOptions, headersOf, methodOf } from './http-options.ts';
import { shellWord } from './shell-word.ts';

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
			parts.push('-u', shellWord(options.auth.password, `${options.auth.user}:`));
		} else parts.push('-H', shellWord(value, `${name}: `));
	}
	const body = bodyOf(options);
	if (body !== null) parts.push('--data-raw', shellWord(body));
	parts.push(shellWord(options.url));
	return parts.join(' ');
}
