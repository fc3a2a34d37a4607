import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRedactor } from '../../src/domain/text.ts';
import { describeCrash, redactThrown, writeCrash } from '../../src/platform/crash.ts';
import { findOwnFolder } from '../../src/platform/own-folder.ts';

const uid = process.getuid?.() ?? 0;
let temporary: string;
beforeEach(() => {
	temporary = mkdtempSync(join(tmpdir(), 'own-folder-'));
	onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
});
const shared = () => join(temporary, `rounds-${uid}`);
/** A file stands where the state folder would be made. */
const findWithoutHome = (asUid = uid) => {
	const file = join(temporary, 'no-home');
	writeFileSync(file, '');
	return findOwnFolder({ state: file, temporary, uid: asUid });
};

describe('the own folder', () => {
	it('lies where programs keep their state, for nobody else', () => {
		const folder = findOwnFolder({ state: join(temporary, 'state'), temporary, uid });
		expect(folder).toBe(join(temporary, 'state/rounds'));
		expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
	});

	it('is a folder of our own among the temporary ones where there is no home, the same each time', () => {
		expect(findWithoutHome()).toBe(shared());
		expect(findWithoutHome()).toBe(shared());
		expect(statSync(shared()).mode & 0o777).toBe(0o700);
	});

	it.each([
		['a link', () => symlinkSync(mkdtempSync(join(temporary, 'trap-')), shared())],
		['a dangling link', () => symlinkSync(join(temporary, 'gone'), shared())],
		['a file', () => writeFileSync(shared(), '')],
		[
			'a folder that others may enter',
			() => {
				mkdirSync(shared());
				chmodSync(shared(), 0o777);
			},
		],
	])('is a fresh one where %s waits for us', (_what, prepare) => {
		prepare();
		const folder = findWithoutHome() ?? '';
		expect(folder).toMatch(/rounds-\d+-\w{6}$/);
		expect(statSync(folder).mode & 0o777).toBe(0o700);
	});

	it('is a fresh one where another user made it', () => {
		const stranger = uid + 1;
		mkdirSync(join(temporary, `rounds-${stranger}`), { mode: 0o700 });
		expect(findWithoutHome(stranger)).toMatch(/rounds-\d+-\w{6}$/);
	});

	it('is none where nothing can be written, and never the temporary folder itself', () => {
		const nowhere = join(temporary, 'not-there');
		expect(findOwnFolder({ state: '/dev/null', temporary: nowhere, uid })).toBeNull();
		expect(existsSync(nowhere)).toBe(false);
	});
});

describe('a crash', () => {
	const TOKEN = 'opaque-value-1234567';
	const redactor = createRedactor([TOKEN]);

	it('is written down and said without the secrets that are known', () => {
		const thrown = new Error(`cannot read ${TOKEN}`, { cause: new Error(TOKEN) });
		const path = writeCrash(thrown, '1', redactor, temporary) ?? '';
		expect(readFileSync(path, 'utf8')).toContain('cannot read ***');
		expect(readFileSync(path, 'utf8')).not.toContain(TOKEN);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(describeCrash(thrown, '1', redactor, temporary)).toMatch(
			/^a mistake of this program: cannot read \*\*\*/,
		);
	});

	it('leaves its thread without them', () => {
		const safe = redactThrown(new TypeError(`no ${TOKEN}`), redactor);
		expect([safe.name, safe.message]).toEqual(['TypeError', 'no ***']);
		expect(safe.stack).toContain('TypeError: no ***');
		expect(safe.stack).not.toContain(TOKEN);
		expect(redactThrown(TOKEN, redactor).message).toBe('***');
	});
});
