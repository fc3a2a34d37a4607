import type { Migration } from './index.ts';

/**
 * What several operators on one round need: a draft of each one's own (step -1: the words of the sign-off), who wrote a
 * note and who touched a round last, who writes a signed round's files, and which process runs an operation.
 */
export const severalHands: Migration = {
	number: 2,
	name: 'several-hands',
	sql: `
CREATE TABLE draft (
	round_id INTEGER NOT NULL REFERENCES round (id), step INTEGER NOT NULL, operator TEXT NOT NULL,
	text TEXT NOT NULL, at INTEGER NOT NULL,
	PRIMARY KEY (round_id, step, operator)
) STRICT, WITHOUT ROWID;
INSERT INTO draft SELECT s.round_id, s.step, r.started_by, s.draft, r.started_at
	FROM step s JOIN round r ON r.id = s.round_id WHERE s.draft IS NOT NULL;
ALTER TABLE step DROP COLUMN draft;
ALTER TABLE step ADD COLUMN noted_at INTEGER;
ALTER TABLE step ADD COLUMN noted_by TEXT;
ALTER TABLE step ADD COLUMN noted_version INTEGER NOT NULL DEFAULT 0;

ALTER TABLE round ADD COLUMN touched_at INTEGER;
ALTER TABLE round ADD COLUMN touched_by TEXT;
ALTER TABLE round ADD COLUMN claimed_at INTEGER;
ALTER TABLE round ADD COLUMN claimed_by TEXT;
CREATE INDEX round_unwritten ON round (environment_id) WHERE signed_at IS NOT NULL AND files = '[]';

ALTER TABLE operation ADD COLUMN session TEXT;
ALTER TABLE operation ADD COLUMN pid INTEGER;
ALTER TABLE operation ADD COLUMN host TEXT;
ALTER TABLE operation ADD COLUMN born TEXT;
`,
};
