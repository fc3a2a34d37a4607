import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RESERVED_KEYS } from '../../src/actions/index.ts';
import { readPattern } from '../../src/checks/suite-reports.ts';
import { explainCheck } from '../../src/config/explain.ts';
import { explainPlan } from '../../src/config/explain-plan.ts';
import { loadConfig } from '../../src/config/load.ts';
import { proveSystem } from '../../src/config/proofs.ts';
import type { ConfigSources, LoadedConfig } from '../../src/config/sources.ts';
import { type BackupPlan, backupActionIds } from '../../src/domain/backup.ts';
import { fault } from '../../src/domain/fault.ts';
import type { OwnText } from '../../src/domain/own-text.ts';
import { err, ok } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import { findSource } from '../../src/sources/index.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

interface Example {
	/** Heading of its part of the README. */
	readonly heading: string;
	/** Text of the head put in the place of another: a variant its comments describe. */
	readonly instead?: readonly [string, string];
	/** Checks on the Health screen that no sheet asks for, with why. */
	readonly liveOnly: Readonly<Record<string, string>>;
}

/** Plans that no check proves, with what does instead. */
const NO_CHECK: Readonly<Record<string, string>> = {
	logs: 'old log lines are no check’s; number and bytes of the files are held against the manifest',
	'deploy-logs': 'the same',
};

const FOLDERS: Readonly<Record<string, Example>> = {
	creditpilot: { heading: 'CreditPilot', liveOnly: {} },
	'brand-diagnosis': { heading: 'Brand diagnosis', liveOnly: {} },
	'fund-trading': { heading: 'Fund trading', liveOnly: {} },
	'appointment-booking': { heading: 'Appointment booking', liveOnly: {} },
};
const CASES: readonly (readonly [name: string, folder: string, example: Example])[] = [
	...Object.entries(FOLDERS).map(([folder, example]) => [folder, folder, example] as const),
	[
		'fund-trading under Docker',
		'fund-trading',
		{ heading: 'Fund trading', liveOnly: {}, instead: ['systemd.yaml]', 'docker.yaml]'] },
	],
];
/** Names that are the same in every language. */
const SAME_IN_BOTH = new Set(['ruff', 'mypy', 'Node.js']);
/** Services whose names are those of the products. */
const PRODUCT_NAMES = new Set(['Flask Server', 'Accounting API', 'MCP Server']);

function sourcesOf(head: string, instead: Example['instead']): ConfigSources {
	return {
		read: async (path) => {
			try {
				const text = readFileSync(path, 'utf8');
				if (path !== head || instead === undefined) return ok(text);
				expect(text).toContain(instead[0]);
				return ok(text.replace(...instead));
			} catch {
				return err(fault('file-missing', { path }));
			}
		},
		glob: async (pattern) => ok(globSync(pattern).sort()),
		env: () => undefined,
		resolveSecret: async (reference) => ok(new Secret('a-secret-for-the-test', reference)),
	};
}

/** The example as a console would read it in one environment; its problems are the test's failure. */
async function load(
	folder: string,
	instead: Example['instead'],
	environment?: string,
): Promise<LoadedConfig> {
	const head = join(EXAMPLES, folder, 'rounds.yaml');
	const loaded = await loadConfig(head, sourcesOf(head, instead), {
		...(environment === undefined ? {} : { environment }),
		reservedKeys: RESERVED_KEYS,
	});
	if (loaded.ok) return loaded.value;
	throw new Error(loaded.error.map((one) => `${one.file}:${one.line} ${one.message}`).join('\n'));
}

const environmentsOf = (folder: string): readonly string[] =>
	Object.keys(parse(readFileSync(join(EXAMPLES, folder, 'rounds.yaml'), 'utf8')).environments);

/** Records of variables, and increments, which are put back with their base, are not. */
function isRestorable({ source, options, nothing }: BackupPlan): boolean {
	const restoring = nothing === null ? findSource(source)?.restoring : null;
	return restoring != null && restoring.possible?.(options) !== false;
}

function expectBoth(where: string, text: OwnText | null): void {
	if (text === null || typeof text === 'string') {
		expect([where, text, PRODUCT_NAMES.has(text ?? '')]).toEqual([where, text, true]);
		return;
	}
	expect([where, (text.en ?? '') !== '' && !/\p{Script=Han}/u.test(text.en ?? '')]).toEqual([where, true]);
	const chinese = text['zh-CN'] ?? '';
	const isChinese = /\p{Script=Han}/u.test(chinese) || SAME_IN_BOTH.has(chinese);
	expect([where, chinese, isChinese]).toEqual([where, chinese, true]);
}

it('every folder here is one of the examples', () => {
	const found = globSync('*/rounds.yaml', { cwd: EXAMPLES }).map((path) => path.split(/[/\\]/)[0]);
	expect(found.sort()).toEqual(Object.keys(FOLDERS).sort());
});

describe.each(CASES)('the example %s', (_, folder, { instead, liveOnly }) => {
	describe.each(environmentsOf(folder))('in %s', (environment) => {
		it('loads without a problem and without a warning, and explains each check and plan', async () => {
			const { system, warnings } = await load(folder, instead, environment);
			expect(warnings.map((one) => one.message)).toEqual([]);
			expect(system.environment.name).toBe(environment);
			for (const check of system.checks)
				for (const locale of ['en', 'zh-CN'] as const)
					expect(explainCheck(system, check.id, locale)).toContain(check.id);
			for (const plan of system.backups) {
				expect([plan.id, plan.broken]).toEqual([plan.id, undefined]);
				const both = (['en', 'zh-CN'] as const).map((locale) => explainPlan(system, plan.id, locale));
				expect([plan.id, both[0]?.startsWith(plan.id), both[1]?.startsWith(plan.id)]).toEqual([
					plan.id,
					true,
					true,
				]);
				expect(both[1]).toMatch(/\p{Script=Han}/u);
				expect(both.join()).not.toContain('a-secret-for-the-test');
			}
		});

		it('has only conditions that a reading was found to break', async () => {
			const { system } = await load(folder, instead, environment);
			const proofs = proveSystem(system).flatMap((group) => group.proofs);
			expect(proofs.length).toBeGreaterThan(50);
			const idle = proofs.filter(({ proof }) => proof.kind !== 'proven');
			expect(idle.map(({ proof }) => `${proof.kind}: ${proof.condition}`)).toEqual([]);
		});

		it('guards production, and whatever changes something asks first', async () => {
			const { system } = await load(folder, instead, environment);
			if (environment === 'production') expect(system.environment.guard).toBe('typed');
			const changing =
				/(?<![\w-])(systemctl|pkill|kill|upgrade|downgrade|undo|pause|resume|install|checkout|restart|stop|start\.sh|docker)(?![\w-])/;
			for (const action of system.actions) {
				if (action.body.kind !== 'run' || action.confirm) continue;
				const line = action.body.argv.map(String).join(' ');
				expect([action.id, changing.test(line)]).toEqual([action.id, false]);
			}
		});
	});

	it('asks for each check in some sheet, but for those said to be live only', async () => {
		const { system } = await load(folder, instead);
		const asked = new Set<string>(
			system.sheets.flatMap((sheet) =>
				sheet.steps.flatMap((step) => (step.kind === 'check' ? step.checks : [])),
			),
		);
		const never = system.checks.map((check) => check.id as string).filter((id) => !asked.has(id));
		expect(never.sort()).toEqual(Object.keys(liveOnly).sort());
	});

	it('has a condition in every check, and says every title in both languages', async () => {
		const { system } = await load(folder, instead);
		for (const check of system.checks) {
			expect([check.id, check.must.length + check.should.length > 0]).toEqual([check.id, true]);
			expectBoth(check.id, check.title);
		}
		for (const one of [...system.services, ...system.actions, ...system.sheets])
			expectBoth(one.id, one.title);
		for (const sheet of system.sheets)
			for (const [index, step] of sheet.steps.entries()) {
				const where = `${sheet.id}.${index + 1}`;
				if (step.title !== null) expectBoth(where, step.title);
				if (step.kind === 'ask') expectBoth(where, step.question);
				else expect([where, step.title !== null]).toEqual([where, true]);
			}
	});

	it('has plans that are proven and rehearsed, or says why they cannot be, in both languages', async () => {
		const { system } = await load(folder, instead);
		expect(system.backups.length).toBeGreaterThan(1);
		for (const plan of system.backups) {
			expectBoth(plan.id, plan.title);
			if (plan.nothing !== null) expectBoth(`${plan.id}.nothing`, plan.nothing);
			if (plan.restore.warn !== null) expectBoth(`${plan.id}.warn`, plan.restore.warn);
			if (!isRestorable(plan)) continue;
			expect([plan.id, plan.prove.length > 0 || plan.id in NO_CHECK]).toEqual([plan.id, true]);
			expect([plan.id, plan.drill.everyMs !== null]).toEqual([plan.id, true]);
		}
	});

	it('never lets cron or a step of a sheet restore, and rehearses what it copies by the clock', async () => {
		const { system } = await load(folder, instead);
		const launched = system.sheets.flatMap((sheet) =>
			sheet.steps.flatMap((step) => (step.kind === 'run' ? [step.action as string] : [])),
		);
		expect(launched.filter((id) => id.startsWith('restore.'))).toEqual([]);
		const drills = system.backups.filter(isRestorable).map(({ id }) => `drill.${id}`);
		expect(drills.some((id) => launched.includes(id))).toBe(true);
	});

	it('has a step due in every planned round, since one with none could only be missed', async () => {
		const { system } = await load(folder, instead);
		for (const sheet of system.sheets) {
			const isPlain = sheet.steps.some((step) => step.every === undefined && step.after === undefined);
			expect([sheet.id, sheet.atMinute === null || isPlain]).toEqual([sheet.id, true]);
		}
	});
});

// ── the table of examples/README.md ──────────────────────────────────────────────────────────────────────────────────

interface Row {
	readonly heading: string;
	readonly cells: readonly string[];
	/** Index of the column that says why not. */
	readonly whyNot: number;
}

/** Every row of every table, with the system's heading it stands under. */
function rowsOf(text: string): readonly Row[] {
	const rows: Row[] = [];
	let heading = '';
	let head: readonly string[] | null = null;
	for (const line of text.split('\n')) {
		heading = /^## (.+)$/.exec(line)?.[1] ?? heading;
		if (!line.startsWith('|')) {
			head = null;
			continue;
		}
		// A bar inside code is written \| and belongs to its cell.
		const cells = line
			.split(/(?<!\\)\|/)
			.slice(1, -1)
			.map((cell) => cell.trim());
		if (head === null) head = cells;
		else if (!cells.every((cell) => /^-+$/.test(cell)))
			rows.push({ heading, cells, whyNot: head.indexOf('what is not') });
	}
	return rows;
}

/** Words of the configuration that look like ids and are none. */
const KEYWORDS = new Set(['should', 'must', 'show', 'every', 'after', 'for', 'needs', 'ask']);
const ROWS = rowsOf(readFileSync(join(EXAMPLES, 'README.md'), 'utf8'));
/** A sheet and the numbers of its steps: `morning` 2, 3 or `release` 11 to 14. */
const STEPS = /`?\b([a-z]+(?:-[a-z]+)*)`? (\d+(?:(?:, | to | and )\d+)*)/g;
const idsIn = (cell: string): readonly string[] =>
	[...cell.matchAll(/`((?:(?:backup|pinned|verify|drill|prune|restore)\.)?[a-z0-9]+(?:-[a-z0-9]+)*)`/g)]
		.map((match) => match[1] as string)
		.filter((id) => id.length > 2 && !KEYWORDS.has(id));

describe.each(Object.entries(FOLDERS))('the table of %s', (folder, { heading }) => {
	const own = ROWS.filter((row) => row.heading === heading);

	it('names only what is there, each id in a file of the folder', async () => {
		const ids = new Set<string>();
		for (const [, where, { instead }] of CASES) {
			if (where !== folder) continue;
			const { system } = await load(folder, instead);
			for (const list of [system.checks, system.actions, system.sheets, system.services, system.backups])
				for (const { id } of list) ids.add(id);
			for (const { id } of system.backups) for (const action of backupActionIds(id)) ids.add(action);
		}
		expect(own.length).toBeGreaterThan(10);
		const named = own.flatMap((row) => row.cells.slice(1, row.whyNot).flatMap(idsIn));
		expect(named.filter((id) => !ids.has(id))).toEqual([]);
	});

	it('names every check and every plan, each under the item it serves', async () => {
		const named = new Set(own.flatMap((row) => row.cells.slice(1, row.whyNot).flatMap(idsIn)));
		for (const [, where, { instead }] of CASES) {
			if (where !== folder) continue;
			const { system } = await load(folder, instead);
			const all = [...system.checks, ...system.backups].map(({ id }) => id as string);
			expect(all.filter((id) => !named.has(id))).toEqual([]);
		}
	});

	it('names the step of a sheet where the item is really asked', async () => {
		const { system } = await load(folder, undefined);
		for (const { cells, whyNot } of own) {
			const served = idsIn(cells[1] ?? '');
			for (const [, sheetName, steps] of (whyNot === 3 ? (cells[2] ?? '') : '').matchAll(STEPS)) {
				const sheet = system.sheets.find((one) => one.id === sheetName);
				const [from, to] = [...(steps ?? '').matchAll(/\d+/g)].map((match) => Number(match[0]));
				const numbers =
					steps?.includes(' to ') === true
						? Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (__, at) => (from ?? 0) + at)
						: [...(steps ?? '').matchAll(/\d+/g)].map((match) => Number(match[0]));
				for (const number of numbers) {
					const step = sheet?.steps[number - 1];
					const asks =
						step?.kind === 'check'
							? step.checks.some((id) => served.includes(id))
							: step?.kind === 'run'
								? served.includes(step.action)
								: step?.kind === 'ask' && /question|service|sheet|log/.test(cells[1] ?? '');
					expect([cells[0], sheetName, number, asks]).toEqual([cells[0], sheetName, number, true]);
				}
			}
		}
	});

	it('serves every item or says why not', () => {
		for (const { cells, whyNot } of own) {
			expect([cells[0], whyNot]).not.toEqual([cells[0], -1]);
			const isServed = (cells[1] ?? '') !== '';
			expect([cells[0], isServed || (cells[whyNot] ?? '') !== '']).toEqual([cells[0], true]);
		}
	});
});

it('the verification of brand diagnosis reads a printout by category, ticks and crosses apart', () => {
	const { checks } = parse(readFileSync(join(EXAMPLES, 'brand-diagnosis', 'checks.yaml'), 'utf8'));
	const read = readPattern(
		'P0 级修复验证:\n✅ 索引\n❌ 查询\n\n**后端服务验证**:\n  ✅ /health 端点正常\n⏳ 后端错误处理\n',
		checks.verification.result,
	);
	expect(read).toEqual({
		ok: true,
		results: [
			{ name: '索引', outcome: 'passed', category: 'P0' },
			{ name: '查询', outcome: 'failed', category: 'P0' },
			{ name: '/health 端点正常', outcome: 'passed', category: '后端' },
			{ name: '后端错误处理', outcome: 'skipped', category: '后端' },
		],
	});
});

it('the 22 security items of fund trading are 22 questions of every quarter', async () => {
	const { system } = await load('fund-trading', undefined);
	const steps = system.sheets.find((sheet) => sheet.id === 'security')?.steps ?? [];
	expect(steps.filter((step) => step.kind === 'ask' && step.every === 'quarterly').length).toBe(22);
});

it('the demo has none of what is only on a real host', () => {
	const sheets = globSync('creditpilot/sheets/*.yaml', { cwd: EXAMPLES }).map((path) => basename(path));
	expect(sheets.sort()).toEqual([
		'actions.yaml',
		'backups.yaml',
		'checks.yaml',
		'rounds.yaml',
		'services.yaml',
	]);
	const head = readFileSync(join(EXAMPLES, 'creditpilot', 'rounds.yaml'), 'utf8');
	expect(parse(head).include).toEqual(['sheets/*.yaml', 'host/*.yaml']);
});

describe('the database that fund trading will have', () => {
	const file = join(EXAMPLES, 'fund-trading', 'backups.yaml');
	const whole = readFileSync(file, 'utf8');
	/** The commented plans, each with the # of its lines taken away. */
	const later = whole
		.slice(whole.indexOf('#  positions:'))
		.split(/^#\n/m)
		.map((block) => block.replace(/^#/gm, ''));

	it.each([
		['pg_dump', 0, 'postgres'],
		['mysqldump', 1, 'mysql'],
	] as const)(
		'loads once the comment of %s is taken away, and no longer says that there is nothing',
		async (_, at, kind) => {
			const present = whole.slice(0, whole.indexOf('# The future version'));
			const from = present.indexOf('  positions:');
			const until = present.indexOf('\n\n', from);
			const instead = `${present.slice(0, from)}${present.slice(until + 2)}${later[at]}`;
			const head = join(EXAMPLES, 'fund-trading', 'rounds.yaml');
			const sources = sourcesOf(head, undefined);
			const check = `checks:\n  positions: {kind: ${kind}, host: localhost, user: user, password: secret:database_password, database: dbname, read: {held: select count(*) from positions}, must: [held > 0]}\n`;
			const loaded = await loadConfig(
				head,
				{
					...sources,
					read: async (path) =>
						path === file
							? ok(`${instead}\n${check}\nsecrets: {database_password: env:FUND_TRADING_DATABASE_PASSWORD}\n`)
							: sources.read(path),
				},
				{ reservedKeys: RESERVED_KEYS },
			);
			expect(loaded.ok ? [] : loaded.error.map((one) => one.message)).toEqual([]);
			const plan = loaded.ok ? loaded.value.system.backups.find(({ id }) => id === 'positions') : undefined;
			expect(plan).toMatchObject({
				source: kind,
				nothing: null,
				prove: ['positions'],
				restore: { stop: ['stop'] },
			});
			expect(plan?.schedule).toEqual({ kind: 'at', minutes: [120], days: [] });
		},
	);
});
