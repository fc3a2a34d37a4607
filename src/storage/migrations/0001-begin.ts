import type { Migration } from './index.ts';

/**
 * Observations of hours still open are clustered by time, so that a batch touches the newest pages only
 * (observation-key.ts); closed hours are packed per check. Levels are numbers (codes.ts), times epoch ms, durations µs.
 */
export const begin: Migration = {
	number: 1,
	name: 'begin',
	sql: `
CREATE TABLE migration (
	number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL, program TEXT NOT NULL
) STRICT;

CREATE TABLE environment (
	id INTEGER PRIMARY KEY CHECK (id < 32), name TEXT NOT NULL UNIQUE,
	packed_to INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE check_name (id INTEGER PRIMARY KEY CHECK (id < 65536), name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE sample_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE observation (
	key INTEGER PRIMARY KEY,
	level INTEGER NOT NULL, duration_us INTEGER NOT NULL,
	samples BLOB, why TEXT, why_back INTEGER
) STRICT;
CREATE TABLE packed (
	environment_id INTEGER NOT NULL, hour INTEGER NOT NULL, check_id INTEGER NOT NULL,
	count INTEGER NOT NULL, body BLOB NOT NULL,
	PRIMARY KEY (environment_id, hour, check_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE roll_up (
	environment_id INTEGER NOT NULL, hour INTEGER NOT NULL, check_id INTEGER NOT NULL, name_id INTEGER NOT NULL,
	n INTEGER NOT NULL, bad INTEGER NOT NULL, worst INTEGER NOT NULL,
	numbers INTEGER NOT NULL, min REAL, max REAL, sum REAL, p50 REAL, p95 REAL, p99 REAL, histogram BLOB,
	PRIMARY KEY (environment_id, hour, check_id, name_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE check_state (
	environment_id INTEGER NOT NULL, check_id INTEGER NOT NULL,
	level INTEGER NOT NULL, hard INTEGER NOT NULL, attempt INTEGER NOT NULL, since INTEGER NOT NULL,
	hard_level INTEGER NOT NULL, hard_since INTEGER NOT NULL, at INTEGER NOT NULL,
	PRIMARY KEY (environment_id, check_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE flip (
	environment_id INTEGER NOT NULL, at INTEGER NOT NULL, check_id INTEGER NOT NULL,
	from_level INTEGER NOT NULL, to_level INTEGER NOT NULL,
	PRIMARY KEY (environment_id, at, check_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE round (
	id INTEGER PRIMARY KEY AUTOINCREMENT, environment_id INTEGER NOT NULL REFERENCES environment (id),
	sheet TEXT NOT NULL, title TEXT NOT NULL, due_at INTEGER, grace_ms INTEGER NOT NULL,
	started_at INTEGER NOT NULL, started_by TEXT NOT NULL, version INTEGER NOT NULL,
	signed_at INTEGER, signed_by TEXT, signed_note TEXT, signed_level INTEGER, signed_demo INTEGER,
	files TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE UNIQUE INDEX round_open ON round (environment_id, sheet) WHERE signed_at IS NULL;
CREATE INDEX round_started ON round (environment_id, started_at);
CREATE INDEX round_signed ON round (environment_id, signed_at) WHERE signed_at IS NOT NULL;
CREATE TABLE answer (
	id INTEGER PRIMARY KEY AUTOINCREMENT, round_id INTEGER NOT NULL REFERENCES round (id), step INTEGER NOT NULL,
	version INTEGER NOT NULL, outcome TEXT, note TEXT NOT NULL, at INTEGER, by TEXT, evidence TEXT NOT NULL
) STRICT;
CREATE INDEX answer_step ON answer (round_id, step);
CREATE TABLE step (
	round_id INTEGER NOT NULL REFERENCES round (id), step INTEGER NOT NULL,
	definition TEXT NOT NULL, note TEXT, draft TEXT, found TEXT NOT NULL DEFAULT '[]',
	answer_id INTEGER REFERENCES answer (id), answered_version INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (round_id, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot (
	round_id INTEGER NOT NULL REFERENCES round (id), check_id INTEGER NOT NULL REFERENCES check_name (id),
	name_id INTEGER NOT NULL REFERENCES sample_name (id), value TEXT NOT NULL,
	PRIMARY KEY (round_id, check_id, name_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE baseline (
	environment_id INTEGER NOT NULL, check_id INTEGER NOT NULL, name_id INTEGER NOT NULL,
	value TEXT NOT NULL, at INTEGER NOT NULL, round_id INTEGER NOT NULL REFERENCES round (id),
	PRIMARY KEY (environment_id, check_id, name_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE operation (
	id INTEGER PRIMARY KEY AUTOINCREMENT, environment_id INTEGER NOT NULL REFERENCES environment (id),
	action TEXT NOT NULL, title TEXT NOT NULL, by TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
	state TEXT NOT NULL, level INTEGER NOT NULL, samples TEXT NOT NULL, reasons TEXT NOT NULL,
	round_id INTEGER REFERENCES round (id), step INTEGER, parent INTEGER REFERENCES operation (id),
	command TEXT NOT NULL, files TEXT NOT NULL
) STRICT;
CREATE INDEX operation_running ON operation (environment_id) WHERE state = 'running';
CREATE INDEX operation_newest ON operation (environment_id, id);
CREATE TABLE operation_output (operation_id INTEGER PRIMARY KEY REFERENCES operation (id), body TEXT NOT NULL) STRICT;

CREATE TABLE activity (
	id INTEGER PRIMARY KEY, environment_id INTEGER NOT NULL, at INTEGER NOT NULL,
	by TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX activity_at ON activity (environment_id, at);

CREATE TABLE lease (
	environment_id INTEGER PRIMARY KEY, session TEXT NOT NULL, operator TEXT NOT NULL,
	pid INTEGER NOT NULL, host TEXT NOT NULL, beat_at INTEGER NOT NULL
) STRICT;
CREATE TABLE presence (
	environment_id INTEGER NOT NULL, session TEXT NOT NULL, operator TEXT NOT NULL,
	pid INTEGER NOT NULL, host TEXT NOT NULL, looking INTEGER, since INTEGER NOT NULL, beat_at INTEGER NOT NULL,
	PRIMARY KEY (environment_id, session)
) STRICT, WITHOUT ROWID;
`,
};
