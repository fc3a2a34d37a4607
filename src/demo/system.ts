import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeAccounting } from './accounting.ts';
import type { DemoPorts, DemoRecord } from './ask-control.ts';
import { openControl } from './control.ts';
import { openBooks } from './database.ts';
import { writeConfig } from './demo-config.ts';
import { describeFlask } from './flask.ts';
import { fillFolder, replaceFile } from './folder.ts';
import { growLogs } from './growing-logs.ts';
import { LAYOUT } from './layout.ts';
import { createRandom } from './ledger.ts';
import { listen } from './listener.ts';
import { describeMcp } from './mcp.ts';
import { DROPPED_ORIGIN, ORIGINS } from './origins.ts';
import { createHandle, type Routing } from './routing.ts';
import { createSwitchboard } from './switchboard.ts';
import { allWell } from './troubles.ts';
import { watchBooks } from './watched-books.ts';

export type DemoSystem = {
	ports: DemoPorts;
	/** Closes every port and removes the record; a second call does nothing. */
	end(): Promise<void>;
};

/** Makes the demo real in `dir`, whose claim the caller holds: books, logs, three services, control port, configuration. */
export async function openSystem(options: {
	dir: string;
	idleMs: number;
	onIdle(): void;
}): Promise<DemoSystem> {
	const { dir } = options;
	for (const name of [LAYOUT.record, LAYOUT.control]) rmSync(join(dir, name), { force: true });
	const accountingToken = randomBytes(24).toString('hex');
	fillFolder(dir, accountingToken);
	const ledger = join(dir, LAYOUT.database);
	const books = watchBooks(ledger, openBooks(ledger));
	const random = createRandom(1);
	const troubles = allWell();
	const logs = growLogs(dir, random);
	const record = (service: 'flask' | 'accounting'): NonNullable<Routing['served']> => {
		return (line) => logs.request(service, line);
	};
	const origins = (): readonly string[] =>
		troubles['cors-dropped'] ? ORIGINS.filter((origin) => origin !== DROPPED_ORIGIN) : ORIGINS;

	const flask = await listen(
		createHandle(describeFlask({ books, troubles, origins, random, served: record('flask') })),
	);
	const accounting = await listen(
		createHandle(
			describeAccounting({ books, troubles, token: accountingToken, random, served: record('accounting') }),
		),
	);
	const mcp = await listen(createHandle(describeMcp({ random })));

	const switchboard = createSwitchboard({ troubles, books, logs, accounting, mcp, dir });
	const controlToken = randomBytes(24).toString('hex');
	const control = await openControl({
		token: controlToken,
		idleMs: options.idleMs,
		onIdle: options.onIdle,
		answer: async ([word, ...rest]) => {
			if (word === 'hello') return { ok: true, text: String(process.pid) };
			if (word === 'trouble') return switchboard.answer(rest);
			return { ok: false, text: 'unknown word' };
		},
	});

	const ports = { flask: flask.port, accounting: accounting.port, mcp: mcp.port, control: control.port };
	replaceFile(join(dir, LAYOUT.config), writeConfig(ports));
	replaceFile(join(dir, LAYOUT.control), `${control.port} ${controlToken}\n`);
	const startedAt = Math.round(Date.now() - process.uptime() * 1000);
	const saved: DemoRecord = { pid: process.pid, startedAt, ports, token: controlToken };
	// Last of all: who finds this file may join.
	replaceFile(join(dir, LAYOUT.record), `${JSON.stringify(saved)}\n`);

	let ended: Promise<void> | undefined;
	const end = async (): Promise<void> => {
		for (const name of [LAYOUT.record, LAYOUT.control]) rmSync(join(dir, name), { force: true });
		control.close();
		switchboard.close();
		logs.stop();
		await Promise.all([flask.close(), accounting.close(), mcp.close()]);
		books.close();
	};
	return {
		ports,
		end: () => {
			ended ??= end();
			return ended;
		},
	};
}
