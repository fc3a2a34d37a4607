import type { Migration } from './index.ts';

/**
 * What is known of backups: copies as they were last seen in their targets (the manifests there are the truth), drills, which
 * planned runs were taken on, and who asked for a restore that a second operator has to agree to.
 */
export const backups: Migration = {
	number: 4,
	name: 'backups',
	sql: `
CREATE TABLE copy (
	environment_id INTEGER NOT NULL REFERENCES environment (id),
	plan TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL,
	at INTEGER NOT NULL, bytes INTEGER NOT NULL, state TEXT NOT NULL, manifest TEXT NOT NULL,
	verified_at INTEGER, proven_at INTEGER, pinned TEXT,
	PRIMARY KEY (environment_id, plan, target, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE drill (
	id INTEGER PRIMARY KEY AUTOINCREMENT, environment_id INTEGER NOT NULL REFERENCES environment (id),
	plan TEXT NOT NULL, copy TEXT NOT NULL, target TEXT NOT NULL, by TEXT NOT NULL,
	started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, level INTEGER NOT NULL,
	rto_ms INTEGER NOT NULL, rpo_ms INTEGER NOT NULL, could_fail INTEGER NOT NULL, evidence TEXT NOT NULL,
	operation_id INTEGER REFERENCES operation (id)
) STRICT;
CREATE INDEX drill_newest ON drill (environment_id, plan, started_at);

CREATE INDEX operation_of ON operation (environment_id, action, id);

CREATE TABLE planned_run (
	environment_id INTEGER NOT NULL REFERENCES environment (id), plan TEXT NOT NULL,
	planned_at INTEGER NOT NULL, attempts INTEGER NOT NULL, taken_at INTEGER NOT NULL,
	PRIMARY KEY (environment_id, plan)
) STRICT, WITHOUT ROWID;

CREATE TABLE restore_request (
	environment_id INTEGER NOT NULL REFERENCES environment (id), plan TEXT NOT NULL,
	copy TEXT NOT NULL, target TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
	PRIMARY KEY (environment_id, plan)
) STRICT, WITHOUT ROWID;
`,
};
