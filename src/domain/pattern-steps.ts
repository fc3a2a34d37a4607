/** How many ways a piece of a pattern can be tried on a text of `length` characters; never fewer than there are. */
type Ways = (length: number) => number;

const ONE: Ways = () => 1;
const NO_END: Ways = () => Number.POSITIVE_INFINITY;

/**
 * An upper bound of the steps that a backtracking search with this pattern takes on a text of `length` characters: the product
 * of its choices at every place it may begin. Infinite where a repetition repeats something that has choices itself, as in
 * `(a+)+` or `(a|b)*`, and for back references. `source` is a valid pattern.
 */
export function stepsOf(source: string): Ways {
	let at = 0;

	const alternatives = (): Ways => {
		const found = [sequence()];
		while (source[at] === '|') {
			at += 1;
			found.push(sequence());
		}
		if (found.length === 1) return found[0] as Ways;
		return (length) => found.reduce((sum, ways) => sum + ways(length), 0);
	};

	const sequence = (): Ways => {
		const parts: Ways[] = [];
		while (at < source.length && source[at] !== '|' && source[at] !== ')') {
			const ways = repeated(piece());
			if (ways !== ONE) parts.push(ways);
		}
		if (parts.length < 2) return parts[0] ?? ONE;
		return (length) => parts.reduce((product, ways) => product * ways(length), 1);
	};

	const piece = (): Ways => {
		const sign = source[at];
		at += 1;
		if (sign === '\\') {
			const named = /^k<[^>]*>|^[1-9]\d*/.exec(source.slice(at));
			// A braced number, `\u{1F600}` or `\p{L}`, is no repetition.
			const braced = /^[uUpP]\{[^}]*\}/.exec(source.slice(at));
			at += (named ?? braced)?.[0].length ?? 1;
			return named ? NO_END : ONE;
		}
		if (sign === '[') {
			while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
			at += 1;
			return ONE;
		}
		if (sign !== '(') return ONE;
		at += /^\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:)/.exec(source.slice(at))?.[0].length ?? 0;
		const ways = alternatives();
		at += 1;
		return ways;
	};

	const repeated = (ways: Ways): Ways => {
		const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(source.slice(at));
		if (!found) return ways;
		at += found[0].length;
		const sign = found[0][0];
		const least = sign === '{' ? Number(found[1]) : sign === '+' ? 1 : 0;
		const most =
			sign === '?'
				? 1
				: sign !== '{' || (found[2] !== undefined && found[3] === '')
					? null
					: Number(found[3] ?? found[1]);
		if (ways === ONE) {
			if (most === least) return ONE;
			return (length) => (most === null ? length + 1 : Math.min(length, most - least) + 1);
		}
		if (most === null) return NO_END;
		return (length) => {
			const each = ways(length);
			let sum = 0;
			for (let times = least; times <= most && Number.isFinite(sum); times += 1) sum += each ** times;
			return sum;
		};
	};

	const whole = alternatives();
	return (length) => (length + 1) * whole(length);
}
