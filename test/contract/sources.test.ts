import { existsSync, globSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { PLAN_KEYS } from '../../src/config/backups.ts';
import { fieldWords } from '../../src/config/field-words.ts';
import { isNameTemplate } from '../../src/domain/backup-name.ts';
import { FAULTS, type Fault } from '../../src/domain/fault.ts';
import type { Result } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import { faultText } from '../../src/i18n/fault.ts';
import type { OpenedCopy, SourceKind } from '../../src/sources/define.ts';
import { SOURCES } from '../../src/sources/index.ts';
import { HIDDEN, SOURCE_SUBJECTS } from '../support/source-subjects.ts';
import { manifestOf, opened, openSourcePorts, SourceWorld, treeOf } from '../support/source-world.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const { ports, close } = openSourcePorts();
let world: SourceWorld;
beforeEach(() => {
	world = new SourceWorld(ports);
});
afterEach(() => world.close());
afterAll(close);

function given<Value>(result: Result<Value, Fault>): Value {
	if (!result.ok) throw new Error(`${result.error.code}: ${faultText(result.error, 'en')}`);
	return result.value;
}

function refused(result: Result<unknown, Fault>, ...codes: readonly string[]): void {
	if (result.ok) throw new Error(`went well: ${JSON.stringify(result.value)}`);
	expect(codes).toContain(result.error.code);
	expect(Object.keys(FAULTS)).toContain(result.error.code);
	for (const locale of ['en', 'zh-CN'] as const) {
		const sentence = faultText(result.error, locale);
		expect(sentence).not.toMatch(/undefined|NaN|\[object/);
		expect(sentence).not.toMatch(CONTROL);
		expect(sentence).not.toContain(HIDDEN);
	}
}

type Properties = Record<string, { readonly description?: string }>;
const shapeOf = (schema: z.ZodType) =>
	z.toJSONSchema(schema, { io: 'input' }) as { properties: Properties; additionalProperties?: boolean };

test('every registered source is under this contract, and no other', () => {
	expect(Object.keys(SOURCE_SUBJECTS).sort()).toEqual(SOURCES.map(({ name }) => name as string).sort());
});

describe.each(SOURCES.map((source) => [source.name, source as unknown as SourceKind] as const))(
	'%s',
	(name, source) => {
		const subject = SOURCE_SUBJECTS[name]!;
		const timeout = (subject.seconds ?? 30) * 1000;
		const missing = subject.needs?.() ?? null;

		test('its schemas are strict, are shown to editors, and describe every key', () => {
			const { intoSchema, intoPaths = [] } = source.restoring ?? {};
			for (const [schema, paths] of [
				[source.schema, source.paths],
				...(intoSchema === undefined ? [] : [[intoSchema, intoPaths] as const]),
			] as const) {
				const { properties, additionalProperties } = shapeOf(schema);
				expect(additionalProperties).toBe(false);
				for (const [key, field] of Object.entries(properties))
					expect([key, field.description]).toEqual([key, expect.stringMatching(/\.$/)]);
				for (const path of paths) expect(Object.keys(properties)).toContain(path);
			}
			for (const key of Object.keys(shapeOf(source.schema).properties)) expect(PLAN_KEYS).not.toContain(key);
		});

		test('every wrong value is refused with a sentence, never an exception', () => {
			for (const key of Object.keys(shapeOf(source.schema).properties)) {
				for (const wrong of [null, [], {}, -1, Number.NaN, '\0', new Date(0), [null], { a: null }]) {
					const parsed = source.schema.safeParse({ [key]: wrong });
					if (parsed.success) continue;
					for (const { message } of parsed.error.issues) expect(message).not.toMatch(/\[object|NaN/);
				}
			}
			expect(source.schema.safeParse('x').success).toBe(false);
		});

		test('its example is a whole plan of this source', () => {
			const plans = Object.values(parseYaml(source.example) as Record<string, Record<string, unknown>>);
			const plan = plans.find((one) => one['source'] === name) ?? {};
			expect(plan['to']).toBeDefined();
			const own = Object.entries(plan).filter(([key]) => !PLAN_KEYS.includes(key));
			// A reference has become a secret by the time a schema sees it.
			const options = Object.fromEntries(
				own.map(([key, value]) => [
					key,
					typeof value === 'string' && /secret:/.test(value) ? new Secret('x', 'env:X') : value,
				]),
			);
			expect(source.schema.safeParse(options)).toMatchObject({ success: true });
		});

		describe.skipIf(missing !== null)(missing === null ? 'copies' : `copies (needs ${missing})`, () => {
			const make = async () => source.schema.parse(await subject.make(world));
			const around = async () => (await subject.around?.(world)) ?? { previous: null, base: null };
			/** A copy as the service would hand it on. */
			const copyIt = async (options: unknown): Promise<OpenedCopy> => {
				const run = world.run();
				const to = join(run.folder, 'copy');
				const copied = given(await source.copy(options, to, ports, run, await around()));
				const increments = (await subject.restoring?.increments?.(world)) ?? [];
				return { ...opened(to, manifestOf(name, to, copied)), increments };
			};

			test(
				'names and says what it copies, without secrets',
				async () => {
					const options = await make();
					const { plain, pinned } = source.names(options);
					for (const template of [plain, pinned])
						expect([template, isNameTemplate(template)]).toEqual([template, true]);
					expect(pinned).not.toBe(plain);
					for (const text of [plain, pinned, source.subject(options)]) {
						expect(text).not.toContain(HIDDEN);
						expect(text).not.toMatch(CONTROL);
					}
					expect(given(await source.size(options, ports, world.run())) ?? 1).toBeGreaterThan(0);
				},
				timeout,
			);

			test(
				'makes one whole file that only we may read',
				async () => {
					const options = await make();
					const before = treeOf(world.folder);
					const run = world.run();
					const to = join(run.folder, 'copy');
					const copied = given(await source.copy(options, to, ports, run, await around()));
					expect(Object.keys(treeOf(run.folder))).toEqual(['copy']);
					expect(treeOf(world.folder)).toEqual(before);
					const facts = lstatSync(to);
					expect(facts.isFile()).toBe(true);
					expect(facts.mode & 0o777).toBe(0o600);
					expect(facts.size).toBeGreaterThan(0);
					expect(copied.asOf).toBeGreaterThanOrEqual(Math.floor(run.now));
					expect(copied.asOf).toBeLessThanOrEqual(ports.clock.now());
					expect(copied.method).toMatch(/^[a-z][a-z-]*$/);
					const said = JSON.stringify([copied, run.lines, run.progress]);
					expect(said).not.toContain(HIDDEN);
					expect(structuredClone(copied)).toEqual(copied);
				},
				timeout,
			);

			test(
				'never overwrites, and follows no planted link',
				async () => {
					const options = await make();
					const run = world.run();
					const [file, link, victim] = ['file', 'link', 'victim'].map((one) => join(run.folder, one)) as [
						string,
						string,
						string,
					];
					writeFileSync(file, 'theirs');
					symlinkSync(victim, link);
					refused(await source.copy(options, file, ports, run, await around()), 'name-taken');
					refused(await source.copy(options, link, ports, run, await around()), 'name-taken', 'not-a-file');
					expect(readFileSync(file, 'utf8')).toBe('theirs');
					expect(existsSync(victim)).toBe(false);
					expect(Object.keys(treeOf(run.folder))).toEqual(['file', 'link']);
				},
				timeout,
			);

			test(
				'cancelled or too late, it leaves nothing',
				async () => {
					const options = await make();
					const attempts = [
						() => {
							const run = world.run();
							run.controller.abort();
							return run;
						},
						() => {
							const run = world.run(60_000, () => run.controller.abort());
							return run;
						},
						() => {
							const run = world.run();
							queueMicrotask(() => run.controller.abort());
							return run;
						},
						() => world.run(-1),
					];
					for (const begin of attempts) {
						const run = begin();
						const copied = await source.copy(options, join(run.folder, 'copy'), ports, run, await around());
						// What was done before the word came is whole.
						if (copied.ok) {
							expect(Object.keys(treeOf(run.folder))).toEqual(['copy']);
							continue;
						}
						refused(copied, 'cancelled', 'timeout', 'own-limit');
						expect(treeOf(run.folder)).toEqual({});
					}
				},
				timeout,
			);

			test(
				'what cannot be read is a fault, and leaves nothing',
				async () => {
					const options = await make();
					const [code, spoil] = subject.gone;
					await spoil(world);
					const run = world.run();
					refused(await source.copy(options, join(run.folder, 'copy'), ports, run, await around()), code);
					expect(treeOf(run.folder)).toEqual({});
				},
				timeout,
			);

			test(
				'verify passes on it, and finds what was cut off or flipped',
				async () => {
					const options = await make();
					const copy = await copyIt(options);
					const facts = given(await source.verify(options, copy, ports, world.run()));
					expect(JSON.stringify(facts)).not.toContain(HIDDEN);
					const whole = readFileSync(copy.file);
					const lengths = [
						0,
						1,
						Math.floor(whole.length / 2),
						whole.length - Math.min(whole.length - 1, 600),
					];
					for (const length of new Set(lengths)) {
						writeFileSync(copy.file, whole.subarray(0, length));
						refused(
							await source.verify(options, copy, ports, world.run()),
							'copy-damaged',
							'copy-incomplete',
						);
					}
					if (!subject.findsFlips) return;
					const flipped = Buffer.from(whole);
					for (let at = 5; at < flipped.length; at += 89) flipped[at] = (flipped[at] ?? 0) ^ 0x40;
					writeFileSync(copy.file, flipped);
					refused(
						await source.verify(options, copy, ports, world.run()),
						'copy-damaged',
						'copy-incomplete',
						'archive-unsafe',
					);
				},
				timeout,
			);

			const { restoring: about } = subject;
			const { restoring } = source;
			if (about === null || restoring === null) {
				test('cannot be put back, and says so', () => {
					expect([about, restoring]).toEqual([null, null]);
				});
				return;
			}

			/** Nothing of ours outside of the application's own folder. */
			const left = async () => (await about.left?.(world)) ?? [];

			test(
				'a scratch place is empty, takes the copy as its manifest says, and is gone afterwards',
				async () => {
					const options = await make();
					const copy = await copyIt(options);
					const before = [treeOf(world.folder), await left()];
					const run = world.run();
					const scratch = given(await restoring.scratch(options, null, ports, run));
					expect(scratch.place.shown).not.toContain(HIDDEN);
					// Sums of tables that are not there cannot be asked; then nothing was found either.
					const empty = await restoring.measure(options, scratch.place, ports, run);
					const counts = empty.ok ? Object.values(empty.value.rows) : [];
					expect(counts.filter((count) => count > 0)).toEqual([]);
					given(await restoring.restore(options, copy, scratch.place, ports, run));
					const { rows, sums } = given(await restoring.measure(options, scratch.place, ports, run));
					expect(rows).toEqual(copy.manifest.rows ?? rows);
					expect(sums).toEqual(copy.manifest.sums ?? sums);
					if (about.mask !== null) {
						given(await restoring.mask!(options, scratch.place, about.mask, ports, run));
						const masked = given(await restoring.measure(options, scratch.place, ports, run));
						expect(masked).not.toEqual({ rows, sums });
					}
					given(await scratch.dispose());
					given(await scratch.dispose());
					expect(treeOf(run.folder)).toEqual({});
					expect([treeOf(world.folder), await left()]).toEqual(before);
				},
				timeout,
			);

			test(
				'a restore that was cancelled is taken away all the same',
				async () => {
					const options = await make();
					const copy = await copyIt(options);
					const before = [treeOf(world.folder), await left()];
					const run = world.run();
					const scratch = given(await restoring.scratch(options, null, ports, run));
					run.controller.abort();
					await restoring.restore(options, copy, scratch.place, ports, run);
					given(await scratch.dispose());
					expect(treeOf(run.folder)).toEqual({});
					expect([treeOf(world.folder), await left()]).toEqual(before);
				},
				timeout,
			);

			test(
				'no damaged copy is restored',
				async () => {
					const options = await make();
					const copy = await copyIt(options);
					const whole = readFileSync(copy.file);
					writeFileSync(copy.file, whole.subarray(0, Math.floor(whole.length / 2)));
					const run = world.run();
					const scratch = given(await restoring.scratch(options, null, ports, run));
					const restored = await restoring.restore(options, copy, scratch.place, ports, run);
					expect(restored.ok).toBe(false);
					given(await scratch.dispose());
					const before = await about.state(world);
					await about.stop?.(world);
					expect((await restoring.replace(options, copy, ports, world.run())).ok).toBe(false);
					expect(await about.state(world)).toEqual(before);
				},
				timeout,
			);

			test.skipIf(about.full === null)(
				'a named place in which something stands is left alone',
				async () => {
					const options = await make();
					const into = restoring.intoSchema!.parse(await about.full!(world));
					const before = [treeOf(world.folder), await left()];
					refused(await restoring.scratch(options, into, ports, world.run()), 'not-empty');
					expect([treeOf(world.folder), await left()]).toEqual(before);
				},
				timeout,
			);

			test.skipIf(about.empty === null)(
				'a named place that is empty is used and given back',
				async () => {
					const options = await make();
					const into = restoring.intoSchema!.parse(await about.empty!(world));
					const copy = await copyIt(options);
					const before = [treeOf(world.folder), await left()];
					const run = world.run();
					const scratch = given(await restoring.scratch(options, into, ports, run));
					given(await restoring.restore(options, copy, scratch.place, ports, run));
					const { rows } = given(await restoring.measure(options, scratch.place, ports, run));
					expect(rows).toEqual(copy.manifest.rows ?? rows);
					given(await scratch.dispose());
					given(await scratch.dispose());
					expect([treeOf(world.folder), await left()]).toEqual(before);
				},
				timeout,
			);

			test(
				'the live thing is replaced, put back as it was, replaced again and forgotten',
				async () => {
					const options = await make();
					const copied = await about.state(world);
					const copy = await copyIt(options);
					await about.change(world);
					const changed = await about.state(world);
					expect(changed).not.toEqual(copied);
					const standing = given(await restoring.look(options, ports, world.run()));
					expect(standing.exists).toBe(true);
					await about.stop?.(world);
					const first = given(await restoring.replace(options, copy, ports, world.run()));
					expect(await about.state(world)).toEqual(copied);
					expect(first.aside).not.toBe(null);
					const { rows } = given(await restoring.measure(options, first.place, ports, world.run()));
					expect(rows).toEqual(copy.manifest.rows ?? rows);
					await about.stop?.(world);
					given(await restoring.putBack(options, first.aside!, ports, world.run()));
					expect(await about.state(world)).toEqual(changed);

					const before = [Object.keys(treeOf(world.folder)), await left()];
					await about.stop?.(world);
					const second = given(await restoring.replace(options, copy, ports, world.run()));
					given(await restoring.forget(options, second.aside!, ports, world.run()));
					expect(await about.state(world)).toEqual(copied);
					expect([Object.keys(treeOf(world.folder)), await left()]).toEqual(before);
				},
				timeout,
			);

			test(
				'what was never set aside is neither put back nor removed',
				async () => {
					const options = await make();
					const before = await about.state(world);
					const victim = join(world.folder, 'victim');
					writeFileSync(victim, 'theirs');
					expect((await restoring.putBack(options, victim, ports, world.run())).ok).toBe(false);
					expect((await restoring.forget(options, victim, ports, world.run())).ok).toBe(false);
					expect(readFileSync(victim, 'utf8')).toBe('theirs');
					expect(await about.state(world)).toEqual(before);
				},
				timeout,
			);
		});
	},
);

const sentences = ['sources', 'fields']
	.flatMap((place) => globSync(join(import.meta.dirname, `../../src/${place}/*.ts`)))
	.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/(?:error|message):\s*'(expected [^']+)'/g)])
	.map((match) => match[1] as string);

test.each([...new Set(sentences)])('"%s" is said in Chinese too', (sentence) => {
	expect(fieldWords(sentence, 'zh-CN')).toMatch(/\p{Script=Han}/u);
});
