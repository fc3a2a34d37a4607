/**
 * A console of its own process, for tests that kill it, or run it with another umask or user: writes rounds and answers,
 * saying each as soon as it is confirmed, until it is killed or did `times`.
 */
import { writeSync } from 'node:fs';
import { checkId, sheetId } from '../../src/domain/ids.ts';
import { openStorage } from '../../src/storage/open.ts';

const [path = '', times = '0', mask = '022', group = ''] = process.argv.slice(2);
process.umask(Number.parseInt(mask, 8));
const opened = openStorage({
	path,
	environment: 'production',
	group: group || null,
	now: 1,
	version: 'test',
});
if (!opened.ok) {
	writeSync(1, `fault ${opened.error.code} ${opened.error.detail['reason'] ?? ''}\n`);
	process.exit(2);
}
const { rounds, observations } = opened.value;
for (let index = 0; index < Number(times); index++) {
	const begun = rounds.begin({
		sheet: sheetId(`s${process.pid}-${index}`),
		title: 'x'.repeat(3000),
		dueAt: null,
		graceMs: 0,
		startedAt: index,
		startedBy: 'writer',
		steps: [{ title: null, kind: 'check', checks: [checkId('a')] }],
	});
	if (!begun.ok) continue;
	const answer = { outcome: 'ok', note: `${index}`, at: index, by: 'writer', evidence: [] } as const;
	if (rounds.answer(begun.value.id, 0, answer, 0).ok) writeSync(1, `${begun.value.id}\n`);
	observations.compact(index, 0);
}
if (times === '0') opened.value.close();
