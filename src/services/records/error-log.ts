import { dirname } from 'node:path';
import type { Fault } from '../../domain/fault.ts';
import type { Level } from '../../domain/level.ts';
import type { Flip, Reason } from '../../domain/observation.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Clock, OwnFilesPort } from '../../domain/ports.ts';
import type { Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { dateText, secondsText } from '../../i18n/times.ts';
import { reasonLine } from './reason-line.ts';

export interface ErrorLogOptions {
	readonly files: OwnFilesPort;
	/** Absolute; its folder is made when it is missing. */
	readonly path: string;
	readonly clock: Clock;
	/** The system's zone: what a reader takes times without a zone for. */
	readonly zone: string;
	readonly redact: (text: string) => string;
	/** `OWN_MARK`. */
	readonly mark: string;
	readonly environment: string;
	readonly pid: number;
}

/** Appends to the system's error log, each entry one line. What fails comes back as a fault, never as an exception. */
export interface ErrorLog {
	/** A check's hard level changed: to a bad one as ERROR or WARNING, back to ok as INFO. */
	flipped(flip: Flip, reasons: readonly Reason[]): Promise<Result<void, Fault>>;
	/** An action ended badly. */
	failed(operation: Operation): Promise<Result<void, Fault>>;
}

const WORDS: Readonly<Record<Level, 'INFO' | 'WARNING' | 'ERROR'>> = {
	ok: 'INFO',
	pending: 'INFO',
	warning: 'WARNING',
	critical: 'ERROR',
	unknown: 'ERROR',
};
const TRACE_MAX = 1200;

export function createErrorLog(options: ErrorLogOptions): ErrorLog {
	const { files, path, clock, zone, redact, mark, environment, pid } = options;
	const text = (from: string, max: number) => clean(redact(from), { max });

	const append = async (
		at: number,
		level: Level,
		trace: string,
		context: Readonly<Record<string, string | number>>,
	): Promise<Result<void, Fault>> => {
		const when = `${dateText(at, zone)} ${secondsText(at, zone)}`;
		const safe: Record<string, string | number> = { by: mark, pid, environment };
		for (const [key, value] of Object.entries(context))
			safe[key] = typeof value === 'string' ? text(value, 200) : value;
		const line = `[${when}] [${WORDS[level]}] ${mark}: ${text(trace, TRACE_MAX)} ${text(JSON.stringify(safe), 4096)}\n`;
		const written = await files.append(path, line);
		if (written.ok || written.error.code !== 'file-missing') return written;
		// The folder is missing on the first line only; asking each time would be one more call per line.
		const made = await files.ensureDirectory(dirname(path));
		return made.ok ? files.append(path, line) : made;
	};

	return {
		flipped: (flip, reasons) => {
			const why = reasons.map((reason) => reasonLine(reason, 'en')).join('; ');
			const trace = `check ${flip.check} ${flip.from} -> ${flip.to}${why ? `: ${why}` : ''}`;
			return append(flip.at, flip.to, trace, { check: flip.check, from: flip.from, to: flip.to });
		},
		failed: (operation) => {
			const at = operation.endedAt ?? clock.now();
			const why = operation.reasons.map((reason) => reasonLine(reason, 'en')).join('; ');
			const trace = `action ${operation.action} ${operation.state === 'done' ? operation.level : operation.state}${why ? `: ${why}` : ''}`;
			const level = operation.level === 'warning' ? 'warning' : 'critical';
			return append(at, level, trace, {
				action: operation.action,
				operation: operation.id,
				operator: operation.by,
				command: operation.command,
			});
		},
	};
}
