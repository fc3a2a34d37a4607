// Needs of Debian: openssh-server openssh-client rsync, and to be root for mounting; what is missing is skipped.
import { execFileSync } from 'node:child_process';
import {
	globSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { fieldWords } from '../../src/config/field-words.ts';
import type { Run, TargetPorts } from '../../src/domain/backup-ports.ts';
import { FAULTS, type Fault } from '../../src/domain/fault.ts';
import type { Result } from '../../src/domain/result.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createHost } from '../../src/platform/host.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { isPart, type TargetKind } from '../../src/targets/define.ts';
import { TARGETS } from '../../src/targets/index.ts';
import { mayMount } from '../support/small-disk.ts';
import { closeShared, SUBJECTS, type TargetPlace, TargetWorld } from '../support/target-subjects.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const COMMON = ['kind'];
const ENOUGH = 60_000;
const BIG = 2_500_000;

const clock = createClock();
const ports: TargetPorts = {
	clock,
	files: createFiles(clock),
	processes: createProcesses(clock),
	host: createHost(),
	folders: createFolders({ clock }),
	s3: createS3(clock),
};
const done = { ok: true, value: undefined };
let world: TargetWorld;
let told: { phase: string; done: number; total: number | null }[];

beforeEach(() => {
	world = new TargetWorld();
	told = [];
});
afterEach(() => world.close());
afterAll(closeShared);

function run(over: Partial<Run> = {}): Run {
	const folder = world.at('run');
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	return {
		now: clock.now(),
		zone: 'UTC',
		folder,
		deadline: clock.monotonic() + ENOUGH,
		signal: new AbortController().signal,
		onProgress: (progress) => told.push(progress),
		onLine: () => {},
		...over,
	};
}

let made = 0;
/** A finished file in the folder of the run. */
function copyOf(bytes: string | Buffer): string {
	const from = join(run().folder, `made-${made++}`);
	writeFileSync(from, bytes);
	return from;
}

function expectFault(answer: Result<unknown, Fault>, ...codes: string[]): void {
	if (answer.ok) throw new Error(`expected ${codes.join(' or ')}, found ${JSON.stringify(answer.value)}`);
	if (!codes.includes(answer.error.code)) throw new Error(JSON.stringify(answer.error));
	expect(Object.keys(FAULTS)).toContain(answer.error.code);
	for (const locale of ['en', 'zh-CN'] as const) {
		const sentence = faultText(answer.error, locale);
		expect(sentence).not.toMatch(/undefined|NaN|\[object|\?|\n/);
		expect(sentence).not.toMatch(CONTROL);
	}
	expect(JSON.stringify(answer.error)).not.toMatch(CONTROL);
}

function value<T>(answer: Result<T, Fault>): T {
	if (!answer.ok) throw new Error(`${answer.error.code}: ${faultText(answer.error, 'en')}`);
	return answer.value;
}

test('every registered target is under this contract, and no other', () => {
	expect(Object.keys(SUBJECTS)).toEqual(TARGETS.map((target) => target.name));
});

const sentences = globSync(join(import.meta.dirname, '../../src/targets/*.ts'))
	.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/(?:error|message):\s*'(expected [^']+)'/g)])
	.map((match) => match[1] as string);

test.each([...new Set(sentences)])('"%s" is said in Chinese too', (sentence) => {
	expect(fieldWords(sentence, 'en')).toBe(sentence);
	expect(fieldWords(sentence, 'zh-CN')).toMatch(/\p{Script=Han}/u);
});

const members = TARGETS.map((target) => [target.name, target as unknown as TargetKind] as const);

describe.each(members)('%s: what is said of it', (name, target) => {
	const keys = () =>
		z.toJSONSchema(target.schema, { io: 'input' }) as {
			properties: Record<string, { description?: string }>;
			additionalProperties?: boolean;
		};

	test('its example is a whole target, and where it is can be said in one line', () => {
		const [written] = Object.values(parseYaml(target.example) as Record<string, Record<string, unknown>>);
		expect(written?.['kind']).toBe(name);
		const parsed = target.schema.safeParse(
			Object.fromEntries(Object.entries(written ?? {}).filter(([key]) => !COMMON.includes(key))),
		);
		// A secret arrives as one: the example can only name it.
		const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
		expect(wrong.filter((message) => !message.includes('a reference to a secret'))).toEqual([]);
		if (parsed.success) expect(target.where(parsed.data)).not.toMatch(CONTROL);
	});

	test('its schema is strict, is shown to editors, and describes every key', () => {
		const schema = keys();
		expect(schema.additionalProperties).toBe(false);
		for (const [key, field] of Object.entries(schema.properties))
			expect([key, field.description]).toEqual([key, expect.stringMatching(/\.$/)]);
		for (const path of target.paths) expect(Object.keys(schema.properties)).toContain(path);
	});

	test('every wrong value is refused with a sentence, never an exception', () => {
		for (const key of Object.keys(keys().properties)) {
			for (const wrong of [null, [], {}, -1, Number.NaN, '\0', '-oProxyCommand=x', new Date(0), [null]]) {
				const parsed = target.schema.safeParse({ [key]: wrong });
				if (parsed.success) continue;
				for (const { message } of parsed.error.issues) expect(message).not.toMatch(/\[object|NaN/);
			}
		}
		expect(target.schema.safeParse('x').success).toBe(false);
	});
});

for (const [name, target] of members) {
	const subject = SUBJECTS[name]!;
	const { missing, faults } = subject;
	const title = missing === null ? name : `${name} (skipped: ${missing})`;

	describe.skipIf(missing !== null)(title, { timeout: ENOUGH }, () => {
		let place: TargetPlace;
		let options: unknown;
		const open = async (size?: number) => {
			place = await subject.open(world, size);
			options = target.schema.parse(place.options);
		};
		const list = async () => value(await target.list(options, ports, run()));
		const put = (from: string, as: string, over: Partial<Run> = {}) =>
			target.put(options, from, as, ports, run(over));

		test('a copy goes there and comes back as it was', async () => {
			await open();
			const { freeBytes } = value(await target.ready(options, ports, run()));
			expect(freeBytes === null || freeBytes > 0).toBe(true);
			expect(place.names()).toEqual([]);
			expect(await list()).toEqual([]);
			const bytes = Buffer.alloc(BIG, 'rounds\0\n');
			expect(await put(copyOf(bytes), 'database.db.backup.20260131')).toEqual(done);
			expect(place.bytes('database.db.backup.20260131').equals(bytes)).toBe(true);
			const [entry, ...more] = await list();
			expect(more).toEqual([]);
			expect(entry).toMatchObject({ name: 'database.db.backup.20260131', kind: 'file', bytes: BIG });
			expect(Math.abs((entry?.modifiedAt ?? 0) - Date.now())).toBeLessThan(600_000);
			const to = join(run().folder, 'back');
			told.length = 0;
			expect(await target.get(options, 'database.db.backup.20260131', to, ports, run())).toEqual(done);
			expect(readFileSync(to).equals(bytes)).toBe(true);
			expect(statSync(to).mode & 0o777).toBe(0o600);
			expect(told.at(-1)).toEqual({ phase: 'fetch', done: BIG, total: BIG, unit: 'bytes' });
			expectFault(await target.get(options, 'database.db.backup.20260131', to, ports, run()), 'name-taken');
			expect(readFileSync(to).equals(bytes)).toBe(true);
			expect(await target.remove(options, 'database.db.backup.20260131', ports, run())).toEqual(done);
			expect(await target.remove(options, 'database.db.backup.20260131', ports, run())).toEqual(done);
			expect(place.names()).toEqual([]);
		});

		test('a manifest is written, read and replaced, and never written over unasked', async () => {
			await open();
			const write = (text: string, replace: boolean) =>
				target.writeText(options, 'copy.json', text, { replace }, ports, run());
			const read = (limit = 1_000_000) => target.readText(options, 'copy.json', limit, ports, run());
			expectFault(await read(), 'file-missing');
			const text = `{"名": "${'x'.repeat(200_000)}"}\n`;
			expect(await write(text, false)).toEqual(done);
			expect(await read()).toEqual({ ok: true, value: text });
			expectFault(await read(1000), 'body-too-large');
			expectFault(await write('{}', false), 'name-taken');
			expect(await read()).toEqual({ ok: true, value: text });
			expect(await write('{"new": true}', true)).toEqual(done);
			expect(await read()).toEqual({ ok: true, value: '{"new": true}' });
			expect(place.names()).toEqual(['copy.json']);
		});

		test('a name that is taken stays as it is', async () => {
			await open();
			place.plant('copy', 'the first');
			const from = copyOf('the second');
			expectFault(await put(from, 'copy'), 'name-taken');
			expect(place.bytes('copy').toString()).toBe('the first');
			expect(place.names()).toEqual(['copy']);
		});

		test('of two at once with one name one wins, and the other is told so', async () => {
			await open();
			const texts = ['one'.repeat(100_000), 'two'.repeat(100_000)];
			const answers = await Promise.all(texts.map((text) => put(copyOf(text), 'copy')));
			expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code)).sort()).toEqual([
				'name-taken',
				'ok',
			]);
			const winner = answers.findIndex((answer) => answer.ok);
			expect(place.bytes('copy').toString()).toBe(texts[winner]);
			expect(place.names()).toEqual(['copy']);
		});

		test('cut off anywhere, nothing half has the name of a copy', async () => {
			await open();
			for (const afterMs of [0, 30, 100, 250, 500]) {
				const controller = new AbortController();
				const takeBack = clock.after(afterMs, () => controller.abort());
				const answer = await put(copyOf(Buffer.alloc(BIG, 'x')), 'copy', { signal: controller.signal });
				takeBack();
				if (answer.ok) {
					expect(place.bytes('copy').length).toBe(BIG);
					value(await target.remove(options, 'copy', ports, run()));
				} else {
					expectFault(answer, 'cancelled');
					expect(place.names().filter((one) => !isPart(one))).toEqual([]);
				}
				// A part at most, which can be told from a copy.
				for (const entry of await list()) expect(isPart(entry.name)).toBe(true);
			}
			const late = await put(copyOf('x'), 'copy', { deadline: clock.monotonic() - 1 });
			if (!late.ok) expectFault(late, 'timeout', 'cancelled');
		});

		test('what is no plain name of a file goes nowhere', async () => {
			await open();
			const from = copyOf('x');
			const bad = ['', '.', '..', '../x', 'a/b', 'a\nb', 'a\0b', '\u001b[31m', 'x'.repeat(300)];
			for (const wrong of [...bad, ...(subject.badNames ?? [])]) {
				expectFault(await put(from, wrong), 'not-supported');
				expectFault(await target.remove(options, wrong, ports, run()), 'not-supported');
				expectFault(await target.readText(options, wrong, 10, ports, run()), 'not-supported');
				const write = await target.writeText(options, wrong, 'x', { replace: true }, ports, run());
				expectFault(write, 'not-supported');
			}
			expect(place.names()).toEqual([]);
		});

		test('links, folders and special files are neither shown, followed nor taken away', async () => {
			await open();
			const { folder } = place;
			if (folder === null) return;
			writeFileSync(world.at('theirs'), 'precious');
			mkdirSync(world.at('others'));
			symlinkSync(world.at('theirs'), join(folder, 'link'));
			symlinkSync(world.at('others'), join(folder, 'link-to-folder'));
			symlinkSync(world.at('none'), join(folder, 'dangling'));
			mkdirSync(join(folder, 'folder'));
			execFileSync('mkfifo', [join(folder, 'pipe')]);
			place.plant('copy', 'ours');
			const names = ['link', 'link-to-folder', 'dangling', 'folder', 'pipe'];
			const before = names.map((one) => lstatSync(join(folder, one)).ino);
			expect((await list()).map((entry) => entry.name)).toEqual(['copy']);
			const tryAll = async (one: string) => {
				expectFault(await put(copyOf('x'), one), 'name-taken');
				const replace = await target.writeText(options, one, 'x', { replace: true }, ports, run());
				expectFault(replace, 'not-a-file');
				const to = join(run().folder, `got-${one}`);
				expectFault(await target.get(options, one, to, ports, run()), 'not-a-file');
				expectFault(await target.readText(options, one, 100, ports, run()), 'not-a-file');
				expectFault(await target.remove(options, one, ports, run()), 'not-a-file');
			};
			await Promise.all(names.map(tryAll));
			expect(names.map((one) => lstatSync(join(folder, one)).ino)).toEqual(before);
			expect(readFileSync(world.at('theirs'), 'utf8')).toBe('precious');
			expect(readdirSync(world.at('others'))).toEqual([]);
			expect(place.names()).toEqual([...names, 'copy'].sort());
		});

		test('gone: said so by everything that needs it', async () => {
			await open();
			place.plant('copy', 'x');
			await place.lose();
			options = target.schema.parse(place.options);
			expectFault(await put(copyOf('x'), 'copy'), faults.lost);
			const write = await target.writeText(options, 'copy.json', '{}', { replace: false }, ports, run());
			expectFault(write, faults.lost);
			expectFault(await target.readText(options, 'copy', 10, ports, run()), faults.lost);
			const to = join(run().folder, 'back');
			expectFault(await target.get(options, 'copy', to, ports, run()), faults.lost);
			if (faults.lost === 'file-missing') return;
			expectFault(await target.ready(options, ports, run()), faults.lost);
			expectFault(await target.list(options, ports, run()), faults.lost);
			expectFault(await target.remove(options, 'copy', ports, run()), faults.lost);
		});

		test.skipIf(faults.readOnly === null || !mayMount)(
			'read-only: found before anything is made',
			async () => {
				await open(1_000_000);
				place.plant('copy', 'old');
				place.readOnly?.();
				const code = faults.readOnly as string;
				expectFault(await target.ready(options, ports, run()), code);
				expectFault(await put(copyOf('x'), 'new'), code);
				expectFault(await target.remove(options, 'copy', ports, run()), code);
				expect(place.bytes('copy').toString()).toBe('old');
				expect(place.names()).toEqual(['copy']);
			},
		);

		test.skipIf(faults.full === null || !mayMount)('full: said so, and nothing half is left', async () => {
			await open(1_000_000);
			place.plant('copy', 'old');
			expectFault(await put(copyOf(Buffer.alloc(BIG)), 'new'), faults.full as string);
			expect(place.names()).toEqual(['copy']);
			expect(place.bytes('copy').toString()).toBe('old');
		});
	});
}
