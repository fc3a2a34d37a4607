import { Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';

/** A text as one shell word; a hostile string cannot leave its quotes. A secret stands as where it comes from. */
export function shellWord(text: Text, before = ''): string {
	if (!(text instanceof Secret)) return quote(before + text);
	return (before === '' ? '' : quote(before)) + secretWord(text);
}

function quote(text: string): string {
	const safe = clean(text);
	return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/**
 * A secret's reference is either plain (`env:TOKEN`) or a text with parts in braces (`Bearer ${env:TOKEN}`), as it was
 * composed. Its value is never looked at.
 */
function secretWord(secret: Secret): string {
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
