import type { BackupPlan, Copy, Manifest } from '../../src/domain/backup.ts';
import { planId } from '../../src/domain/ids.ts';

export const DAY = 86_400_000;
export const NOW = Date.parse('2025-11-22T12:00:00Z');

/** A manifest with nothing remarkable in it. */
export function manifest(extra: Partial<Manifest> = {}): Manifest {
	return {
		format: 1,
		program: 'rounds 0.0.0-test',
		system: 'Shop',
		environment: 'default',
		host: 'here',
		plan: 'database',
		source: 'sqlite',
		subject: 'shop.db',
		name: 'shop.db.backup.20251122',
		by: 'mei',
		startedAt: '2025-11-22T02:00:00.000Z',
		asOf: '2025-11-22T02:00:01.000Z',
		durationMs: 1_000,
		bytes: 1_000,
		sha256: 'a'.repeat(64),
		plainBytes: 1_000,
		plainSha256: 'a'.repeat(64),
		compress: 'none',
		encrypted: 'no',
		method: 'wal-snapshot',
		versions: { sqlite: '3.50.0' },
		rows: { sale: 3 },
		sums: null,
		facts: {},
		pinned: null,
		base: null,
		...extra,
	};
}

/** The copy of so many days ago, `c3`. */
export function copy(days: number, extra: Partial<Copy> & { readonly base?: string } = {}): Copy {
	const at = NOW - days * DAY;
	const { base = null, ...rest } = extra;
	const iso = new Date(at).toISOString();
	const pinned = rest.pinned ?? null;
	return {
		plan: planId('database'),
		target: 'backups/',
		name: `c${days}`,
		manifest: manifest({ name: `c${days}`, startedAt: iso, asOf: iso, base, pinned }),
		at,
		bytes: 1_000,
		state: 'there',
		verifiedAt: null,
		provenAt: null,
		pinned,
		...rest,
	};
}

/** A plan of a SQLite database, by hand only. */
export function plan(extra: Partial<BackupPlan> = {}): BackupPlan {
	return {
		id: planId('database'),
		title: 'Database',
		source: 'sqlite',
		options: { file: '/srv/shop.db', wait: 250 },
		targets: [{ name: 'backups/', kind: 'directory', options: { path: '/srv/backups' } }],
		names: { plain: 'shop.db.backup.YYYYMMDD', pinned: 'shop.db.backup.YYYYMMDD_HHMMSS' },
		compress: 'none',
		encrypt: null,
		schedule: null,
		keep: { ageMs: null, count: null },
		prove: [],
		drill: { everyMs: null, into: null, mask: [], must: [], should: [] },
		restore: { stop: [], start: [], second: false, warn: null },
		base: null,
		timeoutMs: 60_000,
		nothing: null,
		...extra,
	};
}
