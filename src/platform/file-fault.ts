import { type Fault, fault } from '../domain/fault.ts';
import { clean } from '../domain/text.ts';

/** What the file system said, as our fault {path}. Missing files are critical: what was asked for is not there. */
export function fileFault(error: unknown, path: string): Fault {
	const code = (error as { code?: unknown } | null)?.code;
	const shown = clean(path, { max: 300 });
	switch (code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return fault('file-missing', { path: shown });
		case 'EACCES':
		case 'EPERM':
			return fault('no-permission', { path: shown });
		case 'EISDIR':
		case 'ELOOP':
		case 'ENXIO':
			return fault('not-a-file', { path: shown });
		case 'ENOSPC':
		case 'EDQUOT':
			return fault('disk-full', { path: shown });
		case 'EROFS':
			return fault('read-only', { path: shown });
		case 'EMFILE':
		case 'ENFILE':
			return fault('own-limit', { path: shown });
		case 'EEXIST':
			return fault('io-error', { path: shown, reason: 'exists' });
		default:
			return fault('io-error', { path: shown, reason: typeof code === 'string' ? code : 'unknown' });
	}
}
