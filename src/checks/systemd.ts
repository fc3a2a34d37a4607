import { z } from 'zod';
import { fault } from '../domain/fault.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { commandTranscript } from './ask-command.ts';
import { defineCheckKind } from './define.ts';
import { bytesSample, countSample, momentSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';
import { askUnit, type UnitFacts, unitName, unitNumber, unitQuestion, unitTime } from './systemctl.ts';

const schema = z.strictObject({
	unit: unitName().describe('The unit: fund-trading, nginx.service, backup.timer.'),
});

export type SystemdOptions = z.output<typeof schema>;

const UNITS: Readonly<Record<string, Unit>> = {
	active: 'none',
	sub: 'none',
	enabled: 'none',
	result: 'none',
	restarts: 'none',
	pid: 'none',
	exit: 'none',
	memory: 'bytes',
	age: 'ms',
	since: 'none',
	due: 'ms',
	triggered: 'ms',
};

/**
 * Samples: `active` (active, failed …), `sub` (running, exited …), `enabled`, `result` (success, exit-code, oom-kill …),
 * `restarts`, `pid`, `exit`, `memory`, `since` and `age` of the present state; of a timer `due` (until its next run) and
 * `triggered` (since its last). What systemd does not know is absent. Faults: `object-missing`, `command-missing`,
 * `command-failed` where systemd is not in charge, `no-permission`, `timeout`.
 */
export const systemd = defineCheckKind<SystemdOptions>({
	name: 'systemd',
	title: { en: 'systemd unit', 'zh-CN': 'systemd 单元' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<SystemdOptions>,
	paths: [],
	example: `fund-trading-unit:
  kind: systemd
  unit: fund-trading.service
  must:
    - active == "active"
    - result == "success"
  should:
    - enabled == "enabled"
    - changes(restarts, 1h) == 0
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(options.unit, { max: 200 }),
	texts: () => ['active', 'sub', 'enabled', 'result', 'since'],
	samples: () => UNITS,
	values: () => ['active', 'restarts', 'memory'],
	impliedMust: () => ['active == "active"'],
	copyAs: (options) => `systemctl status -- ${shellWord(options.unit)}`,
	async probe({ unit }, ports, context) {
		const answer = await askUnit(unit, ports, context);
		if (!answer.ok) return answer;
		const facts = answer.value;
		const load = facts.get('LoadState');
		if (load === 'not-found' || load === undefined)
			return err(fault('object-missing', { what: 'unit', name: clean(unit, { max: 120 }) }));
		const lines = [...facts].map(([name, value]) => `${name}=${value}`);
		return ok({
			samples: samplesOf(facts, context.now),
			transcript: commandTranscript(unitQuestion(unit), lines),
		});
	},
});

function samplesOf(facts: UnitFacts, now: number): Record<string, Samples[string]> {
	const samples: Record<string, Samples[string]> = {};
	const texts = { active: 'ActiveState', sub: 'SubState', enabled: 'UnitFileState', result: 'Result' };
	for (const [name, property] of Object.entries(texts)) {
		const text = facts.get(property) ?? '';
		if (text !== '') samples[name] = clean(text, { max: 60 });
	}
	const numbers = { restarts: 'NRestarts', exit: 'ExecMainStatus', pid: 'MainPID' };
	for (const [name, property] of Object.entries(numbers)) {
		const number = unitNumber(facts, property);
		// 0 is nobody's number.
		if (number !== null && (name !== 'pid' || number > 0)) samples[name] = countSample(number);
	}
	const memory = unitNumber(facts, 'MemoryCurrent');
	if (memory !== null) samples['memory'] = bytesSample(memory);
	const since = unitTime(facts, 'StateChangeTimestamp');
	if (since !== null) {
		samples['since'] = momentSample(since);
		samples['age'] = msSample(now - since);
	}
	const [next, last] = [unitTime(facts, 'NextElapseUSecRealtime'), unitTime(facts, 'LastTriggerUSec')];
	if (next !== null) samples['due'] = msSample(next - now);
	if (last !== null) samples['triggered'] = msSample(now - last);
	return samples;
}
