import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import type { ProbeFault } from '../../src/domain/check.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { Result } from '../../src/domain/result.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql } from './check-subjects.ts';

export interface Asking {
	/** Asks a kind once, over the real network, as a check written so would. */
	ask(
		kind: string,
		written: object,
		more?: { readonly limitMs?: number; readonly signal?: AbortSignal },
	): Promise<Result<Reading, ProbeFault>>;
	close(): Promise<void>;
}

export function createAsking(): Asking {
	const clock = createClock();
	const ports = createProbePorts({ sql: fakeSql, clock });
	return {
		async ask(name, written, { limitMs = 20_000, signal = new AbortController().signal } = {}) {
			const kind = findCheckKind(name) as RegisteredKind;
			const context = { now: clock.now(), deadline: clock.monotonic() + limitMs, signal };
			return kind.probe(kind.schema.parse(written), ports, context);
		},
		close: () => ports.close(),
	};
}
