import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { end, ROUNDS, type Services, sleep, startNode } from './child.ts';

/** A folder with a system to look at, gone afterwards. */
export interface BenchSystem {
	/** Arguments of Node that open the console on it. */
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	remove(): Promise<void>;
}

/** One check a service, each with its own address, so that every question can be told from the others. */
export function systemConfig(services: Services, count: number, everyMs: number): string {
	const lines = ['version: 1', 'system: Bench', 'timezone: UTC', 'services:'];
	for (let index = 0; index < count; index++) lines.push(`  service-${index}: {title: Service ${index}}`);
	lines.push('checks:');
	for (let index = 0; index < count; index++) {
		lines.push(
			`  check-${index}:`,
			`    service: service-${index}`,
			'    kind: http',
			`    url: http://127.0.0.1:${services.ports[index % services.ports.length]}/check/${index}`,
			`    every: ${everyMs / 1000}s`,
			'    timeout: 5s',
			'    must:',
			'      - status == 200',
			'      - $.status == "healthy"',
			'    should:',
			'      - latency < 2s',
			'    show:',
			'      net: $.summary.net_balance',
		);
	}
	return `${lines.join('\n')}\n`;
}

/** A system of so many services, polled for a while first, so that there is something to see at the start. */
export async function openSystem(
	services: Services,
	options: { readonly count: number; readonly everyMs: number; readonly polledMs: number },
): Promise<BenchSystem> {
	const cwd = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	const config = join(cwd, 'rounds.yaml');
	writeFileSync(config, systemConfig(services, options.count, options.everyMs));
	if (options.polledMs > 0) {
		const before = startNode([ROUNDS, 'watch', '--config', config], { cwd });
		await sleep(options.polledMs);
		await end(before);
	}
	return {
		args: [ROUNDS, '--config', config],
		cwd,
		env: { XDG_STATE_HOME: join(cwd, 'state') },
		remove: async () => rmSync(cwd, { recursive: true, force: true }),
	};
}

/** The embedded demo, running already in a folder of its own: consoles join it. */
export async function openDemo(): Promise<BenchSystem> {
	const cwd = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	const dir = join(cwd, 'rounds', 'demo');
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const demo = startNode([join(dirname(ROUNDS), 'demo.js'), '--dir', dir, '--tied', '--idle-ms', '600000'], {
		cwd,
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	await new Promise((resolve) => demo.stdout?.once('data', resolve));
	return {
		args: [ROUNDS, 'demo'],
		cwd,
		env: { XDG_STATE_HOME: cwd },
		async remove() {
			await end(demo);
			rmSync(cwd, { recursive: true, force: true });
		},
	};
}
