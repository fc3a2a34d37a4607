import { describe, expect, it } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { createPrinter } from '../../src/cli/print.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { HEAD, MAIN, sourcesOf } from '../support/config-sources.ts';

const YAML = `${HEAD}timezone: Asia/Kuala_Lumpur
secrets: {phrase: env:PHRASE}
checks:
  books: {kind: sqlite, file: shop.db, read: {sales: select count(*) from sale}, must: [sales > 0]}
actions:
  stop: {run: ["true"]}
  start: {run: ["true"]}
targets:
  usb: {kind: directory, path: /mnt/usb}
backups:
  database:
    title: {en: Shop database, zh-CN: 网店数据库}
    source: sqlite
    file: shop.db
    to: [backups/, usb]
    at: ["02:00", "14:00"]
    compress: zstd
    encrypt: {passphrase: "secret:phrase"}
    keep: {days: 7, copies: 3}
    prove: books
    drill: {every: 90d, mask: ["update sale set cents = 0"], must: ["rto < 5m"]}
    restore: {stop: [stop], start: [start], second: true, warn: {en: carts are lost, zh-CN: 购物车会丢失}}
  carts: {nothing: {en: the carts live in memory only, zh-CN: 购物车只在内存中}}
`;

async function explain(id: string, locale: Locale = 'en') {
	let [out, error] = ['', ''];
	const context = {
		...createPrinter({
			out: (text) => {
				out += text;
			},
			err: (text) => {
				error += text;
			},
			color: false,
		}),
		locale,
		sources: sourcesOf({ files: { [MAIN]: YAML }, secrets: { 'env:PHRASE': 'hunter2-hunter2' } }),
		configPath: MAIN,
		environment: undefined,
		cwd: '/etc/app',
		reservedKeys: [],
	};
	const code = await configCommand.run(
		['explain', id],
		context as unknown as Parameters<typeof configCommand.run>[1],
	);
	return { code, out, error };
}

describe('rounds config explain PLAN', () => {
	it('says what a plan will really do, with every secret masked', async () => {
		const { code, out, error } = await explain('database');
		expect({ code, error }).toEqual({ code: 0, error: '' });
		for (const line of [
			'database · Shop database',
			'  copies: /etc/app/shop.db',
			'    backups/ (Folder): /etc/app/backups',
			'    usb (Folder): /mnt/usb',
			'    shop.db.backup.YYYYMMDD_HHMMSS.zst.age',
			'    shop.db.backup.YYYYMMDD_HHMMSS.pinned.zst.age (pinned)',
			'  compression: zstd',
			'  encryption: age, with a passphrase: *** (env:PHRASE)',
			'  schedule: 02:00 14:00 (Asia/Kuala_Lumpur)',
			'  timeout: 2h',
			'    what is either younger than 7d or among the newest 3',
			'    the rest is removed once somebody agrees to the preview',
			'  proven by: books',
			'    every 90d',
			'    into a scratch place of its own',
			'  masked by: update sale set cents = 0',
			'  drill must: rto < 5m',
			'    replaces /etc/app/shop.db',
			'    stops stop',
			'    starts start',
			'    a second operator has to start the same',
			'    says: carts are lost',
		])
			expect(out.split('\n')).toContain(line);
		expect(out).not.toContain('hunter2');
	});

	it('says the same in Chinese', async () => {
		const { out } = await explain('database', 'zh-CN');
		expect(out).toContain('database · 网店数据库\n');
		expect(out).toContain('    7d 以内的，以及最新 3 份\n');
		expect(out).toContain('    提示：购物车会丢失\n');
		expect(out).not.toMatch(/\b(kept|drill|proven|none|targets)\b/);
	});

	it('says plainly that there is nothing to back up', async () => {
		expect((await explain('carts')).out).toBe(
			'carts\n  environment: default\n  nothing to back up: the carts live in memory only\n',
		);
	});

	it('knows plans when it asks what was meant', async () => {
		expect(await explain('databse')).toEqual({
			code: 64,
			out: '',
			error: 'no check and no backup plan is called "databse"; did you mean "database"?\n',
		});
		expect((await explain('books')).out).toContain('sales > 0');
	});
});
