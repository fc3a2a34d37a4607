import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { actionId, operationId } from '../../src/domain/ids.ts';
import { quantity } from '../../src/domain/value.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { activityText } from '../../src/screens/activity/words.ts';
import { endedText } from '../../src/screens/operation/ended.ts';
import { foundText, samplesText, titleOf } from '../../src/screens/operation/rows.ts';
import { createPicture } from '../../src/store/index.ts';
import { operation } from '../support/pictures.ts';
import { planOf, planWorld } from '../support/plan-pictures.ts';

const ID = actionId('database-backup');
const ran = operation({
	id: operationId(9),
	action: ID,
	title: '备份：贷款数据库',
	state: 'done',
	level: 'ok',
});
const told = (change: Partial<typeof ran> = {}): EngineEvent => ({
	kind: 'operation',
	operation: { ...ran, ...change },
	tail: [],
});

function picture(message: string | null) {
	const made = createPicture();
	made.apply(planWorld([planOf()]));
	if (message !== null) made.view.tell('plain', message);
	return made.state();
}

describe('an operation on the screen', () => {
	test('is called as its action is in the language of who reads, and as it was where that is gone', () => {
		expect(titleOf(picture(null), ran, 'en')).toBe('database-backup');
		expect(titleOf(picture(null), { ...ran, action: actionId('gone') }, 'en')).toBe('备份：贷款数据库');
	});

	test('names what a backup found in words, and leaves the names of others alone', () => {
		const samples = { bytes: quantity(2048, 'bytes'), took: quantity(12, 'ms') };
		expect(samplesText(picture(null), { ...ran, samples }, 'zh-CN')).toBe('大小 2 KiB · 用时 12 ms');
		const other = { ...ran, action: actionId('gone'), samples: { took: quantity(12, 'ms') } };
		expect(samplesText(picture(null), other, 'zh-CN')).toBe('took 12 ms');
	});

	test('says why it failed in the place of its values', () => {
		const reasons = [{ kind: 'fault' as const, fault: { code: 'cancelled' as const, detail: {} } }];
		const failed = { ...ran, level: 'critical' as const, reasons };
		expect(foundText(picture(null), failed, 'en')).not.toBe('');
	});
});

describe('what ended', () => {
	test('is said where the last line still says that it began', () => {
		expect(endedText(picture(`started: ${ran.title}`), [told()], 'en')).toEqual({
			tone: 'good',
			text: 'database-backup · ok',
		});
		expect(
			endedText(picture(`正在取消：${ran.title}`), [told({ state: 'cancelled' })], 'zh-CN')?.text,
		).toContain('已取消');
		expect(endedText(picture(`started: ${ran.title}`), [told({ level: 'critical' })], 'en')?.tone).toBe(
			'bad',
		);
	});

	test('hides no keys and no other message', () => {
		expect(endedText(picture(null), [told()], 'en')).toBeNull();
		expect(endedText(picture('asking …'), [told()], 'en')).toBeNull();
		expect(endedText(picture(`started: ${ran.title}`), [told({ state: 'running' })], 'en')).toBeNull();
	});
});

describe('the activity in words', () => {
	const ended = { action: 'backup.small', operation: 4, level: 'unknown', state: 'cancelled' };

	test('says first how something ended', () => {
		expect(activityText('operation.ended', ended, 'en', 'UTC')).toBe(
			'operation ended · cancelled · action backup.small · operation 4',
		);
		expect(
			activityText('operation.ended', { ...ended, level: 'critical', state: 'done' }, 'zh-CN', 'UTC'),
		).toBe('操作已结束 · 严重 · 操作 backup.small · 编号 4');
	});

	test('has words for backups, and no raw times', () => {
		const plannedAt = Date.parse('2025-11-22T02:00:00Z');
		expect(activityText('backup.due', { plan: 'small', plannedAt }, 'en', 'Asia/Shanghai')).toBe(
			'backup due · plan small · planned for 2025-11-22 10:00',
		);
		for (const code of ['restore.asked', 'restore.replacing'])
			expect(activityText(code, { plan: 'small', copy: 'x' }, 'zh-CN', 'UTC')).toContain('恢复');
	});
});

test('a secret that is there and was refused is not called missing', () => {
	const refused = {
		code: 'secret-missing',
		detail: { reference: 'file:key', reason: 'readable-by-others' },
	} as const;
	expect(faultText(refused, 'en')).toContain('secret not taken (file:key): everybody can read the file');
	expect(faultText(refused, 'zh-CN')).toContain('密钥未被采用（file:key）');
	const none = { code: 'no-copy', detail: {} } as const;
	expect(faultText(none, 'en')).toBe('there is no whole backup; make one first');
	expect(faultText({ ...none, detail: { name: 'a.db' } }, 'zh-CN')).toBe('没有这份备份 · a.db');
});
