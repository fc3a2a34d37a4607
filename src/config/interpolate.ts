import { Secret, type Text } from '../domain/secret.ts';

/** A part of a string of the configuration. Offsets are those of the string. */
export type Piece =
	| { readonly kind: 'plain'; readonly text: string }
	| {
			readonly kind: 'name' | 'env' | 'secret';
			readonly name: string;
			readonly offset: number;
			readonly length: number;
	  }
	| { readonly kind: 'open' | 'bad'; readonly offset: number; readonly length: number };

/** `${name}`, `${env:NAME}`, `${secret:name}`, a whole `secret:name`; `$$` is a dollar sign, any other `$` itself. */
export function piecesOf(text: string): readonly Piece[] {
	const whole = /^secret:([\p{L}_][\p{L}\p{N}_-]*)$/u.exec(text);
	if (whole !== null)
		return [{ kind: 'secret', name: whole[1] as string, offset: 7, length: text.length - 7 }];
	const pieces: Piece[] = [];
	let plain = '';
	const push = (piece: Piece) => {
		if (plain !== '') pieces.push({ kind: 'plain', text: plain });
		plain = '';
		pieces.push(piece);
	};
	for (let at = 0; at < text.length; at++) {
		if (text.startsWith('$$', at)) {
			plain += '$';
			at++;
		} else if (text.startsWith('${', at)) {
			const end = text.indexOf('}', at);
			if (end === -1) {
				push({ kind: 'open', offset: at, length: 2 });
				break;
			}
			const named = /^(?:(env|secret):)?([\p{L}_][\p{L}\p{N}_-]*)$/u.exec(text.slice(at + 2, end));
			const place = { offset: at, length: end + 1 - at };
			if (named === null) push({ kind: 'bad', ...place });
			else
				push({
					kind: (named[1] as 'env' | 'secret' | undefined) ?? 'name',
					name: named[2] as string,
					...place,
				});
			at = end;
		} else plain += text[at];
	}
	if (plain !== '') pieces.push({ kind: 'plain', text: plain });
	return pieces;
}

/** One text of parts; secret as soon as one part is. */
export function joinTexts(parts: readonly Text[]): Text {
	const secrets = parts.filter((part) => part instanceof Secret);
	if (secrets.length === 0) return parts.join('');
	if (parts.length === 1) return secrets[0] as Secret;
	const value = parts.map((part) => (part instanceof Secret ? part.reveal() : part)).join('');
	// As it was composed, so that a copied command can say `Bearer $TOKEN`.
	const reference = parts.map((part) => (part instanceof Secret ? `\${${part.reference}}` : part)).join('');
	return new Secret(value, reference);
}
