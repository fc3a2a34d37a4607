const LOOKED_AT = 2048;
const MOST = 240;

/**
 * What stays the same when something happens again: times, numbers, ids, hex, addresses and quoted values are folded away.
 * `Payment 4711 of "Lim" failed after 31 ms` and `Payment 4712 of "Tan" failed after 7 ms` are one.
 */
export function fingerprintOf(message: string): string {
	return message
		.slice(0, LOOKED_AT)
		.replace(/\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b/g, '#')
		.replace(/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g, '<mail>')
		.replace(/(?<![\p{L}\p{N}])"[^"\n]{0,400}"/gu, '"…"')
		.replace(/(?<![\p{L}\p{N}])'[^'\n]{0,400}'(?![\p{L}\p{N}])/gu, "'…'")
		.replace(/[“‘「『][^”’」』\n]{0,400}[”’」』]/g, '"…"')
		.replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '#')
		.replace(/\b0x[0-9a-f]+\b/gi, '#')
		.replace(/\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}\b/gi, '#')
		.replace(/\b(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}\b/g, '#')
		.replace(/\d+(?:[.,:T/-]\d+)*/g, '#')
		.replace(/#(?:[\s:.,TZ+/-]*#)+Z?/g, '#')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, MOST);
}
