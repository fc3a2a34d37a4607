import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { CHECK_KINDS } from '../../src/checks/index.ts';
import type { ProbeContext } from '../../src/domain/check.ts';
import { parseCondition } from '../../src/domain/condition/index.ts';
import { FAULTS } from '../../src/domain/fault.ts';
import { OWN_MARK } from '../../src/domain/log-format.ts';
import { Secret } from '../../src/domain/secret.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { createLogFiles } from '../../src/platform/log-files.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { createLogRecords } from '../../src/services/logs/records.ts';
import { fakeSql, HIDDEN, SUBJECTS, Surroundings } from '../support/check-subjects.ts';
import { latestValues } from '../support/check-subjects-records.ts';
import { createCountingClock } from '../support/counting-clock.ts';
import { HANGING } from '../support/hanging.ts';

const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Keys of a check that belong to every kind. */
const COMMON = ['kind', 'service', 'title', 'every', 'timeout', 'confirm', 'for', 'must', 'should', 'show'];

const clock = createCountingClock();
const logs = createLogRecords({
	files: createLogFiles(),
	clock,
	redact: (text) => text,
	ownMark: OWN_MARK,
	zone: () => 'UTC',
});
const ports = createProbePorts({ sql: fakeSql, logs, clock });
let world: Surroundings;

beforeEach(() => {
	world = new Surroundings();
});
afterEach(async () => {
	await ports.close();
	for (const server of world.servers) await server.allClosed();
	expect(clock.armed()).toBe(0);
	await world.close();
});
afterAll(async () => {
	const left = await ports.processes.find({ command: HANGING });
	expect(left).toMatchObject({ ok: true, value: [] });
});

function context(limitMs = 20_000, signal?: AbortSignal): ProbeContext {
	return {
		now: clock.now(),
		deadline: clock.monotonic() + limitMs,
		signal: signal ?? new AbortController().signal,
		signedAt: null,
		latest: latestValues,
	};
}

/** Every text in a value, keys too: what could reach a terminal. */
function texts(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, part]) => [key, ...texts(part)]);
}

test('every registered kind is under this contract, and no other', () => {
	expect(Object.keys(SUBJECTS)).toEqual(CHECK_KINDS.map((kind) => kind.name));
});

describe.each(CHECK_KINDS.map((kind) => [kind.name, kind as unknown as RegisteredKind] as const))(
	'%s',
	(name, kind) => {
		const subject = SUBJECTS[name]!;

		test('its example is a whole check whose conditions parse', () => {
			const [check] = Object.values(parseYaml(kind.example) as Record<string, Record<string, unknown>>);
			expect(check?.['kind']).toBe(name);
			const options = Object.fromEntries(
				Object.entries(check ?? {}).filter(([key]) => !COMMON.includes(key)),
			);
			expect(kind.schema.safeParse(options)).toMatchObject({ success: true });
			for (const condition of [
				...((check?.['must'] as string[]) ?? []),
				...((check?.['should'] as string[]) ?? []),
			])
				expect(parseCondition(condition)).toMatchObject({ ok: true });
		});

		test('its schema is strict, is shown to editors, and describes every key', () => {
			const schema = z.toJSONSchema(kind.schema, { io: 'input' }) as {
				properties: Record<string, { description?: string }>;
				additionalProperties?: boolean;
			};
			expect(schema.additionalProperties).toBe(false);
			for (const [key, field] of Object.entries(schema.properties))
				expect([key, field.description]).toEqual([key, expect.stringMatching(/\.$/)]);
			for (const path of kind.paths) expect(Object.keys(schema.properties)).toContain(path);
		});

		test('every wrong value is refused with a sentence, never an exception', () => {
			const keys = Object.keys(
				(z.toJSONSchema(kind.schema, { io: 'input' }) as { properties: object }).properties,
			);
			for (const key of keys) {
				for (const wrong of [null, [], {}, -1, Number.NaN, '\0', new Date(0), [null], { a: null }]) {
					const parsed = kind.schema.safeParse({ [key]: wrong });
					if (parsed.success) continue;
					for (const { message } of parsed.error.issues) expect(message).not.toMatch(/\[object|NaN/);
				}
			}
			expect(kind.schema.safeParse('x').success).toBe(false);
		});

		test('a good answer: a reading whose samples were all declared', async () => {
			const options = kind.schema.parse(await subject.good(world));
			const answer = await kind.probe(options, ports, context());
			if (!answer.ok) throw new Error(faultText(answer.error, 'en'));
			const declared = kind.samples(options);
			const words = kind.texts?.(options) ?? [];
			for (const word of words) if (word in declared) expect(declared[word]).toBe('none');
			for (const [sample, value] of Object.entries(answer.value.samples)) {
				expect(Object.keys(declared)).toContain(sample);
				if (words.includes(sample)) expect([sample, typeof value]).toEqual([sample, 'string']);
				if (typeof value === 'object' && value !== null)
					expect([sample, value.unit]).toEqual([sample, declared[sample]]);
			}
			expect(kind.headline === null || kind.headline in declared).toBe(true);
			for (const implied of [
				...(kind.impliedMust?.(options) ?? []),
				...(kind.impliedShould?.(options) ?? []),
			])
				expect(parseCondition(implied)).toMatchObject({ ok: true });
			for (const text of [kind.target(options), kind.copyAs?.(options) ?? ''])
				expect(text).not.toMatch(/[\n\u0000-\u001f]/);
		});

		test.each(Object.entries(subject.faults))('fault %s', async (_label, [code, setup]) => {
			const options = kind.schema.parse(await setup(world));
			const answer = await kind.probe(options, ports, context(code === 'timeout' ? 200 : undefined));
			if (answer.ok) throw new Error(`answered ${JSON.stringify(answer.value.samples)}`);
			expect(answer.error.code).toBe(code);
			expect(Object.keys(FAULTS)).toContain(answer.error.code);
			for (const locale of ['en', 'zh-CN'] as const) {
				const sentence = faultText(answer.error, locale);
				expect(sentence).not.toMatch(/undefined|NaN|\[object|\?|\n/);
				expect(sentence).not.toMatch(CONTROL);
			}
		});

		test.skipIf(subject.hang === null)(
			'no answer: a fault at the deadline, and nothing is left',
			async () => {
				const options = kind.schema.parse(await subject.hang!(world));
				const controller = new AbortController();
				const takeBack = clock.after(250, () => controller.abort());
				const answer = await kind.probe(options, ports, context(200, controller.signal));
				takeBack();
				expect(answer).toMatchObject({ ok: false, error: { code: 'timeout' } });
			},
		);

		test.skipIf(subject.hang === null || name === 'sqlite')('not wanted any more: cancelled', async () => {
			const options = kind.schema.parse(await subject.hang!(world));
			const controller = new AbortController();
			const answer = kind.probe(options, ports, context(20_000, controller.signal));
			controller.abort();
			expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		});

		test('a probe that is too late or not wanted before it begins does not throw', async () => {
			const options = kind.schema.parse(await subject.good(world));
			const controller = new AbortController();
			controller.abort();
			await kind.probe(options, ports, context(-1));
			await kind.probe(options, ports, context(20_000, controller.signal));
		});

		test('hostile content is harmless in samples, transcript and target', async () => {
			const options = kind.schema.parse(await subject.hostile(world));
			const answer = await kind.probe(options, ports, context());
			const shown = answer.ok
				? [answer.value.samples, answer.value.headers, answer.value.transcript]
				: [answer.error];
			for (const text of [...texts(shown), kind.target(options), kind.copyAs?.(options) ?? ''])
				expect(text).not.toMatch(CONTROL);
		});

		test.skipIf(subject.echo === null)(
			'a secret is never shown, even when the other side sends it back',
			async () => {
				const options = kind.schema.parse(await subject.echo!(world));
				const answer = await kind.probe(options, ports, context());
				const shown = answer.ok ? [answer.value] : [answer.error];
				const all = [...texts(shown), kind.target(options), kind.copyAs?.(options) ?? ''].join('\n');
				expect(all).not.toContain(HIDDEN);
				expect(all).not.toContain(Buffer.from(HIDDEN).toString('base64').slice(0, 20));
				expect(JSON.stringify(options)).not.toContain(HIDDEN);
			},
		);
	},
);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: a reference is written so
test('references to secrets stand in the copied command', () => {
	const http = CHECK_KINDS[0];
	const options = http.schema.parse({
		url: "http://127.0.0.1/it's?a=1&b=$(reboot)",
		headers: { Authorization: new Secret('Bearer abc', 'Bearer ${env:TOKEN}') },
	});
	expect(http.copyAs?.(options)).toBe(
		`curl -sS -i -L --max-redirs 5 -H 'authorization: ''Bearer '"$TOKEN" 'http://127.0.0.1/it'\\''s?a=1&b=$(reboot)'`,
	);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: a reference is written so
