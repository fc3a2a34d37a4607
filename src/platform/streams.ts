/** Where a headless command prints, and whether colours are wanted there. */
export function standardStreams() {
	const { env, stdout, stderr } = process;
	return {
		out: (text: string) => void stdout.write(text),
		err: (text: string) => void stderr.write(text),
		color: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
	};
}
