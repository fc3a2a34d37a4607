import { stat } from 'node:fs/promises';
import picomatch from 'picomatch';
import { glob as walk } from 'tinyglobby';
import type { Fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { fileFault } from './file-fault.ts';

/** Absolute paths of files, sorted. A pattern without wildcards names one file, found or not. */
export async function findFiles(pattern: string, limit: number): Promise<Result<readonly string[], Fault>> {
	const { base, glob, isGlob } = picomatch.scan(pattern);
	if (!isGlob) {
		const found = await stat(pattern).catch(() => null);
		return ok(found === null ? [] : [pattern]);
	}
	// The base still holds the escapes of a folder whose name has brackets in it.
	const folder = base === '' ? '/' : base.replace(/\\(.)/g, '$1');
	try {
		if (!(await stat(folder)).isDirectory()) return ok([]);
		const found = await walk(glob, {
			cwd: folder,
			absolute: true,
			onlyFiles: true,
			dot: true,
			// A link to a folder above would make the walk endless.
			followSymbolicLinks: false,
			expandDirectories: false,
		});
		return ok(found.sort().slice(0, limit));
	} catch (error) {
		const why = fileFault(error, folder);
		return why.code === 'file-missing' ? ok([]) : err(why);
	}
}
