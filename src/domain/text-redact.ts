const HIDDEN = '***';
const SHORTEST = 4;

/** Replaces every known secret value in `text`, also where it stands URL-encoded, in base64 or JSON-escaped, by `***`. */
export const redact = (text: string, secrets: readonly string[]): string => createRedactor(secrets)(text);

/**
 * The same for many texts: the search is prepared once. Values shorter than 4 characters are left alone, since hiding
 * them would only tear holes into ordinary words.
 */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
	const forms = new Set<string>();
	for (const secret of secrets) {
		if (secret.length < SHORTEST) continue;
		for (const form of formsOf(secret)) if (form.length >= SHORTEST) forms.add(form);
	}
	if (forms.size === 0) return (text) => text;
	// The longest first, so that a value that contains another one disappears whole.
	const ordered = [...forms].sort((a, b) => b.length - a.length);
	const pattern = new RegExp(ordered.map(escapePattern).join('|'), 'g');
	return (text) => text.replace(pattern, HIDDEN);
};

const formsOf = (secret: string): string[] => {
	const safe = secret.toWellFormed();
	const url = encodeURIComponent(safe);
	const strictUrl = url.replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	const json = JSON.stringify(safe).slice(1, -1);
	const asciiJson = json.replace(
		/[^\x20-\x7e]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	const forms = [secret, url, strictUrl, json, asciiJson, json.replaceAll('/', '\\/')];
	for (const form of [url, strictUrl]) {
		forms.push(
			form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
			form.replaceAll('%20', '+'),
		);
	}
	const base64 = toBase64(new TextEncoder().encode(safe));
	// Inside a longer text (user:secret) the secret begins at any of three places of a base64 group.
	for (const form of [base64, base64.replace(/=+$/, ''), ...alignedBase64(safe)]) {
		forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(form));
	}
	return forms;
};

/** The base64 characters that depend on the secret alone, for each of the three alignments. */
const alignedBase64 = (secret: string): string[] => {
	const bytes = new TextEncoder().encode(secret);
	const forms: string[] = [];
	for (const offset of [0, 1, 2]) {
		const shifted = new Uint8Array(offset + bytes.length);
		shifted.set(bytes, offset);
		const whole = Math.floor((shifted.length * 8) / 6);
		const core = toBase64(shifted).slice(Math.ceil((offset * 8) / 6), whole);
		// Shorter remains would hit innocent text.
		if (core.length >= 6) forms.push(core);
	}
	return forms;
};

const toBase64 = (bytes: Uint8Array): string => {
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary);
};

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
