import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/domain/fingerprint.ts';
import { createSensitiveMask } from '../../src/domain/sensitive.ts';

describe('a fingerprint', () => {
	it.each([
		['Payment 4711 of "Lim" failed after 31 ms', 'Payment 4712 of "Tan Ah Kow" failed after 7.5 ms'],
		['2025-11-22 09:18:01,123 ERROR no row', '2025-11-23 21:00:00,001 ERROR no row'],
		['Nov  2 09:18:01 host app[12]: gone', 'Dec 22 19:00:59 host app[4711]: gone'],
		['id 550e8400-e29b-41d4-a716-446655440000 lost', 'id 123e4567-e89b-12d3-a456-426614174000 lost'],
		['at 0x7f3a2b deadbeef01', 'at 0x10 cafe1234ab'],
		["KeyError: 'amount'", "KeyError: 'net'"],
		['from 10.0.0.1:5000 by mei@example.com', 'from 192.168.7.20:80 by tan@example.org'],
		['客户“张三”不存在', '客户“李四”不存在'],
	])('folds %s', (one, other) => {
		expect(fingerprintOf(one)).toBe(fingerprintOf(other));
	});

	it('tells different things apart', () => {
		expect(fingerprintOf('connection refused')).not.toBe(fingerprintOf('connection reset'));
		expect(fingerprintOf("can't open the file, won't try")).toContain("can't open the file");
		expect(fingerprintOf('bad facade added')).toBe('bad facade added');
	});

	it('is made in bounded time of any line', () => {
		for (const text of [
			'"'.repeat(100_000),
			'a1'.repeat(100_000),
			'1.'.repeat(100_000),
			'a@'.repeat(100_000),
		])
			expect(fingerprintOf(text).length).toBeLessThanOrEqual(240);
	});
});

describe('sensitive fields', () => {
	const mask = createSensitiveMask(['customer_name']);
	it.each([
		['{"user_id": 7, "password": "hunter2"}', '{"user_id": 7, "password": "***"}'],
		['{"refresh_token":"abc.def"}', '{"refresh_token":"***"}'],
		['login password=hunter2 user=mei', 'login password=*** user=mei'],
		['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***'],
		['dsn postgres://app:s3cret@db/x', 'dsn postgres://app:***@db/x'],
		['call 13812345678 now', 'call *** now'],
		['id 11010519491231002X given', 'id *** given'],
		["{'customer_name': 'Lim'}", "{'customer_name': '***'}"],
		['openid=oABC123', 'openid=***'],
	])('%s', (text, hidden) => {
		expect(mask.hide(text)).toBe(hidden);
		expect(mask.shows(text)).toBe(true);
		expect(mask.shows(hidden)).toBe(false);
	});

	it('leaves the rest alone', () => {
		for (const text of [
			'passenger=7',
			'the token has expired',
			'duration_ms: 31',
			'{"password": "[REDACTED]"}',
		])
			expect(mask.shows(text)).toBe(false);
		expect(mask.hide('passenger=7 duration_ms=31')).toBe('passenger=7 duration_ms=31');
	});

	it('takes bounded time', () => {
		expect(mask.hide('a_'.repeat(20_000)).length).toBe(40_000);
		expect(mask.hide('eyJ'.repeat(5_000)).length).toBeGreaterThan(0);
	});
});
