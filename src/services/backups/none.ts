import { refuse } from '../refusing.ts';
import type { Backups } from './define.ts';

/** Where nothing is backed up. */
export function noBackups(): Backups {
	const none = async (plan: string) => refuse('no-such-plan', { plan });
	return {
		refuses: async () => null,
		run: async () => ({ level: 'unknown', samples: {}, reasons: [], output: '', files: [] }),
		look: async () => ({ ok: true, value: { plans: [] } }),
		copies: none,
		prunePreview: none,
		restorePreview: none,
		pictures: () => [],
		tick() {},
		reread() {},
		open: async () => {},
	};
}
