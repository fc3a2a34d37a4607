import { describe, expect, it } from 'vitest';
import { secretParts } from '../../src/config/secret-parts.ts';
import { createRedactor } from '../../src/domain/text.ts';

describe('what is hidden of a secret', () => {
	it('is the password in an address too, as it stands there and as a server would say it', () => {
		const redact = createRedactor(secretParts('postgresql://backup:geheim%40sesam@db.example:5432/booking'));
		expect(redact('FATAL: no entry for "geheim@sesam"')).toBe('FATAL: no entry for "***"');
		expect(redact('geheim%40sesam')).toBe('***');
		expect(redact('backup at db.example')).toBe('backup at db.example');
	});

	it('is every line of a key file, and no remark in it', () => {
		const key = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
		const redact = createRedactor(secretParts(`# created: 2026-02-23T02:00:00Z\n${key}\n`));
		expect(redact(`malformed: ${key}`)).toBe('malformed: ***');
		expect(redact('# created: 2026-02-23T02:00:00Z')).toContain('created');
	});

	it('is nothing but the value where there is nothing in it', () => {
		expect(secretParts('a plain password: x')).toEqual(['a plain password: x']);
		expect(secretParts('https://hooks.example/T000/B000')).toEqual(['https://hooks.example/T000/B000']);
		expect(secretParts('postgresql://user:%E0%A4@host/db')).toContain('%E0%A4');
	});
});
