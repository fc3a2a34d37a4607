import { describe, expect, it } from 'vitest';
import { sheetId } from '../../src/domain/ids.ts';
import type { PlannedRound } from '../../src/domain/picture.ts';
import { toPlanGroups } from '../../src/screens/round/rows.ts';
import { planWord } from '../../src/screens/round/words.ts';
import { apply, EMPTY_PICTURE } from '../../src/store/index.ts';
import { MORNING, world } from '../support/pictures.ts';

describe('a planned sheet of which nothing is due', () => {
	const row = (nextAt: number | null, locale: 'en' | 'zh-CN') => {
		const planned: PlannedRound = {
			sheet: sheetId('evening'),
			dueAt: MORNING,
			lateAt: MORNING,
			standing: 'not-due',
			round: null,
			nextAt,
		};
		const state = apply(world().reduce(apply, EMPTY_PICTURE), { kind: 'plan', plan: [planned] });
		const [found] = toPlanGroups(state, locale, 'UTC').flatMap(({ rows }) =>
			rows.filter((one) => one.standing === 'not-due'),
		);
		return found && [found.due, planWord(locale, 'not-due'), found.remark, found.brief];
	};

	it('says when something will be, and no time at which it would be due now', () => {
		const next = Date.parse('2025-11-24T09:00:00Z');
		expect(row(next, 'en')).toEqual(['', 'nothing due', 'next 2025-11-24 09:00', 'next 2025-11-24 09:00']);
		expect(row(next, 'zh-CN')).toEqual([
			'',
			'今日无到期项',
			'下次 2025-11-24 09:00',
			'下次 2025-11-24 09:00',
		]);
	});

	it('says that something has to happen first', () => {
		expect(row(null, 'en')?.[2]).toBe('after something happened');
		expect(row(null, 'zh-CN')?.[2]).toBe('待有事件发生');
	});
});
