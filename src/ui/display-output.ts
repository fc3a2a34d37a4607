/** Where a display sends its bytes: a terminal that is never waited for. */
export interface DisplayOutput {
	readonly columns: number;
	readonly rows: number;
	/** Bytes taken now, 0 when the terminal takes none at the moment. Throws when the terminal is gone. */
	write(bytes: Uint8Array): number;
	/** Blocks the thread for `ms`: only for the last words on the way out. */
	sleep(ms: number): void;
	/** Calls `listener` after each change of size; the returned function ends it. */
	onResize(listener: () => void): () => void;
}
