import type { EngineEvent } from '../src/domain/engine.ts';
import { type CheckId, checkId, serviceId } from '../src/domain/ids.ts';
import type { CheckFace, CheckPicture, SystemFace, TrendPoint } from '../src/domain/picture.ts';
import { quantity } from '../src/domain/value.ts';
import { createDesk } from '../src/screens/desk.ts';
import { type CellRow, createStyleTable, parseRow } from '../src/ui/cells.ts';
import { createDisplay } from '../src/ui/display.ts';
import { createTheme } from '../src/ui/theme.ts';
import { type Bench, type Figure, median } from './figure.ts';

const SERVICES = 50;
const CHANGING = 5;
const COLUMNS = 120;
const ROWS = 40;
const START = Date.UTC(2025, 10, 22, 9, 18);

/** Repeatable numbers between 0 and 1 (Park and Miller 1988). */
function createRandom(): () => number {
	let seed = 20_251_122;
	return () => {
		seed = (seed * 48_271) % 2_147_483_647;
		return seed / 2_147_483_647;
	};
}

const idOf = (index: number): CheckId => checkId(`check-${index}`);

function faceOf(): SystemFace {
	const checks = Array.from(
		{ length: SERVICES },
		(_, index): CheckFace => ({
			id: idOf(index),
			title: null,
			service: serviceId(`service-${index}`),
			kind: 'http',
			target: `GET /check/${index}`,
			everyMs: 10_000,
			timeoutMs: 5_000,
			confirm: 3,
			must: ['status == 200'],
			should: ['latency < 2s'],
			values: [],
			headline: 'latency',
		}),
	);
	return {
		system: 'Bench',
		environment: { name: 'production', isDefault: true, guard: 'none' } as SystemFace['environment'],
		environments: [],
		timezone: 'UTC',
		operator: 'bench',
		services: checks.map((_, index) => ({
			id: serviceId(`service-${index}`),
			title: { en: `Service ${index}`, 'zh-CN': `服务 ${index}` },
			port: 5000 + index,
			hasLogs: false,
		})),
		checks,
		actions: [],
		sheets: [],
		keys: {},
		statePath: '.rounds',
		stateGroup: null,
		demo: false,
	};
}

function pictureOf(index: number, at: number, latency: number): CheckPicture {
	return {
		id: idOf(index),
		level: 'ok',
		hard: true,
		attempt: 1,
		since: START - 3_600_000,
		at,
		durationMs: latency,
		samples: { status: quantity(200), latency: quantity(Math.round(latency * 100) / 100, 'ms') },
		reasons: [],
		unsaved: false,
		flapping: false,
		hushed: null,
	};
}

/**
 * The least that draws the difference: a move to each run of cells that differ and their characters, without any change of
 * colour; unchanged cells between two runs are written again where that is shorter than a move.
 */
function idealBytes(before: readonly CellRow[], after: readonly CellRow[]): number {
	let bytes = 0;
	after.forEach((row, y) => {
		let gap = Number.POSITIVE_INFINITY;
		row.chars.forEach((character, x) => {
			const known = before[y];
			const size = Buffer.byteLength(character);
			if (known?.chars[x] === character && known.styles[x] === row.styles[x]) {
				gap += size;
				return;
			}
			bytes += Math.min(gap, `\x1b[${y + 1};${x + 1}H`.length) + size;
			gap = 0;
		});
	});
	return bytes;
}

async function run(): Promise<readonly Figure[]> {
	const random = createRandom();
	let now = START;
	let listener: (event: EngineEvent) => void = () => {};
	const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
	const desk = createDesk({
		engine: {
			send: async () => ({ ok: false, error: { kind: 'refused', why: 'closing', detail: {} } }),
			subscribe: (listen) => {
				listener = listen;
				return () => {};
			},
		},
		clock,
		locale: 'en',
		theme: createTheme({ colours: 'indexed', background: 'dark', glyphs: 'unicode' }),
		ownZone: 'UTC',
		copy() {},
		page: async () => {},
		redraw() {},
		suspend() {},
		quit() {},
	});
	let sent = 0;
	const display = createDisplay(
		{
			columns: COLUMNS,
			rows: ROWS,
			write(bytes) {
				sent += bytes.length;
				// The terminal says at once that it has drawn.
				if (Buffer.from(bytes).includes('\x1b[5n')) setImmediate(() => display.acknowledge());
				return bytes.length;
			},
			sleep() {},
			onResize: () => () => {},
		},
		clock,
	);
	desk.start();
	const trendOf = (): TrendPoint[] =>
		Array.from({ length: 60 }, (_, point) => ({
			at: START - (60 - point) * 10_000,
			value: 5 + random() * 60,
			level: 'ok' as const,
		}));
	const all = Array.from({ length: SERVICES }, (_, index) => index);
	const tell = (event: EngineEvent) => desk.picture.apply([event]);
	void listener;
	tell({ kind: 'system', face: faceOf() });
	tell({
		kind: 'picture',
		now,
		checks: all.map((index) => pictureOf(index, START, 5 + random() * 60)),
		trends: all.map((index) => ({ check: idOf(index), points: trendOf() })),
		uptime: all.map((index) => ({ check: idOf(index), share: 0.99 + random() / 100 })),
	});
	const lines = () => desk.frame(desk.picture.state(), COLUMNS, ROWS).lines;
	const table = createStyleTable();
	const cells = () => lines().map((line) => parseRow(line, COLUMNS, table));
	const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
	display.enter();
	display.show(lines());
	await settled();
	sent = 0;
	display.redraw();
	const whole = sent;
	await settled();

	const updates: { readonly sent: number; readonly ideal: number }[] = [];
	for (let turn = 0; turn < 100; turn++) {
		now += 1_000;
		const before = cells();
		// Five neighbours of those on the screen, other ones every time.
		const changed = Array.from({ length: CHANGING }, (_, index) => (turn * CHANGING + index * 7) % 30);
		tell({
			kind: 'recorded',
			now,
			checks: changed.map((index) => pictureOf(index, now, 5 + random() * 60)),
		});
		sent = 0;
		display.show(lines());
		await settled();
		updates.push({ sent, ideal: idealBytes(before, cells()) });
	}
	return [
		{
			name: `bytes per update, ${SERVICES} services, ${CHANGING} values change`,
			measured: median(updates.map((update) => update.sent)),
			unit: 'B',
			anchor: { name: 'ideal cell diff', value: median(updates.map((update) => update.ideal)) },
			aim: { of: 'ratio', most: 4.5 },
		},
		{
			name: `full redraw at ${COLUMNS}×${ROWS}, ${SERVICES} services`,
			measured: whole,
			unit: 'B',
			aim: { of: 'figure', most: 8192 },
		},
	];
}

/** The real desk and the real display; only the engine's events and the terminal are the bench's own. */
export const bytes: Bench = {
	name: 'bytes',
	about: 'bytes written to the terminal per update and per full redraw',
	run,
};
