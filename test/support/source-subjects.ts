import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Manifest } from '../../src/domain/backup.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { DATABASE_SUBJECTS } from './source-subjects-databases.ts';
import { FILES_SUBJECT } from './source-subjects-files.ts';
import { COMMAND_SUBJECT, ENV_SUBJECT } from './source-subjects-records.ts';
import type { SourceWorld } from './source-world.ts';

/** Stands in every option that is a secret; may be said nowhere. */
export const HIDDEN = 'sup3r-hidden-value';

type Written = Record<string, unknown>;

/** What the contract suite needs to know about a source. One without an entry in SOURCE_SUBJECTS fails the suite. */
export interface SourceSubject {
	/** What is missing on this machine, by the name of its package; null: all is there. Its tests are skipped, and counted. */
	readonly needs?: () => string | null;
	/** Seconds one of its tests may take. Default 30. */
	readonly seconds?: number;
	/** Makes a live thing; the plan's own keys, with HIDDEN wherever a secret can stand. */
	readonly make: (world: SourceWorld) => Written | Promise<Written>;
	/** Makes it unreadable for a copy, and the fault that this is. */
	readonly gone: readonly [code: string, (world: SourceWorld) => void | Promise<void>];
	/** Of increments: what they continue. */
	readonly around?: (world: SourceWorld) => Promise<{ readonly previous: null; readonly base: Manifest }>;
	/** Of a copy that its source verifies without a hash: bytes here and there are flipped, and it has to find that. */
	readonly findsFlips: boolean;
	/** null: what is kept is a record that cannot be put back. */
	readonly restoring: RestoringSubject | null;
}

export interface RestoringSubject {
	/** What the live thing holds, to be compared before and after. */
	readonly state: (world: SourceWorld) => unknown;
	/** Changes it, so that an exchange can be seen. */
	readonly change: (world: SourceWorld) => void | Promise<void>;
	/** Ends whoever uses it, as a plan's stop actions do before it is replaced or put back; `state` and `change` start it again. */
	readonly stop?: (world: SourceWorld) => Promise<void>;
	/** A named staging place as `drill.into` has it, in which something stands that is not ours; null: there is no such place. */
	readonly full: ((world: SourceWorld) => Written | Promise<Written>) | null;
	/** One that is empty, or not there. */
	readonly empty: ((world: SourceWorld) => Written | Promise<Written>) | null;
	/** Statements that change what `measure` says; null where masking has no meaning. */
	readonly mask: readonly string[] | null;
	/** What is left outside of folders: names of scratch databases, clusters. */
	readonly left?: (world: SourceWorld) => readonly string[] | Promise<readonly string[]>;
	/** Copies that continue this one, oldest first. */
	readonly increments?: (world: SourceWorld) => Promise<OpenedCopy['increments']>;
}

const live = (world: SourceWorld): string => join(world.folder, 'app.db');

function withDatabase<Value>(file: string, act: (db: Database.Database) => Value): Value {
	const db = new Database(file);
	try {
		return act(db);
	} finally {
		db.close();
	}
}

export const SOURCE_SUBJECTS: Readonly<Record<string, SourceSubject>> = {
	...DATABASE_SUBJECTS,
	files: FILES_SUBJECT,
	env: ENV_SUBJECT,
	command: COMMAND_SUBJECT,
	sqlite: {
		make(world) {
			withDatabase(live(world), (db) => {
				db.pragma('journal_mode = WAL');
				db.exec(`CREATE TABLE bill (id INTEGER PRIMARY KEY, cents INTEGER NOT NULL, body TEXT NOT NULL);
					CREATE TABLE "odd ""name" (x); CREATE INDEX bill_cents ON bill (cents); PRAGMA user_version = 7`);
				const insert = db.prepare('INSERT INTO bill (cents, body) VALUES (?, ?)');
				db.transaction(() => {
					for (let index = 0; index < 3_000; index++) insert.run(index * 7, `bill ${index} `.repeat(20));
				})();
			});
			return { file: live(world), sums: { cents: 'select sum(cents) from bill' } };
		},
		gone: ['database-missing', (world) => world.ports.folders.remove(live(world)).then(() => {})],
		findsFlips: true,
		restoring: {
			state: (world) =>
				withDatabase(live(world), (db) => ({
					bills: db.prepare('SELECT count(*), sum(cents), max(body) FROM bill').all(),
					mode: db.pragma('journal_mode', { simple: true }),
				})),
			change: (world) =>
				void withDatabase(live(world), (db) =>
					db.exec('DELETE FROM bill WHERE id % 3 = 0; UPDATE bill SET cents = 1'),
				),
			full(world) {
				const file = join(world.folder, 'staging.db');
				withDatabase(file, (db) => db.exec('CREATE TABLE theirs (x)'));
				return { file };
			},
			empty: (world) => ({ file: join(world.folder, 'staging.db') }),
			mask: ['UPDATE bill SET cents = 0'],
		},
	},
};
