/** Where a headless command prints, whether colours are wanted there, and where a line may be drawn anew. */
export function standardStreams() {
	const { env, stdout, stderr } = process;
	const isLive = stderr.isTTY === true && env['TERM'] !== 'dumb' && !!env['TERM'];
	return {
		out: (text: string) => void stdout.write(text),
		err: (text: string) => void stderr.write(text),
		live: isLive
			? { write: (text: string) => void stderr.write(text), columns: () => stderr.columns || 80 }
			: null,
		color: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
	};
}
