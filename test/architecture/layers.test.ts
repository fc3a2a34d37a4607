import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

/** What each place may import of our own; a place is a folder of src or a file at its top. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	domain: [],
	i18n: ['domain'],
	fields: ['domain', 'i18n'],
	checks: ['domain', 'i18n', 'fields'],
	sources: ['domain', 'i18n', 'fields'],
	targets: ['domain', 'i18n', 'fields'],
	config: ['domain', 'i18n', 'fields', 'checks', 'sources', 'targets'],
	platform: ['domain'],
	storage: ['domain'],
	workers: ['domain', 'platform'],
	store: ['domain'],
	services: ['domain', 'i18n', 'checks', 'sources', 'targets', 'config'],
	'engine.ts': [
		'domain',
		'i18n',
		'fields',
		'checks',
		'sources',
		'targets',
		'config',
		'platform',
		'storage',
		'workers',
		'services',
	],
	actions: ['domain', 'i18n', 'store'],
	ui: ['domain', 'i18n'],
	screens: ['ui', 'actions', 'store', 'i18n', 'domain'],
	cli: ['config', 'i18n', 'domain', 'demo'],
	demo: ['domain'],
	'console.tsx': ['*'],
	'engine-thread.ts': ['*'],
	'main.ts': ['*'],
};

/** Who may load a library; everyone else reaches it through a port. Libraries not named here are refused everywhere. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
	'json-p3': ['domain'],
	'big.js': ['domain'],
	zod: ['fields', 'checks', 'sources', 'targets', 'config'],
	yaml: ['config', 'platform'],
	undici: ['platform'],
	tinyglobby: ['platform'],
	picomatch: ['platform'],
	'better-sqlite3': ['storage', 'workers', 'demo'],
	pg: ['platform'],
	mysql2: ['platform'],
	'@aws-sdk/client-s3': ['platform'],
	'@aws-sdk/lib-storage': ['platform'],
	'age-encryption': ['workers'],
	'tar-stream': ['workers'],
	ink: ['ui', 'screens', 'console.tsx'],
	react: ['ui', 'screens', 'console.tsx'],
	zustand: ['store', 'ui'],
};

/** Wall clocks, timers and the process environment come through ports, so that tests own them. */
const TIME_AND_ENVIRONMENT = /\bDate\.now\b|\bnew Date\(\)|\bsetTimeout\b|\bsetInterval\b|\bprocess\.env\b/;
const MAY_TOUCH_TIME = ['platform', 'main.ts', 'demo'];

interface Import {
	readonly file: string;
	readonly place: string;
	readonly target: string;
	readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) return sourceFiles(path);
		return /\.tsx?$/.test(name) ? [path] : [];
	});
}

function placeOf(path: string): string {
	return relative(SRC, path).split('/')[0] as string;
}

function importsOf(path: string): Import[] {
	const text = readFileSync(path, 'utf8');
	const found: Import[] = [];
	const statement =
		/^\s*(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;
	for (const match of text.matchAll(statement)) {
		const target = match[2] ?? match[3] ?? match[4] ?? '';
		found.push({ file: relative(SRC, path), place: placeOf(path), target, typeOnly: match[1] !== undefined });
	}
	return found;
}

/** The sentence that says what is wrong with an import, or null. */
function objection(file: string, { place, target, typeOnly }: Import): string | null {
	if (target.startsWith('node:')) return null;
	if (!target.startsWith('.')) {
		const library = target.startsWith('@')
			? target.split('/').slice(0, 2).join('/')
			: (target.split('/')[0] as string);
		const allowed = LIBRARIES[library];
		if (typeOnly && allowed) return null;
		if (allowed?.includes(place)) return null;
		return `${file} may not import ${library} because only ${allowed?.join(', ') ?? 'nobody'} may load it`;
	}
	const to = placeOf(join(SRC, file, '..', target));
	if (to === place || to.startsWith('..') || to === 'package.json') return null;
	const allowed = MAY_IMPORT[place];
	if (!allowed) return `${file} stands in ${place}, which the house does not have`;
	if (allowed.includes('*') || allowed.includes(to)) return null;
	return `${file} may not import ${to} because ${place} stands only on ${allowed.join(', ') || 'nothing'}`;
}

const files = sourceFiles(SRC);

describe('the one-way rule', () => {
	it('reads a house that is there', () => {
		expect(files.length).toBeGreaterThan(50);
	});

	it('lets a place import only from the places below it', () => {
		const objections = files.flatMap((path) => importsOf(path).flatMap((i) => objection(i.file, i) ?? []));
		expect(objections).toEqual([]);
	});

	it('keeps time and the environment behind ports', () => {
		const touching = files
			.filter((path) => !MAY_TOUCH_TIME.includes(placeOf(path)))
			.flatMap((path) =>
				readFileSync(path, 'utf8')
					.split('\n')
					.filter((line) => TIME_AND_ENVIRONMENT.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
					.map((line) => `${relative(SRC, path)}: ${line.trim()}`),
			);
		expect(touching).toEqual([]);
	});

	it('objects to what it should', () => {
		const from = (place: string, target: string): Import => ({
			file: `${place}/x.ts`,
			place,
			target,
			typeOnly: false,
		});
		expect(objection('domain/x.ts', from('domain', '../i18n/messages.ts'))).toContain('may not import i18n');
		expect(objection('services/x.ts', from('services', 'undici'))).toContain('may not import undici');
		expect(objection('screens/x.ts', from('screens', '../services/poller.ts'))).toContain(
			'may not import services',
		);
		expect(objection('ui/x.ts', from('ui', 'left-pad'))).toContain('nobody');
	});
});

describe('the size of a room', () => {
	it('holds no file over 300 lines', () => {
		const long = files
			.map((path) => ({ file: relative(SRC, path), lines: readFileSync(path, 'utf8').split('\n').length }))
			.filter(({ lines }) => lines > 301);
		expect(long).toEqual([]);
	});

	it('has no cupboard for odds and ends', () => {
		const odd = files
			.map((path) => relative(SRC, path))
			.filter((path) => /(^|\/)(utils?|helpers?|common|lib|types|misc)(\/|\.tsx?$)/.test(path));
		expect(odd).toEqual([]);
	});
});
