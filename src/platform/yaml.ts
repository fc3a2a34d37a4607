import { LineCounter, parseDocument, visit } from 'yaml';
import { type Fault, fault } from '../domain/fault.ts';
import { MAX_JSON_DEPTH } from '../domain/json.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { ExactNumber, Value } from '../domain/value.ts';

/** Aliases that unfold to more than this are an attack, not a configuration. */
const MOST_ALIASES = 100;

/** One YAML document as a value, numbers exact. Fault `file-malformed` {format, line, column}. Never throws. */
export function readYaml(text: string): Result<Value, Fault> {
	const lines = new LineCounter();
	try {
		const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, intAsBigInt: true });
		const [first] = document.errors;
		if (first !== undefined) {
			const { line, col } = lines.linePos(first.pos[0]);
			return err(fault('file-malformed', { format: 'YAML', line, column: col }));
		}
		// Numbers are read from their text, so that a long one keeps its digits as it does in JSON.
		visit(document, {
			Scalar(_key, node) {
				if (typeof node.value === 'number') node.value = exactly(node.value, node.source);
			},
		});
		return ok(toValue(document.toJS({ maxAliasCount: MOST_ALIASES }), 0));
	} catch {
		return err(fault('file-malformed', { format: 'YAML' }));
	}
}

/** Fifteen significant digits are what every double gives back. */
function exactly(value: number, source = ''): number | ExactNumber | string {
	if (!Number.isFinite(value)) return source;
	const [, whole = '', fraction = '', power = '0'] =
		/^([-+]?\d+)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(source) ?? [];
	if (whole === '' || whole.length + fraction.length <= 15) return value;
	return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function toValue(plain: unknown, depth: number): Value {
	if (depth > MAX_JSON_DEPTH) throw new RangeError('nested too deep');
	if (typeof plain === 'bigint') return toNumber(plain);
	if (Array.isArray(plain)) return plain.map((part) => toValue(part, depth + 1));
	if (typeof plain !== 'object' || plain === null) return (plain ?? null) as Value;
	if (typeof (plain as ExactNumber).digits === 'bigint') return plain as ExactNumber;
	return Object.fromEntries(Object.entries(plain).map(([key, part]) => [key, toValue(part, depth + 1)]));
}

function toNumber(digits: bigint): number | ExactNumber {
	return Number.isSafeInteger(Number(digits)) ? Number(digits) : { digits, exponent: 0 };
}
