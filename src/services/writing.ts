import type { OwnFilesPort } from '../domain/ports.ts';

/** The files we write, and when everything begun is on disk: an error line nobody waited for must not be lost at the end. */
export interface Writing extends OwnFilesPort {
	settled(): Promise<void>;
}

export function createWriting(files: OwnFilesPort): Writing {
	const begun = new Set<Promise<unknown>>();
	const remember = <T>(writing: Promise<T>): Promise<T> => {
		const forget = () => void begun.delete(writing);
		begun.add(writing);
		writing.then(forget, forget);
		return writing;
	};
	return {
		write: (path, text, options) => remember(files.write(path, text, options)),
		append: (path, text) => remember(files.append(path, text)),
		exists: (path) => files.exists(path),
		ensureDirectory: (path) => remember(files.ensureDirectory(path)),
		async settled() {
			while (begun.size > 0) await Promise.allSettled([...begun]);
		},
	};
}
