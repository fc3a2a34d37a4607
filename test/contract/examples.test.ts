import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RESERVED_KEYS } from '../../src/actions/index.ts';
import { readPattern } from '../../src/checks/suite-reports.ts';
import { explainCheck } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { proveSystem } from '../../src/config/proofs.ts';
import type { ConfigSources, LoadedConfig } from '../../src/config/sources.ts';
import { fault } from '../../src/domain/fault.ts';
import type { OwnText } from '../../src/domain/own-text.ts';
import { err, ok } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

interface Example {
	/** Heading of its part of the README. */
	readonly heading: string;
	/** Text of the head put in the place of another: a variant its comments describe. */
	readonly instead?: readonly [string, string];
	/** Checks on the Health screen that no sheet asks for, with why. */
	readonly liveOnly: Readonly<Record<string, string>>;
}

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
		it('loads without a problem and without a warning, and explains each check', async () => {
			const { system, warnings } = await load(folder, instead, environment);
			expect(warnings.map((one) => one.message)).toEqual([]);
			expect(system.environment.name).toBe(environment);
			for (const check of system.checks)
				for (const locale of ['en', 'zh-CN'] as const)
					expect(explainCheck(system, check.id, locale)).toContain(check.id);
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
	[...cell.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)*)`/g)]
		.map((match) => match[1] as string)
		.filter((id) => id.length > 2 && !KEYWORDS.has(id));

describe.each(Object.entries(FOLDERS))('the table of %s', (folder, { heading }) => {
	const own = ROWS.filter((row) => row.heading === heading);

	it('names only what is there, each id in a file of the folder', async () => {
		const ids = new Set<string>();
		for (const [, where, { instead }] of CASES) {
			if (where !== folder) continue;
			const { system } = await load(folder, instead);
			for (const list of [system.checks, system.actions, system.sheets, system.services])
				for (const { id } of list) ids.add(id);
		}
		expect(own.length).toBeGreaterThan(10);
		const named = own.flatMap((row) => row.cells.slice(1, row.whyNot).flatMap(idsIn));
		expect(named.filter((id) => !ids.has(id))).toEqual([]);
	});

	it('names every check, each under the item it serves', async () => {
		const named = new Set(own.flatMap((row) => row.cells.slice(1, row.whyNot).flatMap(idsIn)));
		for (const [, where, { instead }] of CASES) {
			if (where !== folder) continue;
			const { system } = await load(folder, instead);
			expect(system.checks.map((check) => check.id).filter((id) => !named.has(id))).toEqual([]);
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
