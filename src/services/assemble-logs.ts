import type { EngineEvent } from '../domain/engine.ts';
import { OWN_MARK } from '../domain/log-format.ts';
import type { LogRecordsPort } from '../domain/log-port.ts';
import type { SystemDefinition } from '../domain/system.ts';
import type { AssemblyParts } from './assembly-parts.ts';
import { createLogs } from './logs/logs.ts';
import { createLogRecords } from './logs/records.ts';

type World = Pick<AssemblyParts, 'logFiles' | 'clock'>;
type Redact = (text: string) => string;

/** Logs as checks read them. */
export function openLogRecords(parts: World, system: () => SystemDefinition, redact: Redact): LogRecordsPort {
	return createLogRecords({
		files: parts.logFiles,
		clock: parts.clock,
		redact,
		ownMark: OWN_MARK,
		zone: () => system().timezone,
	});
}

/** Logs as people read them: those of every service, and our own. */
export function openLogs(
	parts: World,
	system: () => SystemDefinition,
	redact: Redact,
	emit: (event: EngineEvent) => void,
): ReturnType<typeof createLogs> {
	return createLogs({
		ports: { files: parts.logFiles, clock: parts.clock },
		sources: () => [
			...system()
				.services.filter((s) => s.logs.length > 0)
				.map((s) => ({ id: s.id, globs: s.logs })),
			{ id: 'rounds', globs: [system().errorLog] },
		],
		redact,
		ownMark: OWN_MARK,
		zone: system().timezone,
		emit,
	});
}
