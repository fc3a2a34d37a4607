/** A mistake of this program in one line, with where the rest of it was written. */
export function mistakeLine(text: string, file: string | null): string {
	return `rounds: a mistake of this program: ${text}${file === null ? '' : ` · details in ${file}`}\n`;
}
