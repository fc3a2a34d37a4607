import type { Level } from './level.ts';

interface FaultRule {
	/** critical: the endpoint said no. unknown: we could not ask. */
	readonly level: Extract<Level, 'critical' | 'unknown'>;
	/** Whether asking again soon may help without anybody mending anything. */
	readonly retryable: boolean;
}

const saidNo: FaultRule = { level: 'critical', retryable: true };
const couldNotAsk: FaultRule = { level: 'unknown', retryable: false };
const couldNotAskNow: FaultRule = { level: 'unknown', retryable: true };

/**
 * Every expected failure of the outside world, declared once with the level it means.
 * Each adapter maps its library's codes to these in one function.
 */
export const FAULTS = {
	// The endpoint said no.
	refused: saidNo,
	timeout: saidNo,
	reset: saidNo,
	'closed-early': saidNo,
	unreachable: saidNo,
	'name-not-found': saidNo,
	'dns-failed': saidNo,
	'bad-certificate': saidNo,
	'bad-protocol': saidNo,
	'bad-body': saidNo,
	'bad-encoding': saidNo,
	'body-too-large': saidNo,
	'headers-too-large': saidNo,
	'too-many-redirects': saidNo,
	'redirect-refused': saidNo,
	'file-missing': saidNo,
	'file-malformed': saidNo,
	'access-denied': saidNo,
	'not-accepting': saidNo,
	'database-missing': saidNo,
	'database-corrupt': saidNo,
	'not-a-database': saidNo,
	'bad-query': { level: 'unknown', retryable: false },
	'exit-by-signal': saidNo,
	'object-missing': saidNo,
	'no-time': saidNo,
	// A backup that cannot be trusted, or could not be made.
	'copy-damaged': saidNo,
	'copy-incomplete': saidNo,
	'no-copy': saidNo,
	'manifest-missing': saidNo,
	'manifest-malformed': saidNo,
	'archive-unsafe': saidNo,
	'wrong-key': saidNo,
	'source-changed': saidNo,
	'nothing-to-copy': saidNo,
	'not-mounted': saidNo,
	'name-taken': saidNo,
	'not-empty': saidNo,
	'not-restorable': couldNotAsk,
	'version-mismatch': saidNo,
	'action-failed': saidNo,
	'proof-failed': saidNo,
	// We could not ask.
	'database-locked': couldNotAskNow,
	'command-missing': couldNotAsk,
	'command-failed': couldNotAskNow,
	'no-permission': couldNotAsk,
	'not-a-file': couldNotAsk,
	'secret-missing': couldNotAsk,
	'log-too-large': couldNotAsk,
	'no-fresh-value': couldNotAskNow,
	'own-limit': couldNotAskNow,
	cancelled: couldNotAskNow,
	'not-supported': couldNotAsk,
	bug: couldNotAsk,
	// Our own storage and files.
	'disk-full': couldNotAskNow,
	'read-only': couldNotAsk,
	'storage-busy': couldNotAskNow,
	'storage-corrupt': couldNotAsk,
	'storage-newer': couldNotAsk,
	'io-error': couldNotAskNow,
} as const satisfies Record<string, FaultRule>;

export type FaultCode = keyof typeof FAULTS;

/**
 * The world said no. `detail` holds named values only (`limitMs`, `address`, `path`, `bytes` …), never a sentence and
 * never a secret: screens, reports and `--json` all say the same words from it.
 */
export interface Fault {
	readonly code: FaultCode;
	readonly detail: Readonly<Record<string, string | number>>;
}

export function fault(code: FaultCode, detail: Fault['detail'] = {}): Fault {
	return { code, detail };
}

export function levelOfFault(code: FaultCode): Extract<Level, 'critical' | 'unknown'> {
	return FAULTS[code].level;
}

/**
 * The deadline has passed. Whoever asks begins a moment after the deadline was set, so the limit is rounded up to what was
 * meant: the same timeout must read the same each time, and be stored once.
 */
export function timeoutFault(limitMs: number): Fault {
	const step = limitMs > 1000 ? 50 : 10;
	return fault('timeout', { limitMs: Math.max(0, Math.ceil(limitMs / step) * step) });
}
