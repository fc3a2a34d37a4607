import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { lastPicture, readPicture, writePicture } from '../../src/platform/last-picture.ts';
import { isRecorded, makeSystem, openTest } from '../support/engine.ts';
import { closedPort } from '../support/servers.ts';

it('what an engine with a round, faults and broken conditions tells is read back whole', async () => {
	const system = makeSystem(`version: 1
system: Kept
services: {web: {title: {en: Web, zh-CN: 网}}}
checks:
  down: {service: web, kind: http, url: "http://127.0.0.1:${await closedPort()}/", every: 1h, confirm: 1}
  bad: {kind: command, run: [echo, hi], every: 1h, must: [exit == 1, 'drop(exit) < 5%', down.status == 200]}
actions: {act: {title: Act, key: x, run: [echo, hi]}}
rounds:
  morning: {at: "09:00", steps: [{check: [down, bad]}, {run: act}, {ask: Well?}]}
`);
	const engine = await openTest(system.options());
	for (const name of ['down', 'bad']) await engine.until(isRecorded(name));
	const { id } = await engine.begin('morning');
	const started = await engine.send('operation.start', {
		action: 'act',
		step: { round: id, index: 1 },
		confirmed: null,
	} as never);
	await engine.ended(started.operation.id);
	const events: EngineEvent[] = [];
	engine.engine.subscribe((event) => events.push(event))();
	const folder = mkdtempSync(join(tmpdir(), 'picture-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const key = { config: system.config, environment: null, version: '0', build: '0' };
	const picture = lastPicture(folder, key);
	writePicture(picture, events);
	const kept = readPicture(picture);
	expect(new Set(kept.map((event) => event.kind))).toEqual(
		new Set(['system', 'picture', 'baseline', 'plan', 'round']),
	);
	expect(kept).toEqual(JSON.parse(JSON.stringify(events.filter((e) => kept.some((k) => k.kind === e.kind)))));
});
