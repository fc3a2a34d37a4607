import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { isStale } from '../../src/domain/check-state.ts';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { CheckPicture, SystemFace } from '../../src/domain/picture.ts';
import { standingOf } from '../../src/domain/round.ts';
import { reasonLine } from '../../src/services/records/reason-line.ts';
import { openStorage } from '../../src/storage/open.ts';
import { makeSystem, openTest, type TestEngine } from './engine.ts';
import { createFakeClock } from './fake-clock.ts';
import { createScenarioWorld, durationOf, type Phase } from './scenario-world.ts';

/** How a check is expected to stand: `ok`, `critical soft 2`, `warning hard`, `pending`, `stale`; or that with its reasons. */
type Standing =
	| string
	| { readonly is: string; readonly en?: readonly string[]; readonly zh?: readonly string[] };

interface Moment {
	/** Since the console was opened, on the monotonic clock. */
	readonly at: string;
	/** The machine sleeps: the wall clock goes on, the monotonic one stands. Negative: somebody set the clock back. */
	readonly jump?: string;
	/** Somebody else holds the store's write lock, or lets go of it. */
	readonly store?: 'locked' | 'free';
	/** The configuration is edited to this. */
	readonly config?: Readonly<Record<string, unknown>>;
	/** A round of this sheet is begun. */
	readonly begin?: string;
	/** The round in progress is signed. */
	readonly sign?: true;
	readonly is?: Readonly<Record<string, Standing>>;
	readonly plan?: Readonly<Record<string, string>>;
	/** Standings of the round's steps, in order. */
	readonly steps?: readonly string[];
	/** How often an endpoint was asked so far. */
	readonly asked?: Readonly<Record<string, number>>;
	readonly unsaved?: number;
	readonly notices?: readonly string[];
	readonly problems?: number;
}

/** A world in the operator's words, and what is expected of the console in it. */
export interface Scenario {
	readonly about: string;
	readonly start?: string;
	readonly config: Readonly<Record<string, unknown>>;
	readonly world: Readonly<Record<string, readonly Phase[]>>;
	readonly timeline: readonly Moment[];
	/** Every flip that was stored, in order: `api pending>ok`. */
	readonly flips: readonly string[];
	/** How many observations of a check were stored. */
	readonly stored?: Readonly<Record<string, number>>;
}

/** Poller → recorder → SQLite under the fake clock; every expectation of the timeline is compared at its moment. */
export async function playScenario(scenario: Scenario): Promise<void> {
	const clock = createFakeClock(Date.parse(scenario.start ?? '2025-11-22T08:00:00Z'));
	const began = clock.monotonic();
	const { world, asked } = createScenarioWorld(clock, scenario.world);
	const yaml = (config: Readonly<Record<string, unknown>>) =>
		stringify({ version: 1, system: 'Scenario', ...config });
	const system = makeSystem(yaml(scenario.config));
	const engine = await openTest(system.options({ world }));
	const storeOptions = {
		path: `${system.folder}/.rounds`,
		environment: engine.events.flatMap((e) => (e.kind === 'system' ? [e.face.environment.name] : []))[0]!,
		group: null,
		now: clock.now(),
		version: 'test',
	};
	let lock: Database.Database | null = null;
	onTestFinished(() => void lock?.close());

	const act = async (moment: Moment) => {
		if (moment.jump !== undefined) clock.jumpWall(durationOf(moment.jump));
		if (moment.store === 'locked') {
			lock = new Database(`${storeOptions.path}/rounds.db`);
			lock.exec('BEGIN IMMEDIATE');
		}
		if (moment.store === 'free') {
			lock?.exec('ROLLBACK');
			lock?.close();
			lock = null;
		}
		if (moment.config !== undefined) {
			const told = engine.next((e) => e.kind === 'config');
			writeFileSync(system.config, yaml(moment.config));
			// The console looks every two seconds; reading the files takes real time.
			await clock.advance(2_000);
			await told;
		}
		if (moment.begin !== undefined) await engine.begin(moment.begin);
		if (moment.sign) {
			const round = engine.round()!;
			await engine.send('round.sign', { round: round.id, note: '', version: round.version });
		}
	};

	for (const moment of scenario.timeline) {
		await clock.advance(durationOf(moment.at) - (clock.monotonic() - began));
		await act(moment);
		await clock.idle();
		const seen = await look(engine, moment, asked, clock.now());
		expect(seen, `at ${moment.at}`).toEqual(expectedOf(moment));
	}
	await engine.close();
	const storage = openStorage(storeOptions);
	if (!storage.ok) throw new Error(storage.error.code);
	const flips = storage.value.observations.flips(0, 10_000);
	const kept = Object.keys(scenario.stored ?? {}).map((id) => {
		const found = storage.value.observations.of(checkId(id), 0, 1e15, 100_000);
		return [id, found.ok ? found.value.length : null];
	});
	storage.value.close();
	if (!flips.ok) throw new Error(flips.error.code);
	const told = flips.value.map((f) => `${f.check} ${f.from}>${f.to}`);
	expect(told, 'flips').toEqual(scenario.flips);
	expect(Object.fromEntries(kept), 'stored').toEqual(scenario.stored ?? {});
}

function expectedOf(moment: Moment): unknown {
	const { is, plan, steps, asked, unsaved, notices, problems } = moment;
	return { is, plan, steps, asked, unsaved, notices, problems };
}

/** What the moment asks about, as it is. */
async function look(
	engine: TestEngine,
	moment: Moment,
	asked: ReadonlyMap<string, number>,
	now: number,
): Promise<unknown> {
	const told: EngineEvent[] = [];
	engine.engine.subscribe((event) => void told.push(event))();
	const face = told.flatMap((e) => (e.kind === 'system' ? [e.face] : [])).at(-1)!;
	const pictures = told.flatMap((e) => (e.kind === 'picture' ? e.checks : []));
	const plan = told.flatMap((e) => (e.kind === 'plan' ? e.plan : []));
	const storage = told.flatMap((e) => (e.kind === 'storage' ? [e.storage] : [])).at(-1)!;
	const problems = told.flatMap((e) => (e.kind === 'config' ? [e.problems.length] : [])).at(-1);
	const only = <T>(wanted: Readonly<Record<string, unknown>> | undefined, of: (name: string) => T) =>
		wanted && Object.fromEntries(Object.keys(wanted).map((name) => [name, of(name)]));
	const is: Record<string, Standing> = {};
	for (const [id, expected] of Object.entries(moment.is ?? {})) {
		const picture = pictures.find((p) => p.id === id);
		const standing = standingIn(picture, face, now);
		if (typeof expected === 'string') {
			is[id] = standing;
			continue;
		}
		const reasons = picture?.reasons ?? [];
		is[id] = {
			is: standing,
			...(expected.en ? { en: reasons.map((r) => reasonLine(r, 'en')) } : {}),
			...(expected.zh ? { zh: reasons.map((r) => reasonLine(r, 'zh-CN')) } : {}),
		};
	}
	return {
		is: moment.is && is,
		plan: only(moment.plan, (sheet) => plan.findLast((p) => p.sheet === sheet)?.standing),
		steps: moment.steps && engine.round()?.steps.map(standingOf),
		asked: only(moment.asked, (name) => asked.get(name) ?? 0),
		unsaved: moment.unsaved === undefined ? undefined : storage.unsaved,
		notices:
			moment.notices &&
			engine.events.flatMap((e) => (e.kind === 'notice' && e.code.startsWith('clock.') ? [e.code] : [])),
		problems: moment.problems === undefined ? undefined : problems,
	};
}

function standingIn(picture: CheckPicture | undefined, face: SystemFace, now: number): string {
	if (!picture || picture.at === 0) return picture ? 'pending' : 'not there';
	const rules = face.checks.find((c) => c.id === picture.id)!;
	if (isStale(picture.at, now, rules)) return 'stale';
	if (picture.level === 'ok') return 'ok';
	return `${picture.level} ${picture.hard ? 'hard' : `soft ${picture.attempt}`}`;
}
